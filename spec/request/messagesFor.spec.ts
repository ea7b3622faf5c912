import type { AssistantMessage, Message } from '../../lib/request/Message';
import { messagesFor } from '../../lib/request/messagesFor';
import type { Profile } from '../../lib/servers/Profile';

const answer = (fields: Partial<AssistantMessage>): AssistantMessage =>
  ({ role: 'assistant', content: 'Hello', ...fields }) as AssistantMessage;

const sent = (message: Message, facts: Omit<Profile, 'name'>): Message | undefined =>
  messagesFor([message], { name: 'x', ...facts })[0];

describe('messagesFor', () => {
  it('sends a developer message as a system message if the server accepts only that role', () => {
    const message: Message = { role: 'developer', content: 'Be brief', name: 'app' };
    expect(sent(message, { developerRole: 'system' })).toEqual({ ...message, role: 'system' });
    expect(sent(message, { developerRole: 'developer' })).toBe(message);
    expect(sent(message, {})).toBe(message);
  });

  const blocks = [{ type: 'reasoning.encrypted', data: 'signed' }];
  const received = { reasoning: 'r', reasoning_content: 'c', reasoning_details: blocks };

  it.each([
    [undefined, received, received],
    ['none', received, {}],
    ['reasoning', received, { reasoning: 'c' }],
    ['reasoning', { reasoning_content: 'c' }, { reasoning: 'c' }],
    ['reasoning', { reasoning_text: 't' }, { reasoning: 't' }],
    ['none', { thinking: 't' }, {}],
    ['reasoning_content', { reasoning: 'r' }, { reasoning_content: 'r' }],
    ['reasoning_content', { reasoning_content: null, reasoning: 'r' }, { reasoning_content: 'r' }],
    ['reasoning_content', { reasoning_content: '' }, { reasoning_content: '' }],
    ['reasoning_content', { reasoning_details: blocks }, {}],
    ['reasoning_details', received, { reasoning_details: blocks }],
    ['reasoning_details', { reasoning_content: 'c', reasoning_details: [] }, { reasoning: 'c' }],
    [
      'reasoning_details',
      { ...received, phase: 'commentary' },
      { reasoning_details: blocks, phase: 'commentary' },
    ],
    ['reasoning_details', { phase: 'final_answer' }, { phase: 'final_answer' }],
    ['reasoning', { ...received, phase: 'commentary' }, { reasoning: 'c' }],
    ['none', { ...received, phase: 'commentary' }, {}],
    ['reasoning', { reasoning: null }, {}],
    ['reasoning', {}, {}],
  ] as const)('with the reasoning field %s turns %j into %j', (reasoningField, fields, expected) => {
    const facts = reasoningField === undefined ? {} : { reasoningField };
    expect(sent(answer(fields), facts)).toStrictEqual(answer(expected));
  });

  it('leaves the messages of others unchanged', () => {
    const message = { role: 'user', content: 'Hi', reasoning: 'mine' } as Message;
    expect(sent(message, { reasoningField: 'none' })).toBe(message);
  });

  it('returns messages that are not a list of objects unchanged, for the server to report', () => {
    const messages = 'Hi' as unknown as readonly Message[];
    expect(messagesFor(messages, { name: 'x', reasoningField: 'none' })).toBe(messages);
    const none = [null] as unknown as readonly Message[];
    expect(messagesFor(none, { name: 'x', reasoningField: 'none' })).toEqual([null]);
  });
});
