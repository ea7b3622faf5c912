import { attempt } from '../../codec/attempt';
import { fieldsOf, isRecord } from '../../codec/isRecord';
import type { ChatCompletion } from '../../codec/ChatCompletion';
import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import { ServerError } from '../../errors';
import { isFailedFinish, isTransientFinish } from '../../fold/failedFinish';
import { errorDetailsIn } from './errorBody';
import {
  errorInChoice,
  firstOf,
  hasErrorContent,
  isFailure,
  isNote,
  isProgress,
  isText,
  statusIn,
} from './errorFields';
import { readErrorShape } from './errorShapes';
import { isTransientError } from './retryable';
import { retryDelayMs } from './retryAfter';

/** A choice of a chunk or of a completion. */
interface AnswerChoice {
  readonly index?: number | null;
  readonly finish_reason?: string | null;
}

/** A chunk or a completion. */
interface Answer {
  readonly error?: unknown;
  /** Groq. */
  readonly x_groq?: unknown;
  readonly choices?: readonly AnswerChoice[] | null;
}

/**
 * Whether JSON under a successful status reports an error.
 *
 * It does if it has an `error` with content. If it has none of `choices`, `usage` and `data`, an `error` without content or a
 * message in a known shape is enough. `"error": null` and `""` are not errors.
 */
export const hasError = (json: unknown): boolean => explainsError(json) || seemsFailed(json);

/** Whether JSON reports an error, as {@link hasError}, and has its words, its code or another field of it. */
export function explainsError(json: unknown): boolean {
  const value = fieldsOf(firstOf(json));
  if (hasErrorContent(value.error) || errorInChoice(value.choices) !== undefined) return true;
  return !hasAnswer(value) && !isNote(value) && isText(readErrorShape(value)?.serverMessage);
}

/** Whether JSON is an answer. MiniMax sends a usage of nothing but zeros with its errors. */
const hasAnswer = ({ choices, usage, data }: Readonly<Record<string, unknown>>): boolean =>
  Object.values(fieldsOf(usage)).some((count) => count && !isRecord(count)) ||
  Array.isArray(data) ||
  (Array.isArray(choices) && choices.length > 0);

/**
 * Creates the error that JSON under a successful status reports.
 *
 * @param body - The text that it was parsed from.
 */
export function serverErrorOf(json: unknown, body: string): ServerError {
  const details = errorDetailsIn(json, body);
  const code = details.code ?? statusIn(json);
  const retryAfterMs = retryDelayMs(json, details.serverMessage);
  const retryable = isTransientError({ ...details, code }, retryAfterMs !== null);
  return new ServerError({ ...details, body, retryAfterMs, retryable });
}

/**
 * Returns the error that a chunk or completion reports beside its choices (OpenRouter), in one of them, or by a finish reason
 * that names a failure; `undefined` for none.
 */
export function errorBesideChoices(chunk: Answer): ServerError | undefined {
  const error =
    [chunk.error, fieldsOf(chunk.x_groq).error].find(hasErrorContent) ?? errorInChoice(chunk.choices);
  if (error !== undefined) return serverErrorOf({ error }, textOf(chunk));
  const reason = chunk.choices?.find(
    ({ finish_reason }) => finish_reason && isFailedFinish(finish_reason),
  )?.finish_reason;
  if (!reason) return undefined;
  const serverMessage = `the server ended the answer with the finish reason ${reason}`;
  const retryable = isTransientFinish(reason);
  return new ServerError({ serverMessage, code: reason, body: textOf(chunk), retryable });
}

/** Returns a completion; throws the error that it reports beside its choices. */
export function withoutFailure(completion: ChatCompletion): ChatCompletion {
  const error = errorBesideChoices(completion);
  if (error !== undefined) throw error;
  return completion;
}

/**
 * Returns the error of a stream without a single choice whose first payload is of an unknown kind, since that payload is the only
 * explanation of the server.
 *
 * @returns `undefined` for a payload with choices, even an empty list, or with usage, and for one that only reports that the request
 * is still running, such as a heartbeat.
 */
export const errorWithoutChoices = (chunk: ChatCompletionChunk): ServerError | undefined =>
  chunk.choices == null && chunk.usage == null && !isProgress(fieldsOf(chunk))
    ? serverErrorOf(chunk, textOf(chunk))
    : undefined;

/**
 * Whether JSON without choices seems to report that the answer has failed: an `error` without content, or a status or a code
 * of a failure without words. Only what follows can decide, since the answer may be complete in spite of it.
 */
export function seemsFailed(json: unknown): boolean {
  const value = fieldsOf(firstOf(json));
  return isFailure(value) && !hasAnswer(value);
}

/** Writes a chunk as JSON; `''` if it is nested too deep for that. */
const textOf = (chunk: Answer): string => attempt(() => JSON.stringify(chunk)) ?? '';
