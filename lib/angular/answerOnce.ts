import { defer, of, type Observable } from 'rxjs';

import type { ChunkErrorPolicy } from '../operators/either/unwrap';
import type { SendRequest } from '../operators/resilience/continueOnTruncation';
import type { ChatRequest } from '../request/ChatRequest';
import { answer$ } from '../tools/answerEvents';
import type { ToolEvent } from '../tools/events';
import { withoutOldReasoning } from '../tools/history';
import { addTurn, doneEvent } from '../tools/Run';
import { toolboxOf } from '../tools/toolbox';

/**
 * Sends one request, as a run of one step that runs no tools.
 *
 * Its calls stay without a reply, for an app that runs them itself and sends the results as messages.
 */
export function answerOnce$(
  send: SendRequest,
  request: ChatRequest,
  onChunkError?: ChunkErrorPolicy,
): Observable<ToolEvent> {
  return defer(() => {
    const { messages } = request;
    const sent = { ...request, messages: withoutOldReasoning(messages) };
    const toolbox = toolboxOf([], { ...request, tools: [] });
    return answer$(send, { step: 1, request: sent, messages, toolbox }, { onChunkError }, (turn) => {
      const reason = turn.calls.length > 0 ? 'suspended' : turn.end;
      return of(doneEvent(addTurn({ messages, steps: [] }, turn), turn, reason));
    });
  });
}
