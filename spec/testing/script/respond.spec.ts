import { respondTo } from '../../../lib/testing/script/respond';
import type { Script } from '../../../lib/testing/script/Reply';

function request(
  method: string,
  url: string,
  script: Script = 'Hello',
  { body = {}, turn = 0, models }: { body?: unknown; turn?: number; models?: readonly string[] } = {},
) {
  const scripted = { method, url, headers: {}, body, turn, aborted: false };
  const events = respondTo(scripted, script, { models });
  const status = events.flatMap((event) => ('head' in event ? [event.head.status] : []))[0];
  const text = events
    .map((event) => ('bytes' in event ? new TextDecoder().decode(event.bytes) : ''))
    .join('');
  return { status, text, json: () => JSON.parse(text) as Record<string, unknown> };
}
const chat = (script: Script, options?: Parameters<typeof request>[3]) =>
  request('POST', '/v1/chat/completions', script, options);

describe('a script', () => {
  it('that is a single reply serves every request', () => {
    expect([0, 1, 7].map((turn) => chat('Hello', { turn }).status)).toEqual([200, 200, 200]);
  });

  it('that is a list has a reply for each request, and then fails', () => {
    const script = [{ status: 503 }, 'Hello'];
    expect([0, 1].map((turn) => chat(script, { turn }).status)).toEqual([503, 200]);
    const over = chat(script, { turn: 2 });
    expect(over.status).toBe(400);
    expect(over.text).toContain('no reply for request 3; the script has 2');
  });

  it('that is a function returns the reply to a request', () => {
    const script: Script = ({ body, turn }) => `${turn} ${(body as { model: string }).model}`;
    expect(chat(script, { body: { model: 'small' }, turn: 4 }).text).toContain('"content":"4 small"');
  });

  it('that throws is a server error', () => {
    const script: Script = () => {
      throw new Error('no rule');
    };
    expect(chat(script)).toMatchObject({ status: 500 });
    expect(chat(script).text).toContain('the script threw: no rule');
  });
});

describe('the scripted API', () => {
  it('responds with the requested model', () => {
    expect(chat('Hello', { body: { model: 'small' } }).json().model).toBe('small');
    expect(chat('Hello', { body: {} }).json().model).toBe('scripted');
  });

  it('lists its models under any base URL', () => {
    const { json } = request('GET', 'https://llm.example.com/api/v1/models?limit=2', 'Hello', {
      models: ['a', 'b'],
    });
    expect(json()).toMatchObject({ object: 'list', data: [{ id: 'a', object: 'model' }, { id: 'b' }] });
  });

  it('rejects a body that is not a JSON object', () => {
    expect([null, 'Hello', []].map((body) => chat('Hello', { body }).status)).toEqual([400, 400, 400]);
  });

  it('responds with 404 to other paths and methods', () => {
    expect(request('POST', '/v1/completions')).toMatchObject({ status: 404, text: '404 page not found' });
    expect(request('GET', '/v1/chat/completions').status).toBe(404);
    expect(request('GET', '/v1/models/of/others').status).toBe(404);
  });
});

describe('embeddings', () => {
  const embed = (input: unknown, more = {}) => {
    const body = { model: 'small', input, ...more };
    const { data, usage } = request('POST', '/v1/embeddings', 'Hello', { body }).json() as {
      data: { embedding: number[] }[];
      usage: unknown;
    };
    return { vectors: data.map(({ embedding }) => embedding), usage };
  };
  const dot = (a: readonly number[] = [], b: readonly number[] = []) =>
    a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);

  it('are vectors of unit length, the same for the same text', () => {
    const { vectors } = embed(['a red fox', 'A red fox!']);
    expect(dot(vectors[0], vectors[0])).toBeCloseTo(1);
    expect(vectors[0]).toEqual(vectors[1]);
  });

  it('are closer for texts that share words', () => {
    const { vectors } = embed(['a red fox', 'a brown fox', 'marble diagrams']);
    expect(dot(vectors[0], vectors[1])).toBeGreaterThan(dot(vectors[0], vectors[2]));
  });

  it('have the requested dimensions and a token count', () => {
    expect(embed('a red fox', { dimensions: 8 }).vectors[0]).toHaveLength(8);
    expect(embed('a red fox').usage).toEqual({ prompt_tokens: 3, total_tokens: 3 });
    expect(embed('').vectors[0]).toHaveLength(64);
  });
});
