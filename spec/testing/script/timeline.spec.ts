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
  readonly delayMs?: number;
}

const play = (reply: Reply, { body = streamed, name = 'ollama', delayMs = 0 }: Play = {}) =>
  timeline(reply, request(body), dialect(name), delayMs);

const textOf = (events: readonly TimelineEvent[]): string => {
  const decoder = new TextDecoder();
  return events
    .map((event) => ('bytes' in event ? decoder.decode(event.bytes, { stream: true }) : ''))
    .join('');
};
const contentOf = (events: readonly TimelineEvent[]): readonly string[] =>
  [...textOf(events).matchAll(/"content":"([^"]+)"/g)].map(([, text]) => text ?? '');
const kinds = (events: readonly TimelineEvent[]): readonly string[] =>
  events.map((event) => Object.keys(event)[1] ?? '');

describe('a streamed response', () => {
  it('is a head, a read for each word, the finish reason, usage, [DONE] and the end', () => {
    const events = play('Hello dear friend');
    expect(kinds(events)).toEqual(['head', 'bytes', 'bytes', 'bytes', 'bytes', 'bytes', 'bytes', 'end']);
    expect(contentOf(events)).toEqual(['Hello', ' dear', ' friend']);
    expect(textOf(events)).toMatch(/"finish_reason":"stop".*"total_tokens":6.*\[DONE\]\n\n$/s);
  });

  it('keeps all white space of the text', () => {
    const text = ' Two  blanks,\n\n- a list\n';
    const content = contentOf(play(text)).join('');
    expect(JSON.parse(`"${content}"`)).toBe(text);
  });

  it('sends the given deltas', () => {
    expect(contentOf(play({ parts: [{ text: ['He', 'llo th', 'ere'] }] }))).toEqual(['He', 'llo th', 'ere']);
  });

  it('sends reasoning, text and tool calls in order, with the finish reason of a call', () => {
    const toolCall = { name: 'weather', arguments: { city: 'Oslo' } };
    const text = textOf(play({ parts: [{ reasoning: 'Well' }, 'Let me see', { toolCall }] }));
    expect(text).toMatch(
      /"role":"assistant","content":"","reasoning":"Well".*Let.*weather.*"tool_calls"}.*DONE/s,
    );
  });

  it.each([streamed, { model: 'small' }])('numbers the calls of an answer, in reply to %j', (body) => {
    const call = { name: 'weather', arguments: {} };
    const numbered = { toolCall: { ...call, index: 2 } };
    const parts = [{ toolCall: call }, 'and', numbered, { toolCall: call }, { toolCall: call }];
    const ids = [...textOf(play({ parts }, { body })).matchAll(/call_\d/g)].map(String);
    expect(ids).toEqual(['call_0', 'call_2', 'call_3', 'call_4']);
  });

  it('waits before the head, before each delta, and where it stalls', () => {
    const events = play({
      parts: ['a b', { stall: 500 }, { stall: 500 }, 'c'],
      headAfterMs: 7,
      delayMs: 20,
    });
    expect(events.map(({ afterMs }) => afterMs)).toEqual([7, 20, 20, 1020, 0, 0, 0, 0]);
  });

  it('stalls without end before the next event, also before the end', () => {
    expect(play({ parts: ['a', { stall: Infinity }], finish: null, done: false }).at(-1)).toEqual({
      afterMs: Infinity,
      end: true,
    });
  });

  it('can leave out the finish reason and [DONE]', () => {
    expect(textOf(play({ parts: ['a'], finish: null }))).not.toContain('"finish_reason":"');
    expect(textOf(play({ parts: ['a'], done: false }))).not.toContain('[DONE]');
  });

  it('has usage if the request wants it, as set or counted', () => {
    expect(textOf(play({ parts: ['a b'], usage: [100, 7] }))).toContain('"total_tokens":107');
    expect(textOf(play('a b', { body: { stream: true } }))).not.toContain('usage');
  });

  it('ends where the connection or the body is cut', () => {
    expect(play({ parts: ['a', { cut: 'socket' }, 'b'] }).at(-1)).toEqual({
      afterMs: 0,
      cut: 'UND_ERR_SOCKET',
    });
    const events = play({ parts: ['a', { cut: 'body' }, 'b'] });
    expect(kinds(events)).toEqual(['head', 'bytes', 'end']);
  });

  it('continues after a bad chunk', () => {
    const text = textOf(play({ parts: ['a', { bad: 'json' }, { bad: 'schema' }, 'b'] }));
    const lines = text.split('\n').filter((line) => line.startsWith('data: {'));
    expect(lines[1]).toBe('data: {"choices":[{"index":0,"delta":{"cont');
    expect(lines[2]).toBe('data: {"choices":"none"}');
    expect(lines[3]).toContain('"content":"b"');
  });

  it('ends at an error frame, in the format of the server', () => {
    expect(textOf(play({ parts: ['a', { errorFrame: 'Too long' }, 'b'] }, { name: 'groq' }))).toMatch(
      /event: error\ndata: {"error":{"message":"Too long".*}}\n\n$/s,
    );
    expect(textOf(play({ parts: ['a', { errorFrame: 'Too long' }] }, { name: 'openrouter' }))).toMatch(
      /\[DONE\]\n\n$/,
    );
    expect(textOf(play({ parts: ['a', { errorFrame: 'Too long' }] }))).toMatch(/"model":"".*"content":""/s);
  });

  it('splits a character between two reads, without loss', () => {
    const events = play({ parts: [{ cutCharacter: 'Zürich' }] });
    const [, first, second] = events as readonly { readonly bytes?: Uint8Array }[];
    expect(first?.bytes?.at(-1)).toBe(0xc3);
    expect(second?.bytes?.at(0)).toBe(0xbc);
    expect(contentOf(events)).toEqual(['Zürich']);
  });

  it('sends frames of the builders unchanged', () => {
    expect(textOf(play({ parts: [{ frames: ['a', { wire: ': ping\n\n' }] }] }))).toMatch(
      /"content":"a".*\n\n: ping\n\n/s,
    );
  });
});

describe('the same reply to a request without stream', () => {
  const unstreamed = (reply: Reply, delayMs = 0) => play(reply, { body: { model: 'small' }, delayMs });

  it('is one completion, after all delays', () => {
    const toolCall = { name: 'weather', arguments: {} };
    const parts = [{ reasoning: 'Well' }, 'Hello there', { stall: 500 }, { toolCall }];
    const events = unstreamed({ parts, headAfterMs: 7, usage: [3, 4] }, 10);
    expect(kinds(events)).toEqual(['head', 'bytes', 'end']);
    expect(events[0]?.afterMs).toBe(7 + 4 * 10 + 500);
    expect(JSON.parse(textOf(events))).toMatchObject({
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

  it('is incomplete where the answer is cut', () => {
    const socket = unstreamed({ parts: ['Hello', { cut: 'socket' }] });
    expect(kinds(socket)).toEqual(['head', 'bytes', 'cut']);
    expect(() => JSON.parse(textOf(socket)) as unknown).toThrow();
    expect(kinds(unstreamed({ parts: ['Hello', { cut: 'body' }] }))).toEqual(['head', 'bytes', 'end']);
  });

  it('is invalid where a chunk is bad', () => {
    expect(() => JSON.parse(textOf(unstreamed({ parts: [{ bad: 'json' }] }))) as unknown).toThrow();
    expect(JSON.parse(textOf(unstreamed({ parts: [{ bad: 'schema' }] })))).toEqual({ choices: 'none' });
  });

  it('is an HTTP error where the stream has an error frame', () => {
    const events = unstreamed({ parts: ['Hello', { errorFrame: 'Too long' }] });
    expect(events[0]).toMatchObject({ head: { status: 500 } });
    expect(textOf(events)).toContain('Too long');
  });
});

describe('a reply that is not an answer', () => {
  it('is an error in the format of the server', () => {
    const failure = { status: 429, message: 'Too many', code: 'slow_down', headers: { 'Retry-After': '2' } };
    const events = play(failure, { name: 'groq' });
    expect(events[0]).toMatchObject({ head: { status: 429, headers: { 'retry-after': '2' } } });
    expect(textOf(events)).toBe(
      '{"error":{"message":"Too many","type":"invalid_request_error","code":"slow_down"}}',
    );
  });

  it('has the given body', () => {
    const events = play({
      status: 502,
      headers: { 'content-type': 'text/html' },
      body: '<h1>Bad</h1>',
    });
    expect(events[0]).toMatchObject({ head: { headers: { 'content-type': 'text/html' } } });
    expect(textOf(events)).toBe('<h1>Bad</h1>');
  });

  it('is a failed connection', () => {
    expect(play({ unreachable: 'ENOTFOUND' })).toEqual([{ afterMs: 0, cut: 'ENOTFOUND' }]);
  });
});
