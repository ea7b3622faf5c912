import './injector';

import { historyOf, type ConversationAnswer, type ConversationEntry } from '../../lib/angular';
import { entryOf } from '../../lib/angular/history';
import { waiting } from '../../lib/state/ChatState';

const user = entryOf(1, { role: 'user', content: 'Hi' });
const answer = (fields: Partial<ConversationAnswer>): ConversationEntry => ({
  ...waiting.state,
  id: 2,
  role: 'assistant',
  metrics: null,
  ...fields,
});
const call = { id: 'call_1', type: 'function', name: 'weather', arguments: '{}', complete: true };

describe('historyOf', () => {
  it('returns messages and answers, also stopped and failed ones', () => {
    for (const status of ['done', 'stopped', 'failed', 'streaming'] as const) {
      expect(historyOf([user, answer({ status, content: 'Hel', reasoning: 'A greeting.' })])).toEqual([
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hel' },
      ]);
    }
  });

  it('leaves out an answer without text', () => {
    expect(historyOf([user, answer({ status: 'failed' })])).toEqual([{ role: 'user', content: 'Hi' }]);
  });

  it('returns tool calls once each has a result, and their reasoning', () => {
    const called = answer({
      status: 'done',
      toolCalls: [call, { ...call, id: 'call_2' }],
      reasoning: 'Ask.',
    });
    const reply = (id: string) => entryOf(3, { role: 'tool', tool_call_id: id, content: '4°' });
    expect(historyOf([user, called, reply('call_1')])).toEqual([{ role: 'user', content: 'Hi' }]);
    expect(historyOf([user, called, reply('call_1'), reply('call_2')])).toEqual([
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: '',
        reasoning: 'Ask.',
        tool_calls: ['call_1', 'call_2'].map((id) => ({
          id,
          type: 'function',
          function: { name: 'weather', arguments: '{}' },
        })),
      },
      { role: 'tool', tool_call_id: 'call_1', content: '4°' },
      { role: 'tool', tool_call_id: 'call_2', content: '4°' },
    ]);
  });

  it('leaves out truncated calls, and results after a message of the user', () => {
    const cut = answer({ content: 'I', toolCalls: [{ ...call, complete: false }] });
    const reply = entryOf(3, { role: 'tool', tool_call_id: 'call_1', content: '4°' });
    const text = { role: 'assistant', content: 'I' };
    expect(historyOf([cut, reply])).toEqual([text]);
    expect(historyOf([answer({ content: 'I', toolCalls: [call] }), user, reply])).toEqual([
      text,
      { role: 'user', content: 'Hi' },
    ]);
  });

  it('leaves out a result without a call', () => {
    const called = answer({ toolCalls: [call] });
    const reply = (id: string) => entryOf(3, { role: 'tool', tool_call_id: id, content: '4°' });
    expect(historyOf([user, reply('call_1')])).toEqual([{ role: 'user', content: 'Hi' }]);
    expect(historyOf([called, reply('call_0'), reply('call_1')])).toMatchObject([
      { tool_calls: [{ id: 'call_1' }] },
      { tool_call_id: 'call_1' },
    ]);
  });

  it('returns the messages that entries were created from', () => {
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      { role: 'assistant', content: 'Hello' },
    ] as const;
    const entries = messages.map((message, id) => entryOf(id, message));
    expect(historyOf(entries)).toEqual(messages);
    expect(entries.map(({ role, content }) => [role, content])).toEqual([
      ['system', 'Be brief.'],
      ['user', 'Hi'],
      ['assistant', 'Hello'],
    ]);
  });
});
