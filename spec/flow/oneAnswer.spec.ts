import { of } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { toChatState } from '../../lib/state/toChatState';
import type { ChatState } from '../../lib/state/ChatState';
import type { Transport } from '../../lib/transport/transport';
import { outcomeOf } from '../helpers/reads';

const respond =
  (type: string, body: string): Transport =>
  () =>
    of({ status: 200, headers: { 'content-type': type } }, new TextEncoder().encode(body));
const stream = (...chunks: readonly object[]): Transport =>
  respond(
    'text/event-stream',
    [...chunks.map((each) => JSON.stringify(each)), '[DONE]'].map((data) => `data: ${data}\n\n`).join(''),
  );
const whole = (...choices: readonly object[]): Transport =>
  respond('application/json', JSON.stringify({ choices }));

const stateOf = (transport: Transport, n?: number, choice?: number): ChatState | undefined => {
  const chunk$ = chatCompletion$({ transport }, { model: 'any', messages: [], n });
  return outcomeOf(chunk$.pipe(toChatState({ choice }))).values.at(-1);
};

const call = { id: 'a', function: { name: 'weather', arguments: '{}' } };
const ended = { finish_reason: 'tool_calls' };

describe('a request for one answer', () => {
  const split: ReadonlyArray<readonly [string, Transport]> = [
    [
      'without an index',
      stream({ choices: [{ delta: { content: 'Hello' } }, { delta: { tool_calls: [call] }, ...ended }] }),
    ],
    [
      'as a completion',
      whole({ message: { content: 'Hello' }, ...ended }, { message: { tool_calls: [call] }, ...ended }),
    ],
    [
      'as a completion in an event',
      stream({ choices: [{ message: { content: 'Hello' } }, { message: { tool_calls: [call] }, ...ended }] }),
    ],
  ];

  it.each(split)('has the text and the calls of two choices: %s (Copilot)', (_, transport) => {
    for (const n of [undefined, 1]) {
      expect(stateOf(transport, n)).toMatchObject({
        status: 'done',
        content: 'Hello',
        finishReason: 'tool_calls',
        toolCalls: [{ id: 'a', name: 'weather', complete: true }],
      });
    }
  });
});

describe('a request for two answers', () => {
  it.each([
    [
      'a stream',
      stream({
        choices: ['Hello', 'Hi'].map((content, index) => ({
          index,
          delta: { content },
          finish_reason: 'stop',
        })),
      }),
    ],
    [
      'a completion',
      whole(...['Hello', 'Hi'].map((content) => ({ message: { content }, finish_reason: 'stop' }))),
    ],
  ])('has each of them, in %s', (_, transport) => {
    const contents = [0, 1].map((choice) => stateOf(transport, 2, choice)?.content);
    expect(contents).toEqual(['Hello', 'Hi']);
  });
});

describe('messages in place of deltas', () => {
  const message = (content: string, finish_reason: string | null = null): object => ({
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason }],
  });
  const delta = (content: string): object => ({ choices: [{ index: 0, delta: { content } }] });

  it.each<[string, readonly object[]]>([
    ['are all read', [message('Hel'), message('lo'), message('', 'stop')]],
    ['are not read after deltas', [delta('Hel'), delta('lo'), message('Hello', 'stop')]],
  ])('%s', (_, chunks) => {
    expect(stateOf(stream(...chunks))).toMatchObject({ status: 'done', content: 'Hello' });
  });
});
