import { conversationOf } from '../../lib/conversation/messages';
import type { Message } from '../../lib/request/Message';
import type { RunStep } from '../../lib/tools/RunState';

const user: Message = { role: 'user', content: 'Hi' };

/** Returns the step of an answer in the history of another program. */
const stepOf = (answer: object): RunStep | undefined => {
  const { turns } = conversationOf([user, { role: 'assistant', ...answer } as Message]);
  return turns[2]?.kind === 'assistant' ? turns[2].run.steps[0] : undefined;
};

describe('conversationOf', () => {
  it('takes calls that lack fields', () => {
    const tool_calls = [null, { id: 'a', type: 'function' }, { type: 'custom' }];
    expect(stepOf({ content: 'Hm', tool_calls })?.calls.map(({ id, name }) => [id, name])).toEqual([
      ['a', ''],
      ['', ''],
    ]);
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
});
