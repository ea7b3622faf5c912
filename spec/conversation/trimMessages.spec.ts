import fc from 'fast-check';

import { estimateTokens, trimMessages } from '../../lib/conversation/trimMessages';
import { RequestError } from '../../lib/errors';
import type { AssistantMessage, Message } from '../../lib/request/Message';
import { faultsOf } from '../helpers/toolEvents';

const system: Message = { role: 'system', content: 'S' };
const user = (content: string): Message => ({ role: 'user', content });
const assistant = (content: string): Message => ({ role: 'assistant', content });
const step = (id: string): readonly Message[] => [
  { role: 'assistant', tool_calls: [{ id, type: 'function', function: { name: 'w', arguments: '{}' } }] },
  { role: 'tool', tool_call_id: id, content: id },
];
/** Each message costs one token. */
const one = { countTokens: () => 1 };
const chat = [system, user('1'), assistant('2'), user('3'), assistant('4'), user('5')];

describe('trimMessages', () => {
  it('returns the same list if it fits', () => {
    expect(trimMessages(chat, { ...one, maxTokens: 6 })).toBe(chat);
  });

  it.each([
    [5, [system, chat[3], chat[4], chat[5]]],
    [4, [system, chat[3], chat[4], chat[5]]],
    [3, [system, chat[5]]],
    [1, [system, chat[5]]],
  ])('keeps instructions and the newest exchanges within %i tokens', (maxTokens, expected) => {
    expect(trimMessages(chat, { ...one, maxTokens })).toEqual(expected);
  });

  it('takes options that are an instance of a class', () => {
    class Options {
      readonly #tokens = 1;
      readonly maxTokens = 3;
      countTokens(): number {
        return this.#tokens;
      }
    }
    expect(trimMessages(chat, new Options())).toEqual([system, chat[5]]);
  });

  it('keeps the instructions of a developer message', () => {
    const developer: Message = { role: 'developer', content: 'S' };
    const messages = [developer, ...chat.slice(1)];
    expect(trimMessages(messages, { ...one, maxTokens: 1 })).toEqual([developer, chat[5]]);
  });

  it('leaves out the oldest calls of a long run, with their replies', () => {
    const run = [system, user('1'), ...step('a'), ...step('b'), ...step('c')];
    expect(trimMessages(run, { ...one, maxTokens: 6 })).toEqual([
      system,
      user('1'),
      ...step('b'),
      ...step('c'),
    ]);
    expect(trimMessages(run, { ...one, maxTokens: 1 })).toEqual([system, user('1'), ...step('c')]);
  });

  it('keeps the pictures of a result with the result', () => {
    const picture: Message = {
      role: 'user',
      content: [
        { type: 'text', text: 'Pictures of the result of a:' },
        { type: 'image_url', image_url: { url: 'data:x' } },
      ],
    };
    const run = [user('0'), assistant('0'), user('1'), ...step('a'), picture, ...step('b')];
    expect(trimMessages(run, { ...one, maxTokens: 6 })).toEqual(run.slice(2));
    expect(trimMessages(run, { ...one, maxTokens: 4 })).toEqual([user('1'), ...step('b')]);
  });

  it('keeps the message of the user that follows a call, as after a run that was stopped', () => {
    const run = [user('1'), ...step('a'), user('2'), ...step('b')];
    expect(trimMessages(run, { ...one, maxTokens: 3 })).toEqual([user('2'), ...step('b')]);
  });

  it('takes content that has no parts, as the history of another program may have', () => {
    const messages = [...step('a'), { role: 'user', content: [null] } as unknown as Message];
    expect(trimMessages(messages, { ...one, maxTokens: 1 })).toEqual(messages.slice(-1));
  });

  it.each([0, -1, NaN])('throws for a budget of %d', (maxTokens) => {
    expect(() => trimMessages(chat, { maxTokens })).toThrow(RequestError);
  });

  it('keeps histories well formed, within the budget where the last step allows it', () => {
    const group = fc.oneof(
      fc.string().map((text) => [user(text || 'x')]),
      fc.string().map((text) => [assistant(text || 'x')]),
      fc.nat().map((n) => step(`call-${n}`)),
      fc.constant([system]),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(group, { selector: (g) => JSON.stringify(g) }),
        fc.integer({ min: 1, max: 60 }),
        (groups, maxTokens) => {
          const messages = groups.flat();
          const trimmed = trimMessages(messages, { maxTokens });
          expect(faultsOf(trimmed)).toEqual([]);
          expect(messages.filter((message) => trimmed.includes(message))).toEqual(trimmed);
          expect(trimmed.filter(({ role }) => role === 'system')).toEqual(
            messages.filter(({ role }) => role === 'system'),
          );
          const users = messages.filter(({ role }) => role === 'user');
          expect(trimmed).toEqual(expect.arrayContaining(users.slice(-1)));
          if (trimmed.reduce((sum, message) => sum + estimateTokens(message), 0) > maxTokens) {
            const roles = trimmed.map(({ role }) => role);
            expect(roles.filter((role) => role === 'user').length).toBeLessThanOrEqual(1);
            // The first messages count as a question if there is none.
            const most = roles.includes('user') ? 1 : 2;
            expect(roles.filter((role) => role === 'assistant').length).toBeLessThanOrEqual(most);
          }
          expect(trimMessages(trimmed, { maxTokens })).toEqual(trimmed);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('counts instructions between the messages once', () => {
    const old = [user('0'), assistant('0')];
    const kept = [user('1'), assistant('1'), system, user('2'), assistant('2')];
    expect(trimMessages([...old, ...kept], { ...one, maxTokens: 5 })).toEqual(kept);
  });

  it('counts a message that occurs twice, twice', () => {
    const again = user('again');
    const twice = [again, assistant('a'), again, assistant('b')];
    expect(trimMessages(twice, { ...one, maxTokens: 3 })).toEqual([again, assistant('b')]);
  });
});

describe('estimateTokens', () => {
  it.each([
    ['English', 'How are you?', 3],
    ['Chinese', '你好世界', 3],
    ['Cyrillic', 'Привет', 3],
    ['emoji', '😀🎉', 2],
  ])('counts four bytes of UTF-8 as a token: %s', (_, text, tokens) => {
    expect(estimateTokens(user(text))).toBe(4 + tokens);
  });

  it.each<[string, object]>([
    ['a refusal', { type: 'refusal', refusal: '12345678' }],
    ['a text of reasoning', { type: 'thinking', thinking: '12345678' }],
  ])('counts %s as text, not as an attachment', (_, part) => {
    expect(estimateTokens({ role: 'assistant', content: [part] as never })).toBe(6);
  });

  it('counts the reasoning of Mistral as text, not as an attachment', () => {
    const thinking = [{ type: 'text', text: 'Hm.' }];
    const content = [
      { type: 'thinking', thinking },
      { type: 'text', text: 'Hi' },
    ] as never;
    expect(estimateTokens({ role: 'assistant', content })).toBe(12);
  });

  it('counts an attachment as a thousand, and reasoning beside calls', () => {
    expect(estimateTokens(user('12345678'))).toBe(6);
    expect(
      estimateTokens({
        role: 'user',
        content: [
          { type: 'text', text: '1234' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        ],
      }),
    ).toBe(1_005);
    expect(estimateTokens(step('a')[0]!)).toBeGreaterThan(20);
    const [called] = step('a') as [AssistantMessage];
    // Sent with its calls in every later request, but not with an answer.
    expect(estimateTokens({ ...called, reasoning_content: '12345678' })).toBe(estimateTokens(called) + 2);
    expect(estimateTokens({ role: 'assistant', content: '1234', reasoning: '12345678' })).toBe(5);
    const image = { type: 'image_url', image_url: { url: 'data:x' } } as const;
    expect(estimateTokens({ role: 'assistant', content: '1234', images: [image] })).toBe(1_005);
    // The history of another program may have anything.
    expect(estimateTokens({ role: 'user', content: [null, '1234', image] as never })).toBe(1_004);
  });
});
