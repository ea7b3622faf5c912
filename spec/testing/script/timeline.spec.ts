import { dialect, type DialectName } from '../../../lib/testing/wire/dialect';
import type { Reply, ScriptedRequest } from '../../../lib/testing/script/Reply';
import { timeline, type TimelineEvent } from '../../../lib/testing/script/timeline';

const request = (body: object): ScriptedRequest => ({
  method: 'POST',
  url: 'http://localhost/v1/chat/completions',
  headers: {},
  body,
  turn: 0,
  aborted: false,
});

const streamed = {
  stream: true,
  stream_options: { include_usage: true },
  messages: [{ content: 'How are you?' }],
};

interface Play {
  readonly body?: object;
  readonly name?: DialectName;
  readonly paceMs?: number;
}

const play = (reply: Reply, { body = streamed, name = 'ollama', paceMs = 0 }: Play = {}) =>
  timeline(reply, request(body), dialect(name), paceMs);

const textOf = (moments: readonly TimelineEvent[]): string => {
  const decoder = new TextDecoder();
  return moments
    .map((moment) => ('bytes' in moment ? decoder.decode(moment.bytes, { stream: true }) : ''))
    .join('');
};
const contentOf = (moments: readonly TimelineEvent[]): readonly string[] =>
  [...textOf(moments).matchAll(/"content":"([^"]+)"/g)].map(([, text]) => text ?? '');
const kinds = (moments: readonly TimelineEvent[]): readonly string[] =>
  moments.map((moment) => Object.keys(moment)[1] ?? '');

describe('a streamed answer', () => {
  it('is a head, a read for each word, the finish reason, usage, [DONE] and the end', () => {
    const moments = play('Hello dear friend');
    expect(kinds(moments)).toEqual(['head', 'bytes', 'bytes', 'bytes', 'bytes', 'bytes', 'bytes', 'end']);
    expect(contentOf(moments)).toEqual(['Hello', ' dear', ' friend']);
    expect(textOf(moments)).toMatch(/"finish_reason":"stop".*"total_tokens":6.*\[DONE\]\n\n$/s);
  });

  it('keeps every blank of its text', () => {
    const text = ' Two  blanks,\n\n- a list\n';
    const content = contentOf(play(text)).join('');
    expect(JSON.parse(`"${content}"`)).toBe(text);
  });

  it('comes in the pieces it is given', () => {
    expect(contentOf(play({ parts: [{ text: ['He', 'llo th', 'ere'] }] }))).toEqual(['He', 'llo th', 'ere']);
  });

  it('says in order what is thought, said and called, and ends with the call', () => {
    const toolCall = { name: 'weather', arguments: { city: 'Oslo' } };
    const text = textOf(play({ parts: [{ reasoning: 'Well' }, 'Let me see', { toolCall }] }));
    expect(text).toMatch(
      /"role":"assistant","content":"","reasoning":"Well".*Let.*weather.*"tool_calls"}.*DONE/s,
    );
  });

  it('waits before the head, before each piece, and where it stalls', () => {
    const moments = play({
      parts: ['a b', { stall: 500 }, { stall: 500 }, 'c'],
      headAfterMs: 7,
      delayMs: 20,
    });
    expect(moments.map(({ afterMs }) => afterMs)).toEqual([7, 20, 20, 1020, 0, 0, 0, 0]);
  });

  it('stalls for ever before what comes next, and be it the end', () => {
    expect(play({ parts: ['a', { stall: Infinity }], finish: null, done: false }).at(-1)).toEqual({
      afterMs: Infinity,
      end: true,
    });
  });

  it('can leave out the finish reason and [DONE]', () => {
    expect(textOf(play({ parts: ['a'], finish: null }))).not.toContain('"finish_reason":"');
    expect(textOf(play({ parts: ['a'], done: false }))).not.toContain('[DONE]');
  });

  it('has usage when the request asks for it, as given or counted', () => {
    expect(textOf(play({ parts: ['a b'], usage: [100, 7] }))).toContain('"total_tokens":107');
    expect(textOf(play('a b', { body: { stream: true } }))).not.toContain('usage');
  });

  it('breaks off where it is cut: the connection, or the body alone', () => {
    expect(play({ parts: ['a', { cut: 'socket' }, 'b'] }).at(-1)).toEqual({
      afterMs: 0,
      cut: 'UND_ERR_SOCKET',
    });
    const moments = play({ parts: ['a', { cut: 'body' }, 'b'] });
    expect(kinds(moments)).toEqual(['head', 'bytes', 'end']);
  });

  it('goes on after a bad chunk', () => {
    const text = textOf(play({ parts: ['a', { bad: 'json' }, { bad: 'schema' }, 'b'] }));
    const lines = text.split('\n').filter((line) => line.startsWith('data: {'));
    expect(lines[1]).toBe('data: {"choices":[{"index":0,"delta":{"cont');
    expect(lines[2]).toBe('data: {"choices":"none"}');
    expect(lines[3]).toContain('"content":"b"');
  });

  it('ends at an error frame, in the way of the server', () => {
    expect(textOf(play({ parts: ['a', { errorFrame: 'Too long' }, 'b'] }, { name: 'groq' }))).toMatch(
      /event: error\ndata: {"error":{"message":"Too long".*}}\n\n$/s,
    );
    expect(textOf(play({ parts: ['a', { errorFrame: 'Too long' }] }, { name: 'openrouter' }))).toMatch(
      /\[DONE\]\n\n$/,
    );
    expect(textOf(play({ parts: ['a', { errorFrame: 'Too long' }] }))).toMatch(/"model":"".*"content":""/s);
  });

  it('cuts a character by two reads, and nothing is lost', () => {
    const moments = play({ parts: [{ cutCharacter: 'Zürich' }] });
    const [, first, second] = moments as readonly { readonly bytes?: Uint8Array }[];
    expect(first?.bytes?.at(-1)).toBe(0xc3);
    expect(second?.bytes?.at(0)).toBe(0xbc);
    expect(contentOf(moments)).toEqual(['Zürich']);
  });

  it('sends what the builders make as it is', () => {
    expect(textOf(play({ parts: [{ said: ['a', { wire: ': ping\n\n' }] }] }))).toMatch(
      /"content":"a".*\n\n: ping\n\n/s,
    );
  });
});

describe('the same reply to a request that asks for no stream', () => {
  const whole = (reply: Reply, paceMs = 0) => play(reply, { body: { model: 'small' }, paceMs });

  it('is one completion, after all the waiting', () => {
    const toolCall = { name: 'weather', arguments: {} };
    const parts = [{ reasoning: 'Well' }, 'Hello there', { stall: 500 }, { toolCall }];
    const moments = whole({ parts, headAfterMs: 7, usage: [3, 4] }, 10);
    expect(kinds(moments)).toEqual(['head', 'bytes', 'end']);
    expect(moments[0]?.afterMs).toBe(7 + 4 * 10 + 500);
    expect(JSON.parse(textOf(moments))).toMatchObject({
      object: 'chat.completion',
      choices: [
        {
          message: {
            content: 'Hello there',
            reasoning: 'Well',
            tool_calls: [{ function: { name: 'weather' } }],
          },
          finish_reason: 'tool_calls',
        },
      ],
      usage: { total_tokens: 7 },
    });
  });

  it('breaks off in the middle where the answer is cut', () => {
    const socket = whole({ parts: ['Hello', { cut: 'socket' }] });
    expect(kinds(socket)).toEqual(['head', 'bytes', 'cut']);
    expect(() => JSON.parse(textOf(socket)) as unknown).toThrow();
    expect(kinds(whole({ parts: ['Hello', { cut: 'body' }] }))).toEqual(['head', 'bytes', 'end']);
  });

  it('is bad where a chunk is bad', () => {
    expect(() => JSON.parse(textOf(whole({ parts: [{ bad: 'json' }] }))) as unknown).toThrow();
    expect(JSON.parse(textOf(whole({ parts: [{ bad: 'schema' }] })))).toEqual({ choices: 'none' });
  });

  it('is an HTTP error where the stream has an error frame', () => {
    const moments = whole({ parts: ['Hello', { errorFrame: 'Too long' }] });
    expect(moments[0]).toMatchObject({ head: { status: 500 } });
    expect(textOf(moments)).toContain('Too long');
  });
});

describe('a reply that is no answer', () => {
  it('is an error in the shape of the server', () => {
    const refusal = { status: 429, message: 'Too many', code: 'slow_down', headers: { 'Retry-After': '2' } };
    const moments = play(refusal, { name: 'groq' });
    expect(moments[0]).toMatchObject({ head: { status: 429, headers: { 'retry-after': '2' } } });
    expect(textOf(moments)).toBe(
      '{"error":{"message":"Too many","type":"invalid_request_error","code":"slow_down"}}',
    );
  });

  it('is a body of its own where it is given', () => {
    const moments = play({
      status: 502,
      headers: { 'content-type': 'text/html' },
      body: '<h1>Bad</h1>',
    });
    expect(moments[0]).toMatchObject({ head: { headers: { 'content-type': 'text/html' } } });
    expect(textOf(moments)).toBe('<h1>Bad</h1>');
  });

  it('is a connection that never was', () => {
    expect(play({ unreachable: 'ENOTFOUND' })).toEqual([{ afterMs: 0, cut: 'ENOTFOUND' }]);
  });
});
