import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { last, timestamp, type Timestamp } from 'rxjs';
import { chatCompletion$, toChatState, type ChatRequest, type ChatState } from 'rxjs-chat-completions';
import { replayTransport, tapeOf, tapeText, type Tape } from 'rxjs-chat-completions/testing';

import { toBytes } from '../../lib/tape/tapeRead';
import { marbles } from '../helpers/marbles';
import { sharedFolder } from '../helpers/shared';

const folder = resolve(__dirname, '../fixtures/tapes');
const textOf = (name: string): string => readFileSync(resolve(folder, `${name}.json`), 'utf8');
const tape = (name: string): Tape => tapeOf(JSON.parse(textOf(name)));

const request: ChatRequest = { model: 'any', messages: [] };

/** Returns the last state of a replayed tape, and its time. */
function finalState(tape: Tape): Timestamp<ChatState> {
  let end: Timestamp<ChatState> | undefined;
  marbles(({ flush }) => {
    chatCompletion$({ transport: replayTransport(tape) }, request)
      .pipe(toChatState(), last(), timestamp())
      .subscribe((state) => (end = state));
    flush();
  });
  return end!;
}

/** Each tape with its recording, the duration of its response, and its last state. */
const tapes: readonly (readonly [name: string, recording: string, ms: number, state: object])[] = [
  [
    'text',
    'plain.sse',
    8,
    { status: 'done', content: expect.stringMatching(/^Every stone.*naïve.*!$/s) as unknown },
  ],
  ['usage', 'include-usage.sse', 9, { status: 'done', usage: { completion_tokens: 44 } }],
  ['length', 'length.sse', 3, { status: 'done', finishReason: 'length' }],
  ['empty', 'empty.sse', 1, { status: 'done', content: '', finishReason: 'stop' }],
  ['two-choices', 'n-2.sse', 11, { status: 'done' }],
  ['reasoning', 'reasoning.sse', 17, { status: 'done', reasoning: expect.stringMatching(/\w+/) as unknown }],
  [
    'tool-call',
    'tool-required.sse',
    24,
    { status: 'done', toolCalls: [{ name: 'get_weather', complete: true }] },
  ],
  [
    'text-then-tool-call',
    'tool-auto-text-then-call.sse',
    20,
    { content: expect.stringMatching(/\w+/) as unknown, toolCalls: [{}] },
  ],
  [
    'emoji-cut-by-reads',
    'emoji.sse',
    39,
    { status: 'done', content: expect.stringMatching(/\p{Emoji_Presentation}/u) as unknown },
  ],
  [
    'keep-alive',
    'ping.sse',
    2756,
    { status: 'done', content: expect.stringMatching(/^That old naïve/) as unknown },
  ],
  [
    'terminated',
    'server-terminated.sse',
    20,
    { status: 'failed', error: { _tag: 'ConnectionError', phase: 'body' } },
  ],
  [
    'unauthorized',
    'unauthorized.error.json',
    1,
    { error: { _tag: 'HttpError', status: 401, serverMessage: 'Invalid API Key' } },
  ],
  ['loading', 'loading.error.json', 1, { error: { _tag: 'HttpError', status: 503, retryable: true } }],
  [
    'completion',
    'plain.json',
    5,
    { status: 'done', content: expect.stringMatching(/^Every stone/) as unknown },
  ],
];

/** Recorded in Chromium, from a server that wrote 'Grüße aus dem Strom 🌊' in three reads, or broke the connection. */
const fromBrowser = ['chromium', 'chromium-cut'];

describe('the tapes', () => {
  const names = [...tapes.map(([name]) => name), ...fromBrowser];

  it('are all listed', () => {
    const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
    expect(files.sort()).toEqual(names.map((name) => `${name}.json`).sort());
  });

  it.each(names)('%s is formatted by tapeText', (name) => {
    expect(textOf(name)).toBe(tapeText(tape(name)));
  });
});

describe('a tape from a browser', () => {
  const states = (name: string) => {
    const seen: string[] = [];
    marbles(({ flush }) => {
      chatCompletion$({ transport: replayTransport(tape(name)) }, request)
        .pipe(toChatState(), timestamp())
        .subscribe(({ value: { status, content }, timestamp: at }) =>
          seen.push(`${at} ${status} ${content}`),
        );
      flush();
    });
    return seen;
  };

  it('replays in Node, with its split characters', () => {
    const { head, reads } = tape('chromium');
    const times = reads.map((_, at) =>
      reads.slice(0, at + 1).reduce((sum, { ms }) => sum + ms, head?.ms ?? 0),
    );
    expect(reads.map(({ begins, ends }) => [begins, ends])).toEqual([
      [undefined, 'c3'],
      ['bc', 'f09f'],
      ['8c8a', undefined],
    ]);
    expect(states('chromium')).toEqual([
      '0 waiting ',
      `${times[1]} streaming Grüße`,
      `${times[1]} streaming Grüße aus`,
      `${times[1]} streaming Grüße aus dem`,
      `${times[1]} streaming Grüße aus dem Strom`,
      `${times[2]} streaming Grüße aus dem Strom 🌊`,
      `${times[2]} streaming Grüße aus dem Strom 🌊`,
      `${times[2]} done Grüße aus dem Strom 🌊`,
    ]);
  });

  it('breaks in Node as it did in the browser', () => {
    const { value } = finalState(tape('chromium-cut'));
    expect(value).toMatchObject({
      status: 'failed',
      content: 'Grüße',
      error: {
        _tag: 'ConnectionError',
        phase: 'body',
        message: expect.stringContaining('network error') as unknown,
      },
    });
  });
});

describe('the tapes of llama-server', () => {
  it.each(tapes)('%s replays (%s) in %d ms of virtual time', (name, _, ms, state) => {
    const { value, timestamp: at } = finalState(tape(name));
    expect(value).toMatchObject(state);
    expect(at).toBe(ms);
  });

  it.each(tapes)('%s has the bytes of %s', (name, recording) => {
    if (sharedFolder === undefined) return;
    const recorded = readFileSync(resolve(sharedFolder, 'wire/llama.cpp', recording));
    const replayed = Buffer.concat(tape(name).reads.map(toBytes));
    if (recording.endsWith('.error.json')) {
      const { status, body } = JSON.parse(recorded.toString()) as {
        readonly status: number;
        readonly body: unknown;
      };
      expect([tape(name).head?.status, JSON.parse(replayed.toString())]).toEqual([status, body]);
    } else expect(replayed.equals(recorded)).toBe(true);
  });

  it('has split characters where its name mentions them', () => {
    const cut = tape('emoji-cut-by-reads').reads.filter(({ begins, ends }) => begins ?? ends);
    expect(cut).toHaveLength(4);
    expect(cut.map(({ begins, ends }) => begins ?? ends)).toEqual(['c3', 'af', 'f09f90', '82']);
  });

  it('replay without delays at infinite speed', () => {
    const all: string[] = [];
    for (const [name] of tapes) {
      chatCompletion$({ transport: replayTransport(tape(name), { speed: Infinity }) }, request)
        .pipe(toChatState(), last())
        .subscribe(({ status }) => all.push(status));
    }
    expect(all.filter((status) => status === 'done')).toHaveLength(tapes.length - 3);
  });

  it('are idle for as long as the server was', () => {
    marbles(({ expectObservable }) => {
      const transport = replayTransport(tape('keep-alive'));
      const error = { _tag: 'ChatTimeoutError', phase: 'first', ms: 2_000 };
      expectObservable(chatCompletion$({ transport, timeouts: { first: 2_000 } }, request)).toBe(
        '2s #',
        {},
        error,
      );
    });
  });
});
