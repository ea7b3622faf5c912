import { Subject, takeUntil, throwError } from 'rxjs';

import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import type { Decoded } from '../../lib/decode/decode';
import { ChunkFailed, RequestError, TruncatedError } from '../../lib/errors';
import type { ChatState } from '../../lib/state/ChatState';
import { toChatState } from '../../lib/state/toChatState';
import { marbles } from '../helpers/marbles';
import { badJson, decoded, deltaOf, frames } from '../helpers/frames';
import { httpError } from '../helpers/httpError';

const state = (rest: Partial<ChatState>): ChatState => ({
  status: 'streaming',
  content: '',
  reasoning: '',
  refusal: '',
  toolCalls: [],
  finishReason: null,
  usage: null,
  images: [],
  audio: null,
  annotations: [],
  citations: [],
  requestId: null,
  error: null,
  ...rest,
});
const usage = { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 };
const call = { id: 'call_0', type: 'function', name: 'weather', arguments: '', complete: false };
const lost = new TruncatedError();

/** States of the diagrams by letter. */
const states = {
  w: state({ status: 'waiting' }),
  r: state({}),
  h: state({ content: 'Hel' }),
  l: state({ content: 'Hello' }),
  f: state({ content: 'Hello', finishReason: 'stop' }),
  u: state({ content: 'Hello', finishReason: 'stop', usage }),
  D: state({ status: 'done', content: 'Hello', finishReason: 'stop', usage }),
  S: state({ status: 'stopped', content: 'Hel' }),
  F: state({ status: 'failed', content: 'Hel', error: lost }),
};

describe('toChatState', () => {
  it('is waiting at subscription, streams, and is done at the end', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -r-h-l-f-u-|   ', frames);
      const subs = '         ^----------!   ';
      const expected = '     wr-h-l-f-u-(D|)';
      expectObservable(source$.pipe(toChatState())).toBe(expected, states);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('keeps the text when the stream fails, and completes', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -h-#   ', frames, lost);
      const subs = '         ^--!   ';
      const expected = '     wh-(F|)';
      expectObservable(source$.pipe(toChatState())).toBe(expected, states);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('is failed when the source only errors', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' ---#   ', frames, lost);
      const expected = '     w--(F|)';
      expectObservable(source$.pipe(toChatState())).toBe(expected, {
        ...states,
        F: state({ status: 'failed', error: lost }),
      });
    });
  });

  it('is stopped, and keeps the text, when takeUntil ends the stream above', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -h---l-|   ', frames);
      const stop$ = hot('    ---x       ');
      const subs = '         ^--!       ';
      const expected = '     wh-(S|)    ';
      const stopped$ = source$.pipe(takeUntil(stop$));
      expectObservable(stopped$.pipe(toChatState())).toBe(expected, states);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('is stopped when takeUntil ends the stream before the first chunk', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const source$ = cold(' -----h-|', frames);
      const stop$ = hot('    ---x    ');
      const expected = '     w--(S|) ';
      const S = state({ status: 'stopped' });
      const stopped$ = source$.pipe(takeUntil(stop$));
      expectObservable(stopped$.pipe(toChatState())).toBe(expected, { ...states, S });
    });
  });

  it('is done when takeUntil ends the stream after the finish reason', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const source$ = cold(' -h-l-f---u|', frames);
      const stop$ = hot('    -------x    ');
      const expected = '     wh-l-f-(D|) ';
      const D = state({ status: 'done', content: 'Hello', finishReason: 'stop' });
      const stopped$ = source$.pipe(takeUntil(stop$));
      expectObservable(stopped$.pipe(toChatState())).toBe(expected, { ...states, D });
    });
  });

  it('is done when the server ended the answer without a reason', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -h-(E|)    ', frames);
      const expected = '     wh-(eD|)   ';
      const D = state({ status: 'done', content: 'Hel' });
      expectObservable(source$.pipe(toChatState())).toBe(expected, { ...states, e: states.h, D });
    });
  });

  it('emits nothing more when it is unsubscribed', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -h---l-|', frames);
      const unsub = '        ^--!    ';
      const expected = '     wh------';
      expectObservable(source$.pipe(toChatState()), unsub).toBe(expected, states);
      expectSubscriptions(source$.subscriptions).toBe(unsub);
    });
  });

  it('stays waiting without chunks', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<Decoded<ChatCompletionChunk>>('-').pipe(toChatState())).toBe('w', states);
    });
  });

  it('is failed at a chunk that cannot be decoded by default', () => {
    const F = state({ status: 'failed', content: 'Hel', error: new ChunkFailed(badJson) });
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -h-L-l-|', frames);
      const subs = '         ^--!    ';
      const expected = '     wh-(F|) ';
      expectObservable(source$.pipe(toChatState())).toBe(expected, { ...states, F });
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('continues without such a chunk under `skip`', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -h-L-l-|   ', frames);
      const expected = '     wh---l-(S|)';
      const S = state({ status: 'stopped', content: 'Hello' });
      expectObservable(source$.pipe(toChatState({ onChunkError: 'skip' }))).toBe(expected, { ...states, S });
    });
  });

  it('never errors, whatever a callback throws', () => {
    const bug = new RangeError('a bug in the report');
    const report = (): void => {
      throw bug;
    };
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -h-L-l-|', frames);
      const expected = '     wh-(F|) ';
      const F = state({
        status: 'failed',
        content: 'Hel',
        error: new RequestError(bug.message, { cause: bug }),
      });
      expectObservable(source$.pipe(toChatState({ onChunkError: report }))).toBe(expected, { ...states, F });
    });
  });

  it('wraps a thrown value that is not a ChatError', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold<Decoded<ChatCompletionChunk>>('-#   ', undefined, 'out of order');
      const expected = '                                  w(F|)';
      const F = state({ status: 'failed', error: new RequestError('out of order') });
      expectObservable(source$.pipe(toChatState())).toBe(expected, { ...states, F });
    });
  });

  it('is waiting again after a restart', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -h-R--h-l|   ', frames);
      const expected = '     wh-w--h-l(S|)';
      const S = state({ status: 'stopped', content: 'Hello' });
      expectObservable(source$.pipe(toChatState())).toBe(expected, { ...states, S });
    });
  });

  it('follows one of two choices, and the usage of both', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -h-o-g-u-|   ', frames);
      const expected = '     wr-o-g-u-(D|)';
      expectObservable(source$.pipe(toChatState({ choice: 1 }))).toBe(expected, {
        ...states,
        o: state({ content: 'Moi' }),
        g: state({ content: 'Moi', finishReason: 'stop' }),
        u: state({ content: 'Moi', finishReason: 'stop', usage }),
        D: state({ status: 'done', content: 'Moi', finishReason: 'stop', usage }),
      });
    });
  });

  it('holds reasoning, refusal and tool calls', () => {
    const chunks = { ...frames, v: deltaOf({ refusal: 'I will not' }) };
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -t-v-c-k-|   ', chunks);
      const expected = '     wt-v-c-k-(D|)';
      const rest = { reasoning: 'Hm', refusal: 'I will not' };
      const ended = { ...rest, toolCalls: [{ ...call, complete: true }], finishReason: 'tool_calls' };
      expectObservable(source$.pipe(toChatState())).toBe(expected, {
        ...states,
        t: state({ reasoning: 'Hm' }),
        v: state(rest),
        c: state({ ...rest, toolCalls: [call] }),
        k: state(ended),
        D: state({ ...ended, status: 'done' }),
      });
    });
  });

  it('holds images, audio, annotations, citations and the id of the request', () => {
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } };
    const annotation = { type: 'url_citation', url_citation: { url: 'https://www.yr.no' } };
    const letters = {
      i: deltaOf({ images: [image] }),
      a: deltaOf({ audio: { id: 'audio_1', data: 'AA==' } }),
      n: deltaOf({ annotations: [annotation] }),
      c: decoded({ choices: [], citations: ['https://www.yr.no'], x_groq: { id: 'req_1' } }),
    };
    const seen: ChatState[] = [];
    marbles(({ cold, flush }) => {
      cold('-ianc|', letters)
        .pipe(toChatState())
        .subscribe((value) => seen.push(value));
      flush();
    });
    expect(seen.at(-1)).toEqual(
      state({
        status: 'stopped',
        images: [image],
        audio: { id: 'audio_1', data: 'AA==' },
        annotations: [annotation],
        citations: ['https://www.yr.no'],
        requestId: 'req_1',
      }),
    );
  });

  it('holds the request id of a failed call, whose tag narrows its error', () => {
    const seen: ChatState[] = [];
    const error = httpError({ status: 500, serverMessage: 'oh', requestId: 'req_2', retryable: true });
    throwError(() => error)
      .pipe(toChatState())
      .subscribe((value) => seen.push(value));
    const failed = seen.at(-1)!;
    expect(failed.requestId).toBe('req_2');
    expect(failed.error?._tag === 'HttpError' && failed.error.status).toBe(500);
  });

  it('adds nothing for null', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -z-h-z-|   ', frames);
      const expected = '     wr-h-h-(S|)';
      expectObservable(source$.pipe(toChatState())).toBe(expected, states);
    });
  });

  it('keeps the last finish reason and the last usage', () => {
    const chunks = { ...frames, v: { ...frames.u, right: { choices: [], usage: { total_tokens: 3 } } } };
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -v-u-f-k-|   ', chunks);
      const expected = '     wv-u-f-k-(D|)';
      expectObservable(source$.pipe(toChatState())).toBe(expected, {
        ...states,
        v: state({ usage: { total_tokens: 3 } }),
        u: state({ usage }),
        f: state({ usage, finishReason: 'stop' }),
        k: state({ usage, finishReason: 'tool_calls' }),
        D: state({ usage, finishReason: 'tool_calls', status: 'done' }),
      });
    });
  });

  it('starts over for each subscriber', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold('          -h-#       ', frames, lost);
      const first = '                 wh-(F|)    ';
      const second = '                --wh-(F|)  ';
      const state$ = source$.pipe(toChatState());
      expectObservable(state$).toBe(first, states);
      expectObservable(state$, '      --^').toBe(second, states);
    });
  });

  it('never mutates a state it has emitted', () => {
    const chunk$ = new Subject<Decoded<ChatCompletionChunk>>();
    const seen: ChatState[] = [];
    chunk$.pipe(toChatState()).subscribe((state) => seen.push(state));
    const copies = [structuredClone(seen[0])];
    for (const chunk of [frames.h, frames.c, frames.d, frames.k, frames.u]) {
      chunk$.next(chunk);
      copies.push(structuredClone(seen.at(-1)));
    }
    expect(seen).toEqual(copies);
  });
});
