import { fieldsOf, isRecord } from '../../codec/isRecord';
import { numberOf } from '../../codec/numberOf';

/** An object of an unknown shape, which may report an error. */
export type Json = Readonly<Record<string, unknown>>;

const ERROR_NAMES = /^(?:(?!no_)[\w.]*(?:error|exception)s?|errs?|failure|fault)$/i;
const CODE_NAMES = /^(?:(?:err(?:or)?|ret(?:urn)?|result)_?(?:code|no)|code|ret)$/i;
const STATUS_NAMES = /^(?:status(?:_?code)?|http_?code)$/i;

/** Whether a field, or an event, has the name of an error. */
export const isErrorName = (name: string): boolean => ERROR_NAMES.test(name);

/** Returns the values of the fields with one of these names. */
export const valuesOf = (value: Json, names: RegExp): readonly unknown[] =>
  Object.entries(value).flatMap(([name, field]) => (names.test(name) ? [field] : []));

/** Returns the values of the fields that have the name of a code. */
export const codesIn = (value: Json): readonly unknown[] => [value.code, ...valuesOf(value, CODE_NAMES)];

/** Returns the status that a body or its error object contains; `null` for none. */
export function statusIn(json: unknown): number | null {
  const outer = fieldsOf(json);
  const statuses = [outer, fieldsOf(outer.error)].flatMap((value) => valuesOf(value, STATUS_NAMES));
  return statuses.map(numberOf).find((status) => status >= 100) ?? null;
}

/** Whether an object reports by a field of its own that the request has failed. */
export const isFailure = (value: Json): boolean =>
  value.ok === false ||
  value.success === false ||
  (Boolean(value.error) && typeof value.error !== 'string') ||
  hasState(value, /^(?:err|fail)/i) ||
  [value.code, ...valuesOf(value, STATUS_NAMES)].map(numberOf).some((code) => code >= 400 && code < 600);

/** Whether an object only reports that the request is still running. */
export const isProgress = (value: Json): boolean => hasState(value, PROGRESS) && !isFailure(value);

/** States of a request that is still running: `{status: "queued", message}`, `{type: "keepalive"}`. */
const PROGRESS =
  /^(?:queued?|pending|processing|(?:in.?)?progress|running|loading|waiting|ping|keep.?alive|heartbeat)$/i;

/** Whether the words of an object are those of no error: of success, of progress, or of a note, as `{type: "warning", message}`. */
export const isNote = (value: Json): boolean =>
  value.success === true ||
  ((value.ok === true || value.error === false) && !value.errors && !value.code) ||
  [value.status, ...codesIn(value)].some(isSuccess) ||
  isProgress(value) ||
  (hasState(value, /^(?:status|info|warning)$/i) && !isFailure(value));

/** Whether an object has one of these words as its state. */
const hasState = ({ status, event, type, object }: Json, words: RegExp): boolean =>
  [status, event, type, object].some((word) => isText(word) && words.test(word));

/** Codes and states of a frame that reports no error: `{code: 0, msg: "success"}`. */
const SUCCESS: readonly unknown[] = [0, '0', 200, '200', 'success', 'Success', 'ok', 'OK'];

/** Whether a code or a state is that of a success. */
export const isSuccess = (code: unknown): boolean => SUCCESS.includes(code);

/** Returns the first error inside a choice, its delta or its message. */
export function errorInChoice(choices: unknown): unknown {
  if (!Array.isArray(choices)) return undefined;
  // A loop: it runs in each call, of which `flatMap` would be a twentieth of the cost.
  for (const choice of choices) {
    const { error, delta, message } = fieldsOf(choice);
    const found = [error, fieldsOf(delta).error, fieldsOf(message).error].find(hasErrorContent);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether the value of an `error` field has content: `null`, `""`, `"None"`, `{}` and `{message: "success", code: 0}` have none. */
export function hasErrorContent(error: unknown): boolean {
  const value = firstOf(error);
  return isRecord(value) ? Object.values(value).some(isContent) : isText(value) && isContent(value);
}

const isContent = (value: unknown): boolean => Boolean(value) && !isSuccess(value);

/** Returns the first item of a list, or a value that is not a list. */
export const firstOf = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value);

/** Whether a value is a text, and not the one that Python writes for an absent value (LiteLLM), or JSON. */
export const isText = (value: unknown): value is string =>
  typeof value === 'string' && !/^(?:none|null)?$/i.test(value.trim());
