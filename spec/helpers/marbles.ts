import { isNativeError } from 'node:util/types';

import { assertMarbles } from 'rxjs-chat-completions/testing';
import { TestScheduler, type RunHelpers } from 'rxjs/testing';

/**
 * Runs marbles in virtual time; a failure shows received and expected marbles.
 *
 * Errors are compared by tag or class and own fields, as the error of a stream or inside a value.
 *
 * @param run - Receives RxJS's helpers: `cold`, `hot`, `time`, `expectObservable` and the others.
 */
export function marbles(run: (helpers: RunHelpers) => void): void {
  new TestScheduler(assertMarbles).run(run);
}

/**
 * Copies a value with every error as a plain object, so that Jest compares and prints its fields. By itself Jest compares
 * the messages alone.
 *
 * Visits arrays and plain objects; an instance of any other class is kept.
 */
export function comparable(value: unknown, seen = new Map<object, unknown>()): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  if (Array.isArray(value)) {
    const copy: unknown[] = [];
    seen.set(value, copy);
    for (const item of value) copy.push(comparable(item, seen));
    return copy;
  }
  const isError = isNativeError(value);
  if (!isError && !isPlain(value)) return value;
  const copy: Record<PropertyKey, unknown> = {};
  seen.set(value, copy);
  for (const key of Reflect.ownKeys(value)) {
    if (!Object.prototype.propertyIsEnumerable.call(value, key)) continue;
    copy[key] = comparable(Reflect.get(value, key), seen);
  }
  if (isError) {
    // None of these has to be enumerable, and a class may set `name` on its prototype.
    copy['class'] = value.constructor.name;
    copy['name'] = value.name;
    copy['message'] = value.message;
    // The cause is for debuggers; a spec that needs it reads it.
    delete copy['stack'];
    delete copy['cause'];
  }
  return copy;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
