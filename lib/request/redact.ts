import type { ChatError } from '../errors';
import { createSecretFinder, type SecretFinder } from './secretFinder';
import { secretsOf, type Addressed } from './secrets';

/** Replaces secrets in a text by `***`. */
export type Redact = (text: string) => string;

/** The credentials in a URL, such as that of a proxy, which its errors quote. */
const CREDENTIALS = /\/\/[^\s/?#@]+@/g;

/**
 * Creates the redaction of one request: of its key, its headers, the query of its URL and the secrets in its body, in every form.
 * Credentials in any URL are redacted too.
 *
 * The patterns are compiled at the first use, since most calls need none.
 */
export function redactorOf(request: Addressed): Redact {
  let redact: Redact | undefined;
  return (text) => {
    redact ??= redactWith(createSecretFinder(secretsOf(request)));
    return redact(text).replace(CREDENTIALS, '//***@');
  };
}

/** Creates the redaction of the secrets that a finder finds. */
export const redactWith =
  (find: SecretFinder): Redact =>
  (text) => {
    let redacted = '';
    let from = 0;
    for (const { start, end } of find(text)) {
      redacted += `${text.slice(from, start)}***`;
      from = end;
    }
    return redacted + text.slice(from);
  };

/**
 * Redacts an error: its stack, every own field, such as its message, and its cause, which is reduced to name, message and code.
 *
 * Runs when an error leaves a call, after its texts were unescaped and cut.
 *
 * @returns The same error.
 */
export function redactError<E extends ChatError>(error: E, redact: Redact): E {
  const fields = error as unknown as Record<string, unknown>;
  // The stack is not an own field in every engine.
  for (const name of new Set(['stack', ...Object.getOwnPropertyNames(error)])) {
    const value = fields[name];
    const redacted = name === 'cause' ? reducedCause(value, redact) : redactIn(value, redact);
    // Firefox makes a stack that is set an enumerable field, which would be in the JSON.
    if (redacted !== value) fields[name] = redacted;
  }
  return error;
}

/** Returns a copy of a JSON value with its texts redacted. */
export function redactIn<T>(value: T, redact: Redact): T;
export function redactIn(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item: unknown) => redactIn(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [redact(name), redactIn<unknown>(item, redact)]),
  );
}

function reducedCause(cause: unknown, redact: Redact): unknown {
  if (typeof cause !== 'object' || cause === null) return redactIn(cause, redact);
  const { name, message, code } = cause as Readonly<Record<'name' | 'message' | 'code', unknown>>;
  return redactIn({ name, message, code }, redact);
}
