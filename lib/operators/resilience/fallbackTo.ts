import { catchError, defer, tap, throwError, type Observable, type OperatorFunction } from 'rxjs';

import { isChatError, type ChatError } from '../../errors';
import { Emitted } from './Emitted';
import { failWhenEmpty, type EmptyPolicy } from './failWhenEmpty';

/** Options for {@link fallbackTo}. */
export interface FallbackOptions {
  /** Errors to fall back on. Default: all except `AbortedError` and `RequestError`, which another model would not avoid. */
  readonly when?: (error: ChatError) => boolean;
  /**
   * Treatment of an answer that ends without any output: `'complete'` accepts it, `'fail'` turns it into a
   * {@link TruncatedError} to fall back on. Default `'complete'`.
   */
  readonly onEmpty?: EmptyPolicy;
}

/**
 * Switches to another source when a call fails before its first output.
 *
 * The other source may be another model, another server or a fixed answer. After the first output the error passes
 * through, so halves of two answers are never joined. A chunk without output, such as the role, does not end the fallback.
 * The values of the other source are then emitted from its first output on, after a mark at which every fold of this library
 * resets. For values that are not chunks, any value is output.
 *
 * ```text
 * source:              --#             # = HttpError 404
 * other$:                -a-b|
 * fallbackTo(other$):  ---a-b|
 * ```
 *
 * Put it above the folds, and below `retryChat`, so that the retries end before the fallback starts.
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
  { when = isRecoverable, onEmpty }: FallbackOptions = {},
): OperatorFunction<T, T | U> {
  return (source$) =>
    defer(() => {
      const emitted = new Emitted();
      return source$.pipe(
        failWhenEmpty(onEmpty),
        tap((value) => emitted.add(value)),
        catchError((error: unknown) => {
          if (emitted.hasOutput || !isChatError(error) || !when(error)) return throwError(() => error);
          const other$ = typeof other === 'function' ? other(error) : other;
          return other$.pipe(emitted.restarting(2));
        }),
      );
    });
}

const isRecoverable = ({ _tag }: ChatError): boolean => _tag !== 'AbortedError' && _tag !== 'RequestError';
