import { concat, defer, map, of, type Observable } from 'rxjs';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { unwrap, type ChunkErrorPolicy } from '../operators/either/unwrap';
import type { SendRequest } from '../operators/resilience/continueOnTruncation';
import type { ChatRequest } from '../request/ChatRequest';
import { addToAnswer, noAnswer, outcomeOf } from '../tools/answer';
import { echo, readCalls } from '../tools/assistantTurn';
import type { DoneReason, ToolEvent } from '../tools/events';
import { callIdsIn, withoutOldReasoning } from '../tools/history';
import { toolboxOf } from '../tools/toolbox';

/**
 * Sends one request, as a run of one step that runs no tools.
 *
 * Its calls stay without a reply, for an app that runs them itself and sends the results as messages.
 */
export function answerOnce$(
  send: SendRequest,
  request: ChatRequest,
  onChunkError: ChunkErrorPolicy,
): Observable<ToolEvent> {
  return defer(() => {
    const { messages } = request;
    const sent = { ...request, messages: withoutOldReasoning(messages) };
    let answer = noAnswer;
    return concat(
      of<ToolEvent>({ type: 'step-start', step: 1, request: sent, messages }),
      defer(() => send(sent)).pipe(
        unwrap(onChunkError),
        map((chunk: ChatCompletionChunk): ToolEvent => {
          answer = addToAnswer(answer, chunk);
          return { type: 'chunk', step: 1, chunk };
        }),
      ),
      defer(() => {
        const { completion } = answer;
        const { message, isComplete } = outcomeOf(answer);
        const calls = isComplete
          ? readCalls(message, toolboxOf([], { ...request, tools: [] }), 1, callIdsIn(messages))
          : [];
        const received = echo(message, calls);
        const reason: DoneReason = calls.length > 0 ? 'suspended' : isComplete ? 'answered' : 'cut-off';
        return of<ToolEvent[]>(
          { type: 'step-end', step: 1, completion, message: received },
          {
            type: 'done',
            reason,
            steps: 1,
            messages: received === null ? messages : [...messages, received],
            usage: completion.usage ?? null,
            pending: [],
          },
        );
      }),
    );
  });
}
