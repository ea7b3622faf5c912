import { isRecord } from '../../codec/isRecord';
import type { Json } from '../translated';

/** A response, complete or as an event of a stream has it. */
export interface ResponseObject {
  readonly id?: string;
  readonly created_at?: number;
  readonly model?: string;
  readonly status?: string;
  readonly incomplete_details?: { readonly reason?: string } | null;
  readonly error?: unknown;
  readonly output?: unknown;
  readonly usage?: unknown;
  readonly service_tier?: string;
}

/** Returns the fields that a chunk or completion has beside its choices. */
export const headOf = ({ id, created_at, model, service_tier }: ResponseObject): Json => ({
  id,
  created: created_at,
  model,
  service_tier,
});

/**
 * Returns the finish reason. The API has none: a response is complete, or it has a reason why it is not.
 *
 * Without a reason its status is one: `incomplete`, `cancelled`, or `in_progress` in the background.
 */
export function reasonOf({ incomplete_details, status }: ResponseObject, hasCalls: boolean): string {
  const reason = incomplete_details?.reason;
  if (reason) return reason === 'max_output_tokens' ? 'length' : reason;
  if (status && status !== 'completed') return status;
  return hasCalls ? 'tool_calls' : 'stop';
}

/** Returns the usage under the names of chat completions, and what a gateway adds to it, such as the cost. */
export function usageOf({ usage }: ResponseObject): Json | undefined {
  if (!isRecord(usage)) return undefined;
  const { input_tokens, output_tokens, input_tokens_details, output_tokens_details, ...others } = usage;
  return {
    prompt_tokens: input_tokens,
    completion_tokens: output_tokens,
    prompt_tokens_details: input_tokens_details,
    completion_tokens_details: output_tokens_details,
    ...others,
  };
}
