import { catchError, defer, tap, throwError, type Observable, type OperatorFunction } from 'rxjs';

import { isChatError, type ChatError } from '../../errors';

/** What {@link fallbackTo} can be told. */
export interface FallbackOptions {
  /** The errors to fall back on. Default: all but `AbortedError` and `RequestError`, which another model would not cure. */
  readonly when?: (error: ChatError) => boolean;
}

/**
 * Goes on with something else when a call fails before its first value.
 *
 * Another model, another server, a canned answer. After the first value the error passes: half an answer of one
 * model with half of another's behind it is no answer.
 *
 * ```text
 * source:              --#             # = HttpError 404
 * other$:                -a-b|
 * fallbackTo(other$):  ---a-b|
 * ```
 *
 * @param other - What to go on with, or a function of the error that gives it.
 * @param options - Which errors to fall back on.
 * @returns An operator that errors as `other` does, or with the error it did not fall back on.
 *
 * @example A smaller model when the quota of the big one is spent
 * ```ts
 * import { chatCompletion$, fallbackTo, type ChatRequest } from 'rxjs-chat-completions';
 *
 * const ask = (model: string): ChatRequest => ({ model, messages: [{ role: 'user', content: 'Hi' }] });
 * chatCompletion$({}, ask('big')).pipe(
 *   fallbackTo(chatCompletion$({}, ask('small')), {
 *     when: (error) => error._tag === 'HttpError' && error.code === 'insufficient_quota',
 *   }),
 * );
 * ```
 */
export function fallbackTo<T, U = T>(
  other: Observable<U> | ((error: ChatError) => Observable<U>),
  { when = isRecoverable }: FallbackOptions = {},
): OperatorFunction<T, T | U> {
  return (source$) =>
    defer(() => {
      let emitted = false;
      return source$.pipe(
        tap(() => (emitted = true)),
        catchError((error: unknown) => {
          if (emitted || !isChatError(error) || !when(error)) return throwError(() => error);
          return typeof other === 'function' ? other(error) : other;
        }),
      );
    });
}

const isRecoverable = ({ _tag }: ChatError): boolean => _tag !== 'AbortedError' && _tag !== 'RequestError';
