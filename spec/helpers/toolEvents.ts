import { isRight, right } from 'fp-ts/Either';
import type { Observable } from 'rxjs';
import { finishChunk, textChunk, toolCallChunk, type ScriptedToolCall } from 'rxjs-chat-completions/testing';

import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import type { Decoded } from '../../lib/decode/decode';
import type { SendRequest } from '../../lib/operators/resilience/continueOnTruncation';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import type { Message } from '../../lib/request/Message';
import type { ToolEvent } from '../../lib/tools/events';

/** An event in a word or two, for marbles. */
export function brief(event: ToolEvent): string {
  switch (event.type) {
    case 'resumed':
      return 'resumed';
    case 'step-start':
      return `ask ${event.step}`;
    case 'chunk':
      return 'chunk';
    case 'tool-input':
      return `${event.name}… ${JSON.stringify(event.partial)}`;
    case 'step-end':
      return `end ${event.step}`;
    case 'tool-call':
      return `${event.name}?`;
    case 'tool-approval':
      return `${event.name} may?`;
    case 'tool-approved':
      return `${event.name} may`;
    case 'tool-progress':
      return `${event.name}: ${String(event.output)}`;
    case 'tool-result':
      return isRight(event.result)
        ? `${event.name} = ${String(event.result.right)}`
        : `${event.name} ! ${event.result.left._tag}`;
    case 'done':
      return event.reason;
  }
}

/** A send that plays one stream for each request, and keeps the requests. */
export function sends(...answers: readonly Observable<Decoded<ChatCompletionChunk>>[]): SendRequest & {
  readonly requests: readonly ChatRequest[];
} {
  const requests: ChatRequest[] = [];
  const send = (request: ChatRequest): Observable<Decoded<ChatCompletionChunk>> => {
    const answer$ = answers[requests.length];
    requests.push(request);
    if (answer$ === undefined) throw new Error(`no answer to request ${requests.length}`);
    return answer$;
  };
  return Object.assign(send, { requests });
}

/** The chunks of an answer that calls tools. */
export const calling = (
  ...calls: readonly Omit<ScriptedToolCall, 'index'>[]
): Decoded<ChatCompletionChunk>[] => [
  ...calls.map((call, index) => right(toolCallChunk({ id: `c${index}`, ...call, index }))),
  right(finishChunk('tool_calls')),
];

/** The chunks of an answer in words. */
export const saying = (text: string, reason = 'stop'): Decoded<ChatCompletionChunk>[] => [
  right(textChunk(text)),
  right(finishChunk(reason)),
];

/** Lists the defects of a conversation: calls without a reply directly after them, replies without a call, ids that repeat. */
export function faultsOf(messages: readonly Message[]): string[] {
  const faults: string[] = [];
  const seen = new Set<string>();
  messages.forEach((message, place) => {
    if (message.role === 'tool') {
      const before = [...messages.slice(0, place)].reverse().find(({ role }) => role !== 'tool');
      const calls = before?.role === 'assistant' ? (before.tool_calls ?? []) : [];
      if (!calls.some(({ id }) => id === message.tool_call_id))
        faults.push(`${place}: a reply without a call`);
    }
    if (message.role !== 'assistant') return;
    const calls = message.tool_calls ?? [];
    calls.forEach(({ id }, nth) => {
      if (id === '' || seen.has(id))
        faults.push(`${place}: the id ${JSON.stringify(id)} is no id, or not the only one`);
      seen.add(id);
      const reply = messages[place + 1 + nth];
      if (reply?.role !== 'tool' || reply.tool_call_id !== id) faults.push(`${place}: no reply to ${id}`);
    });
    if (calls.length === 0 && !message.content?.length && !message.refusal && !message.audio)
      faults.push(`${place}: says nothing`);
    for (const call of calls) {
      if (call.type !== 'function') continue;
      const json: unknown = JSON.parse(call.function.arguments);
      if (typeof json !== 'object' || json === null) faults.push(`${place}: arguments that are no object`);
    }
  });
  return faults;
}
