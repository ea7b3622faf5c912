import { defer, throwError, VirtualTimeScheduler } from 'rxjs';

import type { ChatCompletionChunk } from '../../../lib/codec/ChatCompletionChunk';
import type { Decoded } from '../../../lib/decode/decode';
import { markedChunk } from '../../../lib/codec/mark';
import { ChatTimeoutError, RequestError, TruncatedError, type HttpError } from '../../../lib/errors';
import { accumulateContent } from '../../../lib/operators/accumulate/accumulateContent';
import { retryChat, type PlannedRetry } from '../../../lib/operators/resilience/retryChat';
import { marbles } from '../../helpers/marbles';
import { frames } from '../../helpers/frames';
import { httpError } from '../../helpers/httpError';

const busy = (retryAfterMs: number | null = null, retryable = true): HttpError =>
  httpError({ status: 429, serverMessage: 'slow down', retryAfterMs, retryable });

/** Returns the next source for each subscription; the last one repeats. */
function nextOf<T extends object>(...sources: readonly T[]): () => T {
  let next = 0;
  return () => sources[Math.min(next++, sources.length - 1)] as T;
}

describe('retryChat', () => {
  it('retries after the wait that the server requests', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const failed$ = cold<Decoded<ChatCompletionChunk>>('--#', undefined, busy(3));
      const good$ = cold('                                    -h-l-|', frames);
      const failedSubs = '                                ^-!';
      const goodSubs = '                                  -----^----!';
      const expected = '                                  ------h-l-|';
      const next = nextOf(failed$, good$);
      expectObservable(defer(next).pipe(retryChat({ random: () => 0 }))).toBe(expected, frames);
      expectSubscriptions(failed$.subscriptions).toBe(failedSubs);
      expectSubscriptions(good$.subscriptions).toBe(goodSubs);
    });
  });

  it('gives up after the second retry, with the last error', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('  -#', undefined, busy(2));
      const subs = ['         ^!', '---^!', '------^!'];
      const expected = '      -------#';
      expectObservable(source$.pipe(retryChat({ random: () => 0 }))).toBe(expected, undefined, busy(2));
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('retries up to `count` times', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('  -#', undefined, busy(1));
      const subs = ['         ^!', '--^!', '----^!', '------^!'];
      const expected = '      -------#';
      expectObservable(source$.pipe(retryChat({ count: 3, random: () => 0 }))).toBe(
        expected,
        undefined,
        busy(1),
      );
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('does not retry after output, so text is never duplicated', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('  -h-#', frames, new TruncatedError());
      const subs = '          ^--!';
      const expected = '      -h-#';
      expectObservable(source$.pipe(retryChat())).toBe(expected, frames, new TruncatedError());
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('counts a chunk that cannot be decoded as output', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold('  -L-#', frames, new TruncatedError());
      const expected = '      -L-#';
      expectObservable(source$.pipe(retryChat())).toBe(expected, frames, new TruncatedError());
    });
  });

  it.each([
    ['a spent quota', busy(1, false)],
    ['a bad request', new RequestError('no key')],
    ['a missing first event', new ChatTimeoutError('first', 5)],
    ['an error that is not a ChatError', new RangeError('a bug')],
  ])('does not retry %s', (_, error) => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('  --#', undefined, error);
      const subs = '          ^-!';
      const expected = '      --#';
      expectObservable(source$.pipe(retryChat())).toBe(expected, undefined, error);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('does not wait longer than a minute', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold('  --#', undefined, busy(60_001));
      const expected = '      --#';
      expectObservable(source$.pipe(retryChat())).toBe(expected, undefined, busy(60_001));
    });
  });

  it('waits a random time below a doubling bound when the server requests none', () => {
    const random = nextOf<{ valueOf: () => number }>(0.5, 0.25);
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('#', undefined, busy());
      const subs = ['(^!)', '250ms (^!)', '500ms (^!)'];
      const expected = '500ms #';
      const result$ = source$.pipe(retryChat({ random: () => Number(random()) }));
      expectObservable(result$).toBe(expected, undefined, busy());
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('reports each retry before its wait', () => {
    const onRetry = jest.fn<undefined, [PlannedRetry]>();
    marbles(({ cold, flush }) => {
      cold('#', undefined, busy(1_600))
        .pipe(retryChat({ count: 2, onRetry }))
        .subscribe({ error: () => undefined });
      flush();
    });
    expect(onRetry.mock.calls).toEqual([
      [{ error: busy(1_600), retry: 1, count: 2, delayMs: 1_600 }],
      [{ error: busy(1_600), retry: 2, count: 2, delayMs: 1_600 }],
    ]);
  });

  it('passes an error of another kind through, whatever its policy', () => {
    const error = new TypeError('a fault of the app');
    const policy = jest.fn(() => 0);
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('-#', undefined, error).pipe(retryChat({ policy }))).toBe('-#', undefined, error);
    });
    expect(policy).not.toHaveBeenCalled();
  });

  it('waits as long as its policy returns, and gives up at null', () => {
    const policy = jest.fn(({ attempt }: { readonly attempt: number }) => (attempt < 3 ? attempt : null));
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('  -#', undefined, new RequestError('odd'));
      const subs = ['         ^!', '--^!', '-----^!'];
      const expected = '      ------#';
      const result$ = source$.pipe(retryChat({ count: 9, policy }));
      expectObservable(result$).toBe(expected, undefined, new RequestError('odd'));
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
    expect(policy).toHaveBeenCalledTimes(3);
  });

  it('waits and reports no time for a negative wait of its policy', () => {
    const onRetry = jest.fn<undefined, [PlannedRetry]>();
    marbles(({ cold, expectObservable }) => {
      const source$ = cold('  -#', undefined, new RequestError('odd'));
      const result$ = source$.pipe(retryChat({ count: 1, policy: () => -5, onRetry }));
      expectObservable(result$).toBe('--#', undefined, new RequestError('odd'));
    });
    expect(onRetry.mock.calls).toMatchObject([[{ delayMs: 0 }]]);
  });

  it('cancels the wait when it is unsubscribed', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('  -#    ', undefined, busy(5));
      const subs = '          ^!    ';
      const unsub = '         ^--!  ';
      const expected = '      ------';
      expectObservable(source$.pipe(retryChat()), unsub).toBe(expected);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('errors with the value that its policy or onRetry throws', () => {
    const bug = new RangeError('a bug in a callback');
    const thrower = (): never => {
      throw bug;
    };
    marbles(({ cold, expectObservable }) => {
      const source$ = cold('  -#', undefined, busy(1));
      const expected = '      -#';
      expectObservable(source$.pipe(retryChat({ policy: thrower }))).toBe(expected, undefined, bug);
      expectObservable(source$.pipe(retryChat({ onRetry: thrower }))).toBe(expected, undefined, bug);
    });
  });

  it('counts retries separately for each subscriber', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('    -#', undefined, busy(1));
      const subs = ['           ^!', '--^!', '-----^!', '-------^!'];
      const first = '           ---#';
      const second = '          --------#';
      const result$ = source$.pipe(retryChat({ count: 1, random: () => 0 }));
      expectObservable(result$).toBe(first, undefined, busy(1));
      expectObservable(result$, '-----^').toBe(second, undefined, busy(1));
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('schedules its waits with the given scheduler', () => {
    const scheduler = new VirtualTimeScheduler();
    const failed = jest.fn();
    throwError(() => busy(2_000))
      .pipe(retryChat({ count: 1, scheduler }))
      .subscribe({ error: failed });
    expect(failed).not.toHaveBeenCalled();
    scheduler.flush();
    expect(failed).toHaveBeenCalledWith(busy(2_000));
    expect(scheduler.now()).toBe(2_000);
  });

  it('gives up when the policy returns Infinity', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold('  -#', undefined, busy());
      const policy = (): number => Infinity;
      expectObservable(source$.pipe(retryChat({ policy }))).toBe('-#', undefined, busy());
    });
  });
});

describe('retryChat({ restart: true })', () => {
  const lost = new TruncatedError();
  const policy = (): number => 2;

  it('emits a restart mark after output', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const cut$ = cold('    -h-#', frames, lost);
      const good$ = cold('        -h---l|', frames);
      const cutSubs = '      ^--!';
      const goodSubs = '     -----^-----!';
      const expected = '     -h----(Rh)l|';
      const next = nextOf(cut$, good$);
      expectObservable(defer(next).pipe(retryChat({ restart: true, policy }))).toBe(expected, frames);
      expectSubscriptions(cut$.subscriptions).toBe(cutSubs);
      expectSubscriptions(good$.subscriptions).toBe(goodSubs);
    });
  });

  it('resets the folds', () => {
    marbles(({ cold, expectObservable }) => {
      const cut$ = cold('    -h-#', frames, lost);
      const good$ = cold('        -h---l|', frames);
      const expected = '     -x----(0x)y|';
      const result$ = defer(nextOf(cut$, good$)).pipe(
        retryChat({ restart: true, policy }),
        accumulateContent(),
      );
      expectObservable(result$).toBe(expected, { 0: '', x: 'Hel', y: 'Hello' });
    });
  });

  it('marks nothing when there was no output', () => {
    marbles(({ cold, expectObservable }) => {
      const cut$ = cold<Decoded<ChatCompletionChunk>>('---#', undefined, lost);
      const good$ = cold('                                  -h-|', frames);
      const expected = '                               ------h-|';
      const next = nextOf(cut$, good$);
      expectObservable(defer(next).pipe(retryChat({ restart: true, policy }))).toBe(expected, frames);
    });
  });

  it('keeps the output when no later attempt has any', () => {
    marbles(({ cold, expectObservable }) => {
      const cut$ = cold('                                    -h#', frames, lost);
      const empty$ = cold<Decoded<ChatCompletionChunk>>('       -#', undefined, lost);
      const expected = '                                     -x---#';
      const result$ = defer(nextOf(cut$, empty$)).pipe(
        retryChat({ restart: true, count: 1, policy }),
        accumulateContent(),
      );
      expectObservable(result$).toBe(expected, { x: 'Hel' }, lost);
    });
  });

  it('gives up after its last retry, with the output so far', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('  -h----#      ', frames, lost);
      const subs = ['         ^-----!', '--------^-----!'];
      const expected = '      -h-------(Rh)-#';
      expectObservable(source$.pipe(retryChat({ restart: true, count: 1, policy }))).toBe(
        expected,
        frames,
        lost,
      );
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('numbers each attempt, also after one without output', () => {
    const seen: unknown[] = [];
    marbles(({ cold, flush }) => {
      const empty$ = cold<Decoded<ChatCompletionChunk>>('#', undefined, lost);
      const cut$ = cold('-h#', frames, lost);
      const good$ = cold('-l|', frames);
      defer(nextOf(empty$, cut$, good$))
        .pipe(retryChat({ restart: true, policy }))
        .subscribe((chunk) => seen.push(chunk));
      flush();
    });
    const third = { ...frames.R, right: markedChunk({ kind: 'restarted', attempt: 3 }) };
    expect(seen).toEqual([frames.h, third, frames.l]);
  });
});

it.each([3, '3', null])('throws with %p in place of options', (options) => {
  expect(() => retryChat(options as never)).toThrow(
    new RequestError('options must be an object: retryChat({ count: 3 })'),
  );
});
