import { catchError, concat, defer, map, of, startWith, type OperatorFunction } from 'rxjs';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Decoded } from '../decode/decode';
import { isChatError, messageOf, RequestError, type ChatError } from '../errors';
import type { FoldOptions } from '../operators/accumulate/FoldOptions';
import { unwrap } from '../operators/either/unwrap';
import { addToState, endState, failState, waiting, type ChatState } from './ChatState';

/**
 * Folds a stream to the state that a screen renders. Never errors, so a template needs no `catchError`.
 *
 * Starts with `waiting` at subscription. The text survives every end: a failure becomes a last state `failed` that still
 * holds it, and `takeUntil(stop$)` placed above results in `stopped`.
 *
 * ```text
 * source:        --h--l-#      h = 'Hel', l = 'lo', # = TruncatedError
 * toChatState(): w-x--y-(z|)   w = waiting, x, y = streaming, z = failed, its content 'Hello'
 * ```
 *
 * An error that is not a {@link ChatError}, such as a bug in a callback above, becomes the `cause` of a {@link RequestError}.
 *
 * Put `takeUntil(stop$)` and `retryChat` above it, `perFrame` and `shareCompletion` below it. Retries below it never see
 * an error, and a stop below it loses the last state.
 *
 * ```text
 * source:                          -h---f|
 * stop$:                           ---x
 * toChatState(), takeUntil(stop$): wx-|      wrong: the last state is streaming
 * takeUntil(stop$), toChatState(): wx-(z|)   right: z = stopped
 * ```
 *
 * @param options - The choice to follow, and the policy for a chunk that cannot be decoded: `'fail'` results in `failed`.
 * @returns An operator that emits at subscription, at every chunk, and again at the end, then completes.
 *
 * @example
 * ```ts
 * import { Subject, takeUntil } from 'rxjs';
 * import { chatCompletion$, toChatState } from 'rxjs-chat-completions';
 *
 * const stop$ = new Subject<void>();
 * chatCompletion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(takeUntil(stop$), toChatState())
 *   .subscribe(({ status, content }) => console.log(status, content));
 * ```
 */
export function toChatState({ choice, onChunkError = 'fail' }: FoldOptions = {}): OperatorFunction<
  Decoded<ChatCompletionChunk>,
  ChatState
> {
  return (decoded$) =>
    defer(() => {
      let progress = waiting;
      return concat(
        decoded$.pipe(
          unwrap(onChunkError),
          map((chunk: ChatCompletionChunk) => (progress = addToState(progress, chunk, { choice })).state),
        ),
        defer(() => of(endState(progress))),
      ).pipe(
        startWith(waiting.state),
        catchError((error: unknown) => of(failState(progress, toChatError(error)))),
      );
    });
}

/** Wraps an error of another kind, such as a bug in a callback, so that `_tag` narrows every error of a state. */
const toChatError = (error: unknown): ChatError =>
  isChatError(error) ? error : new RequestError(messageOf(error), { cause: error });
