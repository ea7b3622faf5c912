import { left, right } from 'fp-ts/Either';
import {
  BadJson,
  ChunkFailed,
  ServerError,
  type ChatCompletionChunk,
  type ChunkError,
} from 'rxjs-chat-completions';
import { markedChunk } from 'rxjs-chat-completions/codec';
import { toEvents } from 'rxjs-chat-completions/relay';
import { finishChunk, reasoningChunk, textChunk } from 'rxjs-chat-completions/testing';

import { marbles } from '../helpers/marbles';

const role: ChatCompletionChunk = {
  id: '1',
  choices: [{ index: 0, delta: { role: 'assistant', content: '' } }],
};
const chunks = {
  r: right(role),
  h: right(textChunk('Hel')),
  l: right(textChunk('lo')),
  f: right(finishChunk('stop')),
  R: right(markedChunk({ kind: 'restarted', attempt: 2 })),
  e: right(markedChunk({ kind: 'ended-without-reason' })),
  L: left<ChunkError>(new BadJson('{"secret')),
};
const event = (json: unknown): string => `data: ${JSON.stringify(json)}\n\n`;
const events = {
  r: event(role),
  h: event(textChunk('Hel')),
  l: event(textChunk('lo')),
  f: event(finishChunk('stop')),
  d: 'data: [DONE]\n\n',
};
const busy = new ServerError({ serverMessage: 'secret', code: 503, retryable: true });
const failed = event({
  error: {
    message: 'the model is not available now: try again later',
    type: 'ServerError',
    code: 503,
    param: null,
  },
});

describe('toEvents', () => {
  it.each([
    ['no value', '    --|     ', '  --(d|)     '],
    ['text', '        -h-l-f-|', '  -h-l-f-(d|)'],
    ['a role', '      -r-h---|', '  ---(rh)(d|)'],
    ['only a role', ' -r-----|', '  -------(rd|)'],
    ['a mark', '      -h-e---|', '  -h-----(d|)'],
    ['a restart before output', '-R-h-|', '---h-(d|)'],
    ['a restart after a role', '-r-R-h-|', '-----h-(d|)'],
  ])('emits events of %s', (_, source, expected) => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(source, chunks);
      expectObservable(source$.pipe(toEvents({ slim: false }))).toBe(expected, events);
      expectSubscriptions(source$.subscriptions).toBe(`^${'-'.repeat(source.trim().length - 2)}!`);
    });
  });

  it('errors before the first output, and emits an event of a later error', () => {
    marbles(({ cold, expectObservable }) => {
      const early$ = cold('-r-#', chunks, busy);
      const late$ = cold(' -r-h----#', chunks, busy);
      expectObservable(early$.pipe(toEvents({ slim: false }))).toBe('---#', undefined, busy);
      expectObservable(late$.pipe(toEvents({ slim: false }))).toBe('---(rh)-(e|)', {
        ...events,
        e: failed,
      });
    });
  });

  it('fails at a restart after output, since clients would append the text again', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('-h-R-l-|', chunks);
      const subs = '        ^--!    ';
      const expected = '    -h-(e|) ';
      expectObservable(source$.pipe(toEvents())).toBe(expected, { ...events, e: failed });
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('fails at a chunk that cannot be decoded, or skips or reports it', () => {
    const reported: ChunkError[] = [];
    marbles(({ cold, expectObservable }) => {
      const source$ = cold('L-h-|', chunks);
      expectObservable(source$.pipe(toEvents())).toBe(
        '#',
        undefined,
        new ChunkFailed(new BadJson('{"secret')),
      );
      expectObservable(source$.pipe(toEvents({ onChunkError: 'skip' }))).toBe('--h-(d|)', events);
      const onChunkError = (error: ChunkError) => void reported.push(error);
      expectObservable(source$.pipe(toEvents({ onChunkError }))).toBe('--h-(d|)', events);
    });
    expect(reported).toEqual([new BadJson('{"secret')]);
  });

  it('unsubscribes from the source with its subscriber', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('-h-l-|', chunks);
      const unsub = '       ----! ';
      expectObservable(source$.pipe(toEvents({ slim: false })), unsub).toBe('-h-l', events);
      expectSubscriptions(source$.subscriptions).toBe('^---!');
    });
  });

  it('leaves out the fields that repeat the first chunk, and keeps those that differ', () => {
    const fields = {
      id: '1',
      object: 'chat.completion.chunk',
      created: 5,
      model: 'm',
      system_fingerprint: 'fp',
    };
    const text = (content: string) => ({ choices: [{ index: 0, delta: { content } }] });
    const a = { ...fields, ...text('a') };
    const b = { ...fields, ...text('b'), obfuscation: 'xx' };
    const c = { ...fields, ...text('c'), model: 'other', created: 6 };
    marbles(({ cold, expectObservable }) => {
      const source$ = cold('abc|', { a: right(a), b: right(b), c: right(c) });
      expectObservable(source$.pipe(toEvents())).toBe('abc(d|)', {
        ...events,
        a: event(a),
        b: event({ ...text('b'), obfuscation: 'xx' }),
        c: event({ created: 6, model: 'other', ...text('c') }),
      });
    });
  });

  it('counts reasoning as output', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold('-x-|', { x: right(reasoningChunk('Hm')) });
      expectObservable(source$.pipe(toEvents())).toBe('-x-(d|)', {
        ...events,
        x: event(reasoningChunk('Hm')),
      });
    });
  });
});
