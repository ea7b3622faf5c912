import { right } from 'fp-ts/Either';
import * as t from 'io-ts';
import { from, map, of, range, scan } from 'rxjs';
import { finishChunk, toolCallChunk } from 'rxjs-chat-completions/testing';

import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import { conversation } from '../../lib/conversation/conversation';
import type { ConversationCommand } from '../../lib/conversation/ConversationCommand';
import { emptyConversation } from '../../lib/conversation/ConversationState';
import { readField } from '../../lib/fold/fields';
import { LongList } from '../../lib/fold/LongList';
import { addToAnswer, noAnswer } from '../../lib/tools/answer';
import { addToolEvent } from '../../lib/tools/addToolEvent';
import type { ToolEvent } from '../../lib/tools/events';
import { partialInputs } from '../../lib/tools/partialInputs';
import { emptyRun, type RunState } from '../../lib/tools/RunState';
import { runTools$ } from '../../lib/tools/runTools';
import { tool } from '../../lib/tools/tool';
import { toRunState } from '../../lib/tools/toRunState';
import { calling, saying, sends } from '../helpers/toolEvents';

const echo = tool({ name: 'echo', input: t.type({ n: t.number }), run: ({ n }) => n });

const callChunks = (count: number): readonly ChatCompletionChunk[] =>
  Array.from({ length: count }, (_, index) =>
    toolCallChunk({ index, id: `c${index}`, name: 'echo', arguments: { n: index } }),
  );

/** The events of a run with many calls in one turn. */
function eventsOf(count: number): readonly ToolEvent[] {
  const events: ToolEvent[] = [];
  const chunks = [...callChunks(count), finishChunk('tool_calls')].map((chunk) => right(chunk));
  runTools$(sends(from(chunks), from(saying('t'))), { model: 'any', messages: [] }, [echo], {
    partialInputs,
  }).subscribe((event) => events.push(event));
  return events;
}

const addEvents = (events: readonly ToolEvent[]): RunState =>
  events.reduce<RunState>((state, event) => addToolEvent(state, event), emptyRun);

function addToConversation(events: readonly ToolEvent[]): void {
  let last = emptyConversation;
  of<ConversationCommand>({ type: 'send', content: 'Hi' })
    .pipe(conversation({ answer: () => from(events).pipe(scan(addToolEvent, emptyRun as RunState)) }))
    .subscribe((state) => (last = state));
  const done = events.at(-1);
  expect(last.turns['2']).toMatchObject({
    run: { status: 'done', messages: done?.type === 'done' ? done.messages : [] },
  });
}

function readInputs(chunks: readonly ChatCompletionChunk[]): void {
  const read = partialInputs({ step: 1, tools: new Map([['echo', echo]]), ids: new Set() });
  let answer = noAnswer;
  for (const chunk of chunks) {
    answer = addToAnswer(answer, chunk);
    read(chunk, answer.completion);
  }
}

/** The number of times that a long list is copied to an array while many calls are read. */
function copiesIn<T>(read: (input: T) => void, inputOf: (count: number) => T, count: number): number {
  const input = inputOf(count);
  const toArray = jest.spyOn(LongList.prototype, 'toArray');
  try {
    read(input);
    return toArray.mock.calls.length;
  } finally {
    toArray.mockRestore();
  }
}

describe('many calls in one turn', () => {
  it.each<[string, (count: number) => number]>([
    ['the state of a run', (count) => copiesIn(addEvents, eventsOf, count)],
    ['the state of a conversation', (count) => copiesIn(addToConversation, eventsOf, count)],
    ['the partial inputs', (count) => copiesIn(readInputs, callChunks, count)],
  ])('are copied as often as few calls for %s', (_, copies) => {
    expect(copies(400)).toBe(copies(200));
  });

  it('are a long list in the state while they run', () => {
    let state: RunState = emptyRun;
    for (const event of eventsOf(200)) {
      state = addToolEvent(state, event);
      if (event.type !== 'tool-result') continue;
      expect(readField(state, 'messages')).toBeInstanceOf(LongList);
      expect(readField(state.steps[0] ?? {}, 'calls')).toBeInstanceOf(LongList);
    }
  });

  it('are plain data in the state, in their order', () => {
    const state = addEvents(eventsOf(200));
    const stored = JSON.parse(JSON.stringify(state)) as RunState;
    expect(state.steps[0]?.calls.map(({ id, status, input }) => [id, status, input])).toEqual(
      Array.from({ length: 200 }, (_, n) => [`c${n}`, 'done', { n }]),
    );
    expect(stored.messages.map(({ content }) => content)).toEqual([
      null,
      ...Array.from({ length: 200 }, (_, n) => String(n)),
      't',
    ]);
    expect({ ...state, steps: [...state.steps] }).toEqual(state);
  });
});

describe('many values of progress in a conversation', () => {
  /** The number of characters that are written as JSON. */
  function written(values: number, progressOf: (n: number) => unknown): number {
    let characters = 0;
    const write = JSON.stringify;
    const big = { n: 0, list: Array.from({ length: 100 }, () => 0) };
    const slow = tool({
      name: 'slow',
      input: t.UnknownRecord,
      run: () => range(values).pipe(map(progressOf)),
    });
    const send = sends(of(...calling({ name: 'slow', arguments: big })), of(...saying('t')));
    const spy = jest.spyOn(JSON, 'stringify').mockImplementation((...given: Parameters<typeof write>) => {
      const json = write(...given) as string | undefined;
      characters += json?.length ?? 0;
      return json as string;
    });
    try {
      of<ConversationCommand>({ type: 'send', content: 'Hi' })
        .pipe(
          conversation({
            answer: (messages) => runTools$(send, { model: 'any', messages }, [slow]).pipe(toRunState()),
          }),
        )
        .subscribe();
    } finally {
      spy.mockRestore();
    }
    return characters;
  }

  it.each<[string, (n: number) => unknown]>([
    ['texts that grow', (n) => 'word '.repeat(n)],
    ['states with a text that grows', (n) => ({ content: 'word '.repeat(n) })],
    ['numbers, beside a large input', (n) => n],
  ])('are checked in time in proportion to their number: %s', (_, progressOf) => {
    expect(written(400, progressOf)).toBeLessThan(2.6 * written(200, progressOf));
    expect(written(400, progressOf)).toBeLessThan(40_000);
  });
});
