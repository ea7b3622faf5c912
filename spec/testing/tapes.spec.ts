import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { last, timestamp, type Timestamp } from 'rxjs';
import { chatCompletion$, toChatState, type ChatRequest, type ChatState } from 'rxjs-chat-completions';
import { replayTransport, tapeOf, tapeText, type Tape } from 'rxjs-chat-completions/testing';

import { bytesOfRead } from '../../lib/testing/tape/tape';
import { marbles } from '../helpers/marbles';
import { sharedFolder } from '../helpers/shared';

const folder = resolve(__dirname, '../fixtures/tapes');
const textOf = (name: string): string => readFileSync(resolve(folder, `${name}.json`), 'utf8');
const tape = (name: string): Tape => tapeOf(JSON.parse(textOf(name)));

const request: ChatRequest = { model: 'any', messages: [] };

/** The last state of a screen that a tape is played to, and when it came. */
function screenOf(played: Tape): Timestamp<ChatState> {
  let end: Timestamp<ChatState> | undefined;
  marbles(({ flush }) => {
    chatCompletion$({ transport: replayTransport(played) }, request)
      .pipe(toChatState(), last(), timestamp())
      .subscribe((state) => (end = state));
    flush();
  });
  return end!;
}

/** Each tape with its recording, the time its answer takes, and what comes of it. */
const tapes: readonly (readonly [name: string, recording: string, ms: number, screen: object])[] = [
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

/** Made in a page of Chromium, from a server that wrote 'Grüße aus dem Strom 🌊' in three pieces, or broke off. */
const fromBrowser = ['chromium', 'chromium-cut'];

describe('the tapes', () => {
  const names = [...tapes.map(([name]) => name), ...fromBrowser];

  it('are all known', () => {
    const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
    expect(files.sort()).toEqual(names.map((name) => `${name}.json`).sort());
  });

  it.each(names)('%s is written as tapes are', (name) => {
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

  it('plays here, with its cut characters', () => {
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

  it('breaks off here as it did there', () => {
    const { value } = screenOf(tape('chromium-cut'));
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
  it.each(tapes)('%s plays (%s) in %d ms of virtual time', (name, _, ms, screen) => {
    const { value, timestamp: at } = screenOf(tape(name));
    expect(value).toMatchObject(screen);
    expect(at).toBe(ms);
  });

  it.each(tapes)('%s has the bytes of %s', (name, recording) => {
    if (sharedFolder === undefined) return;
    const recorded = readFileSync(resolve(sharedFolder, 'wire/llama.cpp', recording));
    const played = Buffer.concat(tape(name).reads.map(bytesOfRead));
    if (recording.endsWith('.error.json')) {
      const { status, body } = JSON.parse(recorded.toString()) as {
        readonly status: number;
        readonly body: unknown;
      };
      expect([tape(name).head?.status, JSON.parse(played.toString())]).toEqual([status, body]);
    } else expect(played.equals(recorded)).toBe(true);
  });

  it('cut characters where the name says so', () => {
    const cut = tape('emoji-cut-by-reads').reads.filter(({ begins, ends }) => begins ?? ends);
    expect(cut).toHaveLength(4);
    expect(cut.map(({ begins, ends }) => begins ?? ends)).toEqual(['c3', 'af', 'f09f90', '82']);
  });

  it('play at once when they are told to', () => {
    const all: string[] = [];
    for (const [name] of tapes) {
      chatCompletion$({ transport: replayTransport(tape(name), { speed: Infinity }) }, request)
        .pipe(toChatState(), last())
        .subscribe(({ status }) => all.push(status));
    }
    expect(all.filter((status) => status === 'done')).toHaveLength(tapes.length - 3);
  });

  it('are silent for as long as the server was', () => {
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
