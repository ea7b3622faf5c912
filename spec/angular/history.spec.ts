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

  it.each([['{"city":Os'], [''], ['{"city":"Oslo"}{}']])(
    'sends arguments that are not JSON as {}: %s',
    (text) => {
      const called = answer({ toolCalls: [{ ...call, arguments: text }] });
      const result = entryOf(3, { role: 'tool', tool_call_id: 'call_1', content: '4°' });
      expect(historyOf([called, result])).toMatchObject([
        { tool_calls: [{ function: { arguments: '{}' } }] },
        { role: 'tool' },
      ]);
    },
  );

  it.each([
    ['empty', ['', '']],
    ['equal', ['call_1', 'call_1']],
  ])('pairs results with calls in order when their ids are %s, and gives each call its own id', (_, ids) => {
    const called = answer({
      toolCalls: ids.map((id, place) => ({ ...call, id, name: `tool_${place}` })),
    });
    const results = ids.map((id, place) =>
      entryOf(3 + place, { role: 'tool', tool_call_id: id, content: `result_${place}` }),
    );
    expect(historyOf([called, results[0]!])).toEqual([]);
    const [message, ...replies] = historyOf([called, ...results]);
    const sent = (message as { tool_calls: readonly { id: string; function: { name: string } }[] })
      .tool_calls;
    expect(new Set(sent.map(({ id }) => id)).size).toBe(2);
    expect(sent.every(({ id }) => id !== '')).toBe(true);
    expect(replies).toEqual(
      sent.map(({ id }, place) => ({ role: 'tool', tool_call_id: id, content: `result_${place}` })),
    );
  });

  it.each<[string, object]>([
    ['reasoning', { reasoning: 'Ask.' }],
    ['reasoning_content', { reasoning_content: 'Ask.' }],
    ['reasoning_details', { reasoning_details: [{ type: 'reasoning.encrypted', data: 'x', index: 0 }] }],
    ['unknown fields', { extra_content: { google: { thought_signature: 'x' } } }],
  ])('sends %s of an answer with calls back as received', (_, fields) => {
    const received = { role: 'assistant', content: null, ...fields };
    const called = answer({ toolCalls: [call], reasoning: 'Ask.', received });
    const result = entryOf(3, { role: 'tool', tool_call_id: 'call_1', content: '4°' });
    const [message] = historyOf([called, result]);
    expect(message).toEqual({ ...fields, role: 'assistant', content: '', tool_calls: [expect.anything()] });
  });

  it('sends the unknown fields of a call back', () => {
    const extra_content = { google: { thought_signature: 'x' } };
    const received = {
      tool_calls: [{ id: '', type: 'function', extra_content, function: { name: 'weather' } }],
    };
    const called = answer({ toolCalls: [{ ...call, id: '' }], received });
    const result = entryOf(3, { role: 'tool', tool_call_id: '', content: '4°' });
    expect(historyOf([called, result])).toMatchObject([
      { tool_calls: [{ id: 'call_2_0', extra_content }] },
      {},
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
