import { right } from 'fp-ts/Either';

import type { CompletionChoice } from '../../lib/codec/ChatCompletion';
import { branchOf } from '../../lib/conversation/branches';
import { conversationFrom } from '../../lib/conversation/conversationFrom';
import { emptyConversation } from '../../lib/conversation/ConversationState';
import { conversationOf } from '../../lib/conversation/conversationOf';
import { messagesOf } from '../../lib/conversation/messagesOf';
import { reduceConversation } from '../../lib/conversation/reduceConversation';
import { toolCallsIn } from '../../lib/fold/AccumulatedToolCall';
import type { Message } from '../../lib/request/Message';
import type { RunStep } from '../../lib/tools/RunState';

const user: Message = { role: 'user', content: 'Hi' };

/** Returns the step of an answer in the history of another program. */
const stepOf = (answer: object): RunStep | undefined => {
  const { turns } = conversationOf([user, { role: 'assistant', ...answer } as Message]);
  return turns[2]?.kind === 'assistant' ? turns[2].run.steps[0] : undefined;
};

describe('conversationOf', () => {
  const named = { name: 'weather', arguments: '{}' };
  it.each<[string, object, readonly (readonly unknown[])[]]>([
    ['an object in place of the list', { tool_calls: {} }, []],
    ['a text in place of the list', { tool_calls: '' }, []],
    ['no list', { tool_calls: null }, []],
    [
      'calls without a name',
      { tool_calls: [null, { id: 'a', type: 'function' }, { type: 'custom' }, { id: 'b', function: {} }] },
      [],
    ],
    ['a call that lacks its id and type', { tool_calls: [{ function: named }] }, [['', 'weather', '{}']]],
    ['a name beside the id', { tool_calls: [{ id: 'a', ...named }] }, [['a', 'weather', '{}']]],
    ['a numeric id', { tool_calls: [{ id: 5, function: named }] }, [['5', 'weather', '{}']]],
    [
      'arguments of Ollama, an object',
      { tool_calls: [{ id: 'a', function: { name: 'weather', arguments: { city: 'Oslo' } } }] },
      [['a', 'weather', '{"city":"Oslo"}']],
    ],
    ['reasoning that is no text', { reasoning: 5 }, []],
  ])('reads %s, also when it is sent or stored', (_, fields, calls) => {
    const history = [user, { role: 'assistant', content: 'Hm', ...fields } as Message];
    const state = conversationOf(history);
    const [, turn] = branchOf(state);
    const shown = toolCallsIn({
      message: turn?.kind === 'assistant' ? turn.run.steps[0]?.message : null,
    } as CompletionChoice);
    expect(shown.map(({ id, name, arguments: text }) => [id, name, text])).toEqual(calls);
    expect(branchOf(reduceConversation(emptyConversation, { type: 'send', content: history }))).toEqual(
      branchOf(state),
    );
    expect(conversationFrom(JSON.parse(JSON.stringify(state)))).toEqual(right(state));
  });

  it('keeps a numeric id that a reply has too', () => {
    const state = conversationOf([
      user,
      { role: 'assistant', tool_calls: [{ id: 5, function: named }] } as never,
      { role: 'tool', tool_call_id: 5, content: '7' } as never,
    ]);
    expect(messagesOf(branchOf(state))).toMatchObject([
      user,
      { tool_calls: [{ id: '5' }] },
      { tool_call_id: '5', content: '7' },
    ]);
    const calls = [{ id: '5', name: 'weather', status: 'done' }];
    expect(branchOf(state)[1]).toMatchObject({ run: { steps: [{ step: 1, calls }] } });
  });

  it.each<[string, object, string]>([
    ['of Ollama', { reasoning: 'Hm' }, 'Hm'],
    ['of DeepSeek', { reasoning_content: 'Hm' }, 'Hm'],
    [
      'of OpenRouter',
      {
        reasoning_details: [
          { type: 'reasoning.text', text: 'H' },
          null,
          { type: 'reasoning.summary', summary: 'm' },
        ],
      },
      'Hm',
    ],
    ['beside an empty one', { reasoning: '', reasoning_content: 'Hm' }, 'Hm'],
    ['of details that are no list', { reasoning_details: { text: 'Hm' } }, ''],
    ['that has none', {}, ''],
    [
      'of Mistral',
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] },
          { type: 'text', text: 'Hello' },
        ],
      },
      'Hm',
    ],
  ])('shows the reasoning of an answer %s', (_, answer, reasoning) => {
    expect(stepOf({ content: 'Hello', ...answer })).toMatchObject({ content: 'Hello', reasoning });
  });

  it('shows the images of an answer', () => {
    const images = [{ type: 'image_url', image_url: { url: 'data:image/png;base64,' } }];
    expect(stepOf({ content: '', images })?.images).toEqual(images);
  });
});
