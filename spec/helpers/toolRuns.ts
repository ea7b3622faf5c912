import * as t from 'io-ts';
import {
  filter,
  from,
  lastValueFrom,
  map,
  of,
  pipe,
  toArray,
  type MonoTypeOperatorFunction,
  type Observable,
  type OperatorFunction,
} from 'rxjs';

import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import type { Decoded } from '../../lib/decode/decode';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import type { Message } from '../../lib/request/Message';
import type { DoneEvent, ToolEvent } from '../../lib/tools/events';
import { codecConversion } from '../../lib/tools/InputConversion';
import type { AnyTool } from '../../lib/tools/tool';
import { marbles } from './marbles';
import { brief, saying } from './toolEvents';

export type Chunk = Decoded<ChatCompletionChunk>;

/** The request of most specs, and the calls of its answers. */
export const request: ChatRequest = { model: 'any', messages: [{ role: 'user', content: 'Hi' }] };
export const w = { name: 'w', arguments: {} };
export const l = { name: 'l', arguments: {} };

/** A tool that takes any object. */
export const taking = (name: string, run: AnyTool['run'], more: Partial<AnyTool> = {}): AnyTool => ({
  name,
  input: t.UnknownRecord,
  parameters: { type: 'object' },
  conversion: codecConversion,
  run,
  ...more,
});
/** A tool with the result 7. */
export const w7 = taking('w', () => of(7));
/** An answer in words. */
export const t$ = from(saying('t'));

/** Leaves out the events of a call that is being written, which most specs are not about. */
export const withoutInput = (): MonoTypeOperatorFunction<ToolEvent> =>
  filter(({ type }) => type !== 'tool-input');
/** Emits each event in a word or two. */
export const briefly = (): OperatorFunction<ToolEvent, string> => pipe(withoutInput(), map(brief));

/** Asserts the events of a run in which nothing takes time. */
export const runs = (event$: Observable<ToolEvent>, expected: readonly string[]): void => {
  marbles(({ expectObservable }) => {
    expectObservable(event$.pipe(briefly(), toArray())).toBe('(a|)', { a: expected });
  });
};

/** Returns the events of a run. */
export const eventsOf = (event$: Observable<ToolEvent>): Promise<ToolEvent[]> =>
  lastValueFrom(event$.pipe(withoutInput(), toArray()));
/** Returns the last event of a run. */
export const doneOf = async (event$: Observable<ToolEvent>): Promise<DoneEvent> => {
  const event = (await eventsOf(event$)).at(-1);
  if (event?.type !== 'done') throw new Error('not done');
  return event;
};
/** Returns the texts of the replies in a conversation. */
export const repliesIn = (messages: readonly Message[] | undefined): unknown[] =>
  (messages ?? []).flatMap((message) => (message.role === 'tool' ? [message.content] : []));
/** Returns the calls in a conversation. */
export const callsIn = (messages: readonly Message[] | undefined): unknown[] =>
  (messages ?? []).flatMap((message) => (message.role === 'assistant' ? (message.tool_calls ?? []) : []));

/** The events between the end of the first turn and the second request. */
export const afterTurn = ['ask 1', 'chunk', 'chunk', 'end 1'];
export const answered = ['ask 2', 'chunk', 'chunk', 'end 2', 'answered'];
