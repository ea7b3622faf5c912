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

  it('repeats the topic of any other question without Markdown, and states that it has no answer', () => {
    expect(answerTo('Tell me about **tea**,\n please?')).toMatch(
      /You wrote about \*Tell me about tea, please\*.*know nothing/s,
    );
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

  it('lists its faults when it does not know the one requested', () => {
    expect(answerTo('/fail')).toBe('I can fail as `429`, `stall`, `cut`, `end`, `bad-chunk`, `error-frame`.');
    expect(answerTo('/fail toString')).toMatch(/^I can fail as/);
  });
});
