import { catchError, defer, tap, throwError, type Observable, type OperatorFunction } from 'rxjs';

import { isChatError, type ChatError } from '../../errors';

/** Options for {@link fallbackTo}. */
export interface FallbackOptions {
  /** Errors to fall back on. Default: all except `AbortedError` and `RequestError`, which another model would not avoid. */
  readonly when?: (error: ChatError) => boolean;
}

/**
 * Switches to another source when a call fails before its first value.
 *
 * The other source may be another model, another server or a fixed answer. After the first value the error passes
 * through, so halves of two answers are never joined.
 *
 * ```text
 * source:              --#             # = HttpError 404
 * other$:                -a-b|
 * fallbackTo(other$):  ---a-b|
 * ```
 *
 * @param other - The other source, or a function that returns it for the error.
 * @param options - The errors to fall back on.
 * @returns An operator that errors as `other` does, or with an error that it does not fall back on.
 *
 * @example A smaller model when the quota of the big one is spent
 * ```ts
 * import { chatCompletion$, fallbackTo, type ChatRequest } from 'rxjs-chat-completions';
 *
 * const requestFor = (model: string): ChatRequest => ({ model, messages: [{ role: 'user', content: 'Hi' }] });
 * chatCompletion$({}, requestFor('big')).pipe(
 *   fallbackTo(chatCompletion$({}, requestFor('small')), {
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
