import { isRight, right } from 'fp-ts/Either';
import { catchError, defer, identity, tap, throwError, type Observable } from 'rxjs';

import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import { isRestart } from '../../codec/mark';
import type { Decoded } from '../../decode/decode';
import { isInterruption } from '../../errors';
import { finishReasonOf } from '../../fold/completion';
import { addContent, contentIn } from '../../fold/content';
import { addToolCalls, noToolCalls } from '../../fold/toolCalls';
import type { ChatRequest } from '../../request/ChatRequest';
import { concatMapDelayError } from '../../rx/concatMapDelayError';

/** A function that sends a request and streams its chunks, such as `(request) => chatCompletion$(config, request)`. */
export type SendRequest = (request: ChatRequest) => Observable<Decoded<ChatCompletionChunk>>;

/** Options for {@link continueOnTruncation}. */
export interface ContinueOptions {
  /** Maximum number of continuations of one answer. Default 2. */
  readonly count?: number;
  /**
   * Returns the request that continues the answer. Default: the same request with the text so far as a last assistant
   * message, or added to the one that it ends with; llama.cpp and Ollama continue it. DeepSeek and Mistral require `prefix: true`
   * on it.
   */
  readonly resume?: (request: ChatRequest, content: string) => ChatRequest;
}

/**
 * Continues a truncated answer, so the reader sees one uninterrupted text.
 *
 * Use it only with servers that continue an assistant message; others append a new answer to the old half. When a stream
 * ends early or its connection breaks, the text so far is sent back, and the stream goes on with the text that the server
 * adds. The error passes through before any text, after a tool call has begun, after the finish reason, and with `n`
 * above 1.
 *
 * ```text
 * first answer:  -h-l-#           h = 'Hel', l = 'lo', # = TruncatedError
 * continuation:       -w-f|       w = ' world', f = finish reason
 * result:        -h-l--w-f|
 * ```
 *
 * @param options - The number of continuations, and the request for the rest.
 * @returns A function that wraps a {@link SendRequest}; the Observable it returns errors as the last attempt did.
 *
 * @example
 * ```ts
 * import { accumulateContent, chatCompletion$, continueOnTruncation } from 'rxjs-chat-completions';
 *
 * const send = continueOnTruncation()((request) => chatCompletion$({}, request));
 * send({ model: 'llama3.2', messages: [{ role: 'user', content: 'A long story' }] }).pipe(accumulateContent());
 * ```
 */
export function continueOnTruncation({ count = 2, resume = asAssistantPrefix }: ContinueOptions = {}): (
  send: SendRequest,
) => SendRequest {
  return (send) => (request) => {
    const attempt$ = (remaining: number, before: string): Observable<Decoded<ChatCompletionChunk>> =>
      defer(() => {
        let content = before;
        let calls = noToolCalls;
        let ended = false;
        return send(before === '' ? request : resume(request, before)).pipe(
          // A fold below resets at a restart and would lose the text before; the server continues after it.
          before === ''
            ? identity
            : concatMapDelayError((decoded: Decoded<ChatCompletionChunk>) =>
                isRight(decoded) && isRestart(decoded.right) ? [decoded, textChunk(before)] : [decoded],
              ),
          tap((decoded) => {
            if (!isRight(decoded)) return;
            content = addContent(content, decoded.right);
            calls = addToolCalls(calls, decoded.right);
            ended = !isRestart(decoded.right) && (ended || finishReasonOf(decoded.right) !== null);
          }),
          catchError((error: unknown) => {
            const isText = content !== '' && calls.calls.length === 0 && (request.n ?? 1) === 1;
            const canContinue = remaining > 0 && isText && !ended;
            return canContinue && isInterruption(error)
              ? attempt$(remaining - 1, content)
              : throwError(() => error);
          }),
        );
      });
    return attempt$(count, '');
  };
}

const textChunk = (content: string): Decoded<ChatCompletionChunk> =>
  right({ choices: [{ index: 0, delta: { content } }] });

/** Servers refuse two messages of the assistant at the end: the text continues one that the request has there itself. */
function asAssistantPrefix(request: ChatRequest, content: string): ChatRequest {
  const { messages } = request;
  const last = messages.at(-1);
  return {
    ...request,
    messages:
      last?.role === 'assistant'
        ? [...messages.slice(0, -1), { ...last, content: contentIn(last) + content }]
        : [...messages, { role: 'assistant', content }],
  };
}
