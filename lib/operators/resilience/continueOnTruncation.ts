import { isRight, right } from 'fp-ts/Either';
import { catchError, defer, tap, throwError, type Observable } from 'rxjs';

import { concatItems } from '../../rx/concatItems';
import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import type { Decoded } from '../../decode/decode';
import { markOf } from '../../codec/mark';
import { isChatError } from '../../errors';
import { finishReasonOf } from '../../fold/completion';
import { addContent } from '../../fold/content';
import { addToolCalls, noToolCalls } from '../../fold/toolCalls';
import type { ChatRequest } from '../../request/ChatRequest';

/** A function that sends a request and streams its chunks, such as `(request) => chatCompletion$(config, request)`. */
export type SendRequest = (request: ChatRequest) => Observable<Decoded<ChatCompletionChunk>>;

/** What {@link continueOnTruncation} can be told. */
export interface ContinueOptions {
  /** The most continuations of one answer. Default 2. */
  readonly max?: number;
  /**
   * The request that carries on. Default: the same, with what there is of the answer as a last assistant message, which
   * llama.cpp and Ollama continue; DeepSeek and Mistral want `prefix: true` on it.
   */
  readonly resume?: (request: ChatRequest, content: string) => ChatRequest;
}

/**
 * Carries on where an answer broke off: the reader sees one uninterrupted text.
 *
 * Only for servers that continue an assistant message; the others begin a new answer behind the old half. When a stream
 * ends too early or its connection breaks in the middle, what came is sent back and the stream goes on with what the
 * server adds. Not before any text, not once a tool call has begun or the finish reason has come, not with `n` above 1:
 * there the error passes.
 *
 * ```text
 * first answer:  -h-l-#           h = 'Hel', l = 'lo', # = TruncatedError
 * continuation:       -w-f|       w = ' world', f = finish reason
 * result:        -h-l--w-f|
 * ```
 *
 * @param options - How often, and how to ask for the rest.
 * @returns A function that wraps how you send a request; what it returns errors as the last attempt did.
 *
 * @example
 * ```ts
 * import { accumulateContent, chatCompletion$, continueOnTruncation } from 'rxjs-chat-completions';
 *
 * const send = continueOnTruncation()((request) => chatCompletion$({}, request));
 * send({ model: 'llama3.2', messages: [{ role: 'user', content: 'A long story' }] }).pipe(accumulateContent());
 * ```
 */
export function continueOnTruncation({ max = 2, resume = asAssistantPrefix }: ContinueOptions = {}): (
  send: SendRequest,
) => SendRequest {
  return (send) => (request) => {
    const attempt$ = (left: number, before: string): Observable<Decoded<ChatCompletionChunk>> =>
      defer(() => {
        let content = before;
        let calls = noToolCalls;
        let ended = false;
        return send(before === '' ? request : resume(request, before)).pipe(
          // Who begins anew below would lose what came before; the server goes on behind it.
          concatItems((decoded) =>
            before !== '' && isRestart(decoded) ? [decoded, saying(before)] : [decoded],
          ),
          tap((decoded) => {
            if (!isRight(decoded)) return;
            content = addContent(content, decoded.right);
            calls = addToolCalls(calls, decoded.right);
            ended = !isRestart(decoded) && (ended || finishReasonOf(decoded.right) !== null);
          }),
          catchError((error: unknown) => {
            const isText = content !== '' && calls.calls.length === 0 && (request.n ?? 1) === 1;
            const canGoOn = left > 0 && isText && !ended;
            return canGoOn && isTruncation(error) ? attempt$(left - 1, content) : throwError(() => error);
          }),
        );
      });
    return attempt$(max, '');
  };
}

const isRestart = (decoded: Decoded<ChatCompletionChunk>): boolean =>
  isRight(decoded) && markOf(decoded.right)?.kind === 'restarted';

const saying = (content: string): Decoded<ChatCompletionChunk> =>
  right({ choices: [{ index: 0, delta: { content } }] });

/** Whether an error means that the rest of the answer was lost, and nothing else. */
function isTruncation(error: unknown): boolean {
  if (!isChatError(error)) return false;
  return error._tag === 'TruncatedError' || (error._tag === 'ConnectionError' && error.phase === 'body');
}

const asAssistantPrefix = (request: ChatRequest, content: string): ChatRequest => ({
  ...request,
  messages: [...request.messages, { role: 'assistant', content }],
});
