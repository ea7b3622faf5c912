import { demoModel } from '../../../lib/testing/script/demoModel';
import type { Answer, HttpFailure, Reply } from '../../../lib/testing/script/Reply';

const ask = (question: unknown, model = demoModel()): Reply =>
  model({
    method: 'POST',
    url: '/v1/chat/completions',
    headers: {},
    body: {
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: question },
      ],
    },
    turn: 0,
    aborted: false,
  });

const partsOf = (reply: Reply) => (reply as Answer).parts;
const answerTo = (question: unknown): string => {
  const last = partsOf(ask(question)).at(-1);
  return typeof last === 'string' ? last : '';
};

describe('the demo model', () => {
  it('greets and introduces itself', () => {
    expect(answerTo('hello')).toMatch(/^Hello! 👋 .*\*\*scripted model\*\*/);
    expect(answerTo('hello').split(' ').length * 25).toBeLessThan(1_500);
  });

  it('explains this library, with a list and code', () => {
    expect(answerTo('What is this library?')).toMatch(/\n1\. .*```ts\n.*toChatState/s);
  });

  it('reasons first when the question contains why or think', () => {
    const [reasoning, text] = partsOf(ask('Why is the sky blue?'));
    expect(reasoning).toHaveProperty('reasoning');
    expect(text).toMatch(/^Because air/);
    expect(partsOf(ask('Think about tea'))[0]).toHaveProperty('reasoning');
    expect(partsOf(ask('hello'))).toHaveLength(1);
  });

  it('repeats the topic of any other question as it was typed, and states that it has no answer', () => {
    expect(answerTo('Tell me about tea,\n please?')).toMatch(
      /Your question was: \*Tell me about tea, please\*.*know nothing/s,
    );
    expect(answerTo('12*(3+4)?')).toContain(String.raw`Your question was: *12\*(3+4)*.`);
    expect(JSON.stringify(partsOf(ask('Why 12*(3+4)?'))[0])).toContain('Why 12*(3+4).');
    expect(answerTo('\u{1b}[31mred')).not.toContain('\u{1b}');
    expect(answerTo('é'.repeat(61))).toContain(`*${'é'.repeat(60)}…*`);
  });

  it('reads a question in parts, and handles an empty one', () => {
    expect(
      answerTo([{ type: 'text', text: 'green' }, { type: 'image_url' }, { type: 'text', text: 'tea' }]),
    ).toContain('*green tea*');
    expect(answerTo(null)).toContain('*nothing at all*');
  });

  it('fails twice and answers the third time, each model with its own count', () => {
    const model = demoModel();
    const statuses = [1, 2, 3, 4].map(() => (ask('/fail 429', model) as Partial<HttpFailure>).status);
    expect(statuses).toEqual([429, 429, undefined, 429]);
    expect(ask('/fail 429')).toMatchObject({ status: 429, headers: { 'retry-after': '2' } });
  });

  it('fails on demand', () => {
    const last = (fault: string) => partsOf(ask(`/fail ${fault}`)).at(-1);
    expect(last('stall')).toEqual({ stall: Infinity });
    expect(last('cut')).toEqual({ cut: 'socket' });
    expect(last('end')).toEqual({ cut: 'body' });
    expect(partsOf(ask('/fail bad-chunk'))).toContainEqual({ bad: 'json' });
    expect(JSON.stringify(partsOf(ask('/fail error-frame')))).toContain('Context size has been exceeded.');
  });

  it('lists its faults at an unknown one', () => {
    expect(answerTo('/fail')).toBe('I can fail as `429`, `stall`, `cut`, `end`, `bad-chunk`, `error-frame`.');
    expect(answerTo('/fail toString')).toMatch(/^I can fail as/);
  });

  it('calls the offered tools that a question needs, and repeats their results', () => {
    const tools = ['current_time', 'calculator'].map((name) => ({ type: 'function', function: { name } }));
    const question = { role: 'user', content: 'What time is it, and what is 12 * (3 + 4)?' };
    const reply = (body: object): readonly unknown[] =>
      partsOf(demoModel()({ method: 'POST', url: '', headers: {}, body, turn: 0, aborted: false }));
    expect(reply({ messages: [question], tools })).toEqual([
      { toolCall: { id: 'call_current_time', name: 'current_time', arguments: {} } },
      {
        toolCall: {
          id: 'call_calculator',
          name: 'calculator',
          arguments: { expression: '12 * (3 + 4)' },
        },
      },
    ]);
    expect(reply({ messages: [question] })[0]).toContain('know nothing');
    const results = ['noon', '84'].map((content) => ({ role: 'tool', content }));
    expect(reply({ messages: [question, { role: 'assistant' }, ...results], tools })).toEqual([
      'The tools returned:\n\n- noon\n- 84',
    ]);
  });

  it('answers a request for the schema Recipe with JSON, and no other schema', () => {
    const reply = (name: string, content = 'Pancakes'): Reply =>
      demoModel()({
        method: 'POST',
        url: '',
        headers: {},
        body: {
          messages: [{ role: 'user', content }],
          response_format: { type: 'json_schema', json_schema: { name } },
        },
        turn: 0,
        aborted: false,
      });
    const objectIn = (answer: Reply): unknown => {
      const [json] = partsOf(answer) as readonly [{ readonly text: readonly string[] }];
      return JSON.parse(json.text.join(''));
    };
    expect(objectIn(reply('Recipe'))).toMatchObject({ name: 'Pancakes', minutes: 25 });
    expect(objectIn(reply('Recipe', 'Soup'))).toMatchObject({
      name: 'Pancakes, the only recipe of this scripted model',
      minutes: 25,
    });
    expect(partsOf(reply('Person'))[0]).toContain('know nothing');
  });
});
