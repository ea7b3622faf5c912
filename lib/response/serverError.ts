import { isRecord } from '../codec/isRecord';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { ChunkChoice } from '../codec/ChunkChoice';
import { ServerError, type ErrorDetails } from '../errors';
import { finishKind, isTransientFinish } from '../fold/finishReason';
import { errorDetailsIn } from './errorBody';
import { isText, readErrorShape } from './errorShapes';
import { isTransient } from './retryable';

/**
 * Whether JSON under a successful status reports an error.
 *
 * It does if it has an `error` with content. If it has none of `choices`, `usage` and `data`, an `error` without content or a
 * message in a known shape is enough. `"error": null` and `""` are not errors.
 */
export function hasError(json: unknown): boolean {
  const value: unknown = Array.isArray(json) ? json[0] : json;
  if (!isRecord(value)) return false;
  if (value.object === 'error' || isError(value.error) || errorInChoice(value.choices) !== undefined)
    return true;
  const { choices, usage, data } = value;
  const hasAnswer = isRecord(usage) || Array.isArray(data) || (Array.isArray(choices) && choices.length > 0);
  if (hasAnswer) return false;
  return isRecord(value.error) || Array.isArray(value.error) || isText(readErrorShape(value)?.serverMessage);
}

/**
 * Creates the error that JSON under a successful status reports.
 *
 * @param body - The text that it was parsed from.
 */
export function serverErrorOf(json: unknown, body: string): ServerError {
  const details = errorDetailsIn(json, body);
  return new ServerError(details, isTransientError(details), body);
}

/**
 * Returns the error that a chunk reports beside its choices (OpenRouter), in one of them, or by a finish reason that names a
 * failure; `undefined` for none.
 */
export function errorBesideChoices(chunk: ChatCompletionChunk): ServerError | undefined {
  if (chunk.error == null && !mayFail(chunk.choices ?? [])) return undefined;
  const error = isError(chunk.error) ? chunk.error : errorInChoice(chunk.choices);
  if (error !== undefined) return serverErrorOf({ error }, textOf(chunk));
  const reason = chunk.choices?.find(
    (choice) => finishKind(choice.finish_reason) === 'failed',
  )?.finish_reason;
  if (!reason) return undefined;
  const serverMessage = `the server ended the answer with the finish reason ${reason}`;
  const details = { serverMessage, code: reason, type: null, param: null };
  return new ServerError(details, isTransientFinish(reason), textOf(chunk));
}

/** Whether any choice has an error or a finish reason; in nearly all chunks none has. */
function mayFail(choices: readonly ChunkChoice[]): boolean {
  for (const choice of choices as ReadonlyArray<(ChunkChoice & { readonly error?: unknown }) | null>) {
    if (choice?.finish_reason || choice?.error != null) return true;
  }
  return false;
}

/** Writes a chunk as JSON; `''` if it is nested too deep for that. */
function textOf(chunk: ChatCompletionChunk): string {
  try {
    return JSON.stringify(chunk);
  } catch {
    return '';
  }
}

function errorInChoice(choices: unknown): unknown {
  if (!Array.isArray(choices)) return undefined;
  for (const choice of choices as ReadonlyArray<{ readonly error?: unknown } | null>) {
    if (isError(choice?.error)) return choice?.error;
  }
  return undefined;
}

/** Whether the value of an `error` field has content: `null`, `""`, `{}` and `{message: "", code: 0}` have none. */
const isError = (error: unknown): boolean =>
  isRecord(error) ? Object.values(error).some(Boolean) : isText(error);

function isTransientError({ code, type }: ErrorDetails): boolean {
  const status = Number(code);
  // Mistral counts its own codes from 1000.
  if (Number.isInteger(status) && status >= 400 && status < 600) return isTransient(status, { code, type });
  return TRANSIENT.test(`${code ?? ''} ${type ?? ''}`);
}

/** Codes and types of errors that pass. */
const TRANSIENT =
  /overloaded|rate.?limit|too.?many.?requests|server.?error|internal.?error|unavailable|timeout/i;
