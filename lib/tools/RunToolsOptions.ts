import { RequestError } from '../errors';
import type { ChunkErrorPolicy } from '../operators/either/unwrap';
import type { ChatRequest } from '../request/ChatRequest';
import type { ValueOrStream } from '../rx/valuesOf';
import type { Approval, Call, ToolStep } from './events';
import type { ReadInputs, TurnStart } from './partialInputs';
import type { StopCondition } from './stopWhen';
import type { AnyTool } from './tool';

/** The request of a step, before it is sent. */
export interface StepRequest {
  /** Number of the next turn, from 1. */
  readonly step: number;
  /** The request as it would be sent. */
  readonly request: ChatRequest;
  /** The steps so far. */
  readonly steps: readonly ToolStep[];
}

/** The decision of an approval. Only `true` runs the call. */
export type Verdict = boolean | 'suspend' | { readonly deny: string };

/** Treatment of a tool that fails. */
export type ToolErrorPolicy<T extends AnyTool = AnyTool> =
  'report' | 'fail' | ((error: unknown, call: Call<T>) => string);

/** Options for {@link runTools$}. */
export interface RunToolsOptions<T extends AnyTool = AnyTool> {
  /** Maximum number of turns; a positive integer. Default 10. */
  readonly maxSteps?: number;
  /**
   * Treatment of calls in the last turn: `'stop'`, the default, ends the run after them. `'answer'` sends one more request without
   * tools.
   */
  readonly atMaxSteps?: 'stop' | 'answer';
  /** Whether the run ends, called after the results of each step. */
  readonly stopWhen?: StopCondition;
  /** Maximum number of calls of one turn that run or wait for approval at the same time. Default: all. */
  readonly concurrency?: number;
  /**
   * Decides about a call that needs approval. Default: each such call is denied.
   *
   * The value, or the first one of a stream, counts: `true` runs the call, `false` and `{ deny: reason }` deny it, and so does
   * completing without a value. `'suspend'` ends the run with the call pending.
   */
  readonly approve?: (call: Approval<T>) => ValueOrStream<Verdict>;
  /** Changes the request of a step before it is sent. Returns the request, or a stream whose first value counts. */
  readonly prepareStep?: (step: StepRequest) => ValueOrStream<ChatRequest>;
  /**
   * Treatment of a tool that fails: send its message to the model (`'report'`, the default), send the text that a function returns,
   * or fail the run with the error (`'fail'`).
   */
  readonly onToolError?: ToolErrorPolicy<T>;
  /**
   * Reader of the arguments while the model writes them, for `tool-input` events: the function of the same name. Default: none, and
   * a call appears when the turn has ended.
   */
  readonly partialInputs?: (turn: TurnStart) => ReadInputs;
  /** Policy for chunks that do not decode. Default `'fail'`. */
  readonly onChunkError?: ChunkErrorPolicy;
}

/** @throws RequestError for an option that is out of its range. */
export function checkOptions({ maxSteps = Infinity, concurrency = Infinity }: RunToolsOptions<never>): void {
  for (const [name, value] of Object.entries({ maxSteps, concurrency })) {
    if (!(value === Infinity || (Number.isInteger(value) && value > 0))) {
      throw new RequestError(`${name}: expected a positive integer, got ${value}`);
    }
  }
}
