import { mendMessages } from '../../lib/conversation/mendMessages';
import type { AssistantMessage, Message } from '../../lib/request/Message';
import { faultsOf } from '../helpers/toolEvents';

const user: Message = { role: 'user', content: 'Hi' };
const calls = (...ids: readonly string[]): AssistantMessage => ({
  role: 'assistant',
  tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 'w', arguments: '{}' } })),
});
const reply = (id: string, content = 'ok'): Message => ({ role: 'tool', tool_call_id: id, content });
const lost = 'The run was stopped; this call was not run.';

/** The ids of calls and replies, with their texts. */
const brief = (messages: readonly Message[]): readonly string[] =>
  messages.map((message) =>
    message.role === 'tool'
      ? `${message.tool_call_id}=${message.content as string}`
      : message.role === 'assistant'
        ? `calls ${(message.tool_calls ?? []).map(({ id }) => id).join()}`
        : message.role,
  );

describe('mendMessages', () => {
  it.each<[string, readonly Message[], readonly string[]]>([
    ['a call without a reply', [calls('a'), user], ['calls a', `a=${lost}`, 'user']],
    ['some replies', [calls('a', 'b'), reply('b')], ['calls a,b', `a=${lost}`, 'b=ok']],
    ['replies in another order', [calls('a', 'b'), reply('b'), reply('a')], ['calls a,b', 'a=ok', 'b=ok']],
    ['a reply behind a message of the user', [calls('a'), user, reply('a')], ['calls a', 'a=ok', 'user']],
    [
      'two replies, of which the newer counts',
      [calls('a'), reply('a', lost), reply('a')],
      ['calls a', 'a=ok'],
    ],
    ['a reply without a call', [user, reply('a')], ['user']],
    [
      'a reply to a call of an earlier answer',
      [calls('a'), reply('a'), calls('b'), reply('a')],
      ['calls a', 'a=ok', 'calls b', `b=${lost}`],
    ],
    [
      'empty ids',
      [calls('', ''), reply('', '1'), reply('', '2')],
      ['calls call_0_0,call_0_1', 'call_0_0=1', 'call_0_1=2'],
    ],
    [
      'ids that repeat',
      [calls('a'), reply('a', '1'), calls('a'), reply('a', '2')],
      ['calls a', 'a=1', 'calls call_2_0', 'call_2_0=2'],
    ],
    ['an answer without content', [user, { role: 'assistant', content: '' }, user], ['user', 'user']],
    [
      'an answer whose absent fields are null',
      [user, { role: 'assistant', content: null, tool_calls: null, function_call: null } as never, user],
      ['user', 'user'],
    ],
  ])('mends %s', (_, messages, expected) => {
    const mended = mendMessages(messages);
    expect(brief(mended)).toEqual(expected);
    expect(faultsOf(mended)).toEqual([]);
    expect(mendMessages(mended)).toEqual(mended);
  });

  it.each(['', '{"city":Os', '[1]', 'null', '5', ['{}']])('replaces the arguments %j', (text) => {
    const call = { id: 'a', type: 'function', function: { name: 'w', arguments: text as string } } as const;
    const [mended] = mendMessages([
      { role: 'assistant', tool_calls: [{ ...call, extra_content: { google: 1 } } as typeof call] },
    ]);
    expect(mended).toMatchObject({
      tool_calls: [{ extra_content: { google: 1 }, function: { arguments: '{}' } }],
    });
  });

  it('unwraps arguments in a JSON string, as a run does', () => {
    const called = { name: 'w', arguments: JSON.stringify('{"city":"Oslo"}') };
    const [mended] = mendMessages([
      { role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: called }] },
    ]);
    expect(mended).toMatchObject({ tool_calls: [{ function: { arguments: '{"city":"Oslo"}' } }] });
  });

  it("mends the history of Ollama's own API: no ids, no types, arguments as an object", () => {
    const stored = JSON.parse(
      '[{"role":"assistant","tool_calls":[{"function":{"name":"w","arguments":{"city":"Oslo"}}},{"id":null,"function":{"name":"w","arguments":{}}}]},{"role":"tool","tool_name":"w","content":"7"}]',
    ) as readonly Message[];
    const mended = mendMessages(stored);
    expect(brief(mended)).toEqual(['calls call_0_0,call_0_1', 'call_0_0=7', `call_0_1=${lost}`]);
    expect(mended[0]).toMatchObject({
      tool_calls: [
        { type: 'function', function: { name: 'w', arguments: '{"city":"Oslo"}' } },
        { type: 'function', function: { name: 'w', arguments: '{}' } },
      ],
    });
  });

  it.each<[string, unknown, unknown]>([
    [
      'a call without a name',
      [
        { role: 'assistant', content: 'Hm', tool_calls: [null, {}, { id: 'a', type: 'function' }] },
        reply('a'),
      ],
      [{ role: 'assistant', content: 'Hm' }],
    ],
    [
      'one call of two without a name',
      [
        {
          role: 'assistant',
          tool_calls: [...(calls('a').tool_calls ?? []), { id: 'b', function: { name: '' } }],
        },
      ],
      [calls('a'), reply('a', lost)],
    ],
    [
      'a call whose fields are beside its id',
      [{ role: 'assistant', tool_calls: [{ id: 'a', name: 'w', arguments: {} }] }, reply('a')],
      [calls('a'), reply('a')],
    ],
    ['a result that is nothing', [calls('a'), reply('a', null as never)], [calls('a'), reply('a', '')]],
    ...[{}, '', '[]', false].map((none): [string, unknown, unknown] => [
      `calls that are ${JSON.stringify(none)}`,
      [user, { role: 'assistant', content: 'Hello', tool_calls: none }],
      [user, { role: 'assistant', content: 'Hello' }],
    ]),
    ['a message without content', [null, { role: 'user' }, { role: 'system', content: null }, user], [user]],
  ])('mends what no type allows: %s', (_, messages, expected) => {
    const mended = mendMessages(messages as readonly Message[]);
    expect(mended).toEqual(expected);
    expect(mendMessages(mended)).toEqual(mended);
  });

  it.each([undefined, null])('adds the type of a call, which OpenAI requires: %p', (type) => {
    const [call] = calls('a').tool_calls ?? [];
    const foreign: AssistantMessage = { ...calls('a'), tool_calls: [{ ...call, type }] as never };
    expect(mendMessages([foreign, reply('a')])).toEqual([calls('a'), reply('a')]);
  });

  it('returns messages without a fault as the same objects', () => {
    const messages: readonly Message[] = [
      user,
      calls('a', 'b'),
      reply('a'),
      reply('b'),
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      { role: 'assistant', content: null, function_call: { name: 'w', arguments: '{}' } },
      { role: 'function', name: 'w', content: null },
      user,
    ];
    const mended = mendMessages(messages);
    expect(mended).toHaveLength(messages.length);
    mended.forEach((message, place) => expect(message).toBe(messages[place]));
  });

  it.each([null, 5, 'Hi', {}, { role: 5, content: 'Hi' }, { role: 'user' }])('leaves out %j', (value) => {
    expect(mendMessages([value as unknown as Message])).toEqual([]);
  });

  it('keeps an answer of images alone', () => {
    const images = [{ type: 'image_url', image_url: { url: 'data:image/png;base64,' } }] as const;
    const messages: readonly Message[] = [user, { role: 'assistant', content: '', images }, user];
    expect(mendMessages(messages)).toEqual(messages);
  });

  it('leaves out an empty list of calls, which OpenAI rejects', () => {
    expect(mendMessages([{ role: 'assistant', content: 'Hi', tool_calls: [] }])).toEqual([
      { role: 'assistant', content: 'Hi' },
    ]);
  });

  it('takes time in proportion to the messages, empty ids included', () => {
    const many = Array.from({ length: 20_000 }, () => [calls(''), reply('')]).flat();
    expect(mendMessages(many)).toHaveLength(40_000);
  });
});
