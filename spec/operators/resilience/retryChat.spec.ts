import { defer, throwError, VirtualTimeScheduler } from 'rxjs';

import type { ChatCompletionChunk } from '../../../lib/codec/ChatCompletionChunk';
import type { Decoded } from '../../../lib/decode/decode';
import { markedChunk } from '../../../lib/codec/mark';
import { HttpError, RequestError, ChatTimeoutError, TruncatedError } from '../../../lib/errors';
import { accumulateContent } from '../../../lib/operators/accumulate/accumulateContent';
import { retryChat, type PlannedRetry } from '../../../lib/operators/resilience/retryChat';
import { marbles } from '../../helpers/marbles';
import { frames } from '../../helpers/said';

const busy = (retryAfterMs: number | null = null, retryable = true): HttpError =>
  new HttpError({
    status: 429,
    serverMessage: 'slow down',
    code: null,
    type: null,
    param: null,
    body: '',
    requestId: null,
    retryAfterMs,
    retryable,
  });

/** A source that is another one each time it is subscribed to; the last one stays. */
function concatMapGated<T extends object>(...sources: readonly T[]): () => T {
  let turn = 0;
  return () => sources[Math.min(turn++, sources.length - 1)] as T;
}

describe('retryChat', () => {
  it('sends the request again after the wait that the server asks for', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const failed$ = cold<Decoded<ChatCompletionChunk>>('--#', undefined, busy(3));
      const good$ = cold('                                    -h-l-|', frames);
      const failedSubs = '                                ^-!';
      const goodSubs = '                                  -----^----!';
      const expected = '                                  ------h-l-|';
      const next = concatMapGated(failed$, good$);
      expectObservable(defer(next).pipe(retryChat())).toBe(expected, frames);
      expectSubscriptions(failed$.subscriptions).toBe(failedSubs);
      expectSubscriptions(good$.subscriptions).toBe(goodSubs);
    });
  });

  it('gives up after the second retry, with the last error', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('  -#', undefined, busy(2));
      const subs = ['         ^!', '---^!', '------^!'];
      const expected = '      -------#';
      expectObservable(source$.pipe(retryChat())).toBe(expected, undefined, busy(2));
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('retries as often as it is told to', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('  -#', undefined, busy(1));
      const subs = ['         ^!', '--^!', '----^!', '------^!'];
      const expected = '      -------#';
      expectObservable(source$.pipe(retryChat({ count: 3 }))).toBe(expected, undefined, busy(1));
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('does not retry after output, so that no text comes twice', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('  -h-#', frames, new TruncatedError());
      const subs = '          ^--!';
      const expected = '      -h-#';
      expectObservable(source$.pipe(retryChat())).toBe(expected, frames, new TruncatedError());
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('counts a chunk that could not be read as output', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold('  -L-#', frames, new TruncatedError());
      const expected = '      -L-#';
      expectObservable(source$.pipe(retryChat())).toBe(expected, frames, new TruncatedError());
    });
  });

  it.each([
    ['a spent quota', busy(1, false)],
    ['a bad request', new RequestError('no key')],
    ['a first event that did not come', new ChatTimeoutError('first', 5)],
    ['an error that is not of this library', new RangeError('a bug')],
  ])('does not retry %s', (_, error) => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('  --#', undefined, error);
      const subs = '          ^-!';
      const expected = '      --#';
      expectObservable(source$.pipe(retryChat())).toBe(expected, undefined, error);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('does not sit out a wait that is longer than a minute', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold('  --#', undefined, busy(60_001));
      const expected = '      --#';
      expectObservable(source$.pipe(retryChat())).toBe(expected, undefined, busy(60_001));
    });
  });

  it('draws each wait anew where the server asks for none, below a bound that doubles', () => {
    const random = concatMapGated<{ valueOf: () => number }>(0.5, 0.25);
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('#', undefined, busy());
      const subs = ['(^!)', '250ms (^!)', '500ms (^!)'];
      const expected = '500ms #';
      const result$ = source$.pipe(retryChat({ random: () => Number(random()) }));
      expectObservable(result$).toBe(expected, undefined, busy());
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('tells of each retry before its wait', () => {
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

  it('waits as long as its policy says, and gives up when that says so', () => {
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

  it('cancels the wait when it is let go of', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('  -#    ', undefined, busy(5));
      const subs = '          ^!    ';
      const unsub = '         ^--!  ';
      const expected = '      ------';
      expectObservable(source$.pipe(retryChat()), unsub).toBe(expected);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('fails with what its policy or onRetry throws', () => {
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

  it('counts the retries of each that subscribes apart', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('    -#', undefined, busy(1));
      const subs = ['           ^!', '--^!', '-----^!', '-------^!'];
      const first = '           ---#';
      const second = '          --------#';
      const result$ = source$.pipe(retryChat({ count: 1 }));
      expectObservable(result$).toBe(first, undefined, busy(1));
      expectObservable(result$, '-----^').toBe(second, undefined, busy(1));
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('waits by the scheduler it is given', () => {
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
});

describe('retryChat', () => {
  it('gives up when the policy would wait for ever', () => {
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

  it('marks that the answer begins anew after output', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const cut$ = cold('    -h-#', frames, lost);
      const good$ = cold('        -h---l|', frames);
      const cutSubs = '      ^--!';
      const goodSubs = '     -----^-----!';
      const expected = '     -h----(Rh)l|';
      const next = concatMapGated(cut$, good$);
      expectObservable(defer(next).pipe(retryChat({ restart: true, policy }))).toBe(expected, frames);
      expectSubscriptions(cut$.subscriptions).toBe(cutSubs);
      expectSubscriptions(good$.subscriptions).toBe(goodSubs);
    });
  });

  it('makes the folds begin anew', () => {
    marbles(({ cold, expectObservable }) => {
      const cut$ = cold('    -h-#', frames, lost);
      const good$ = cold('        -h---l|', frames);
      const expected = '     -x----(0x)y|';
      const result$ = defer(concatMapGated(cut$, good$)).pipe(
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
      const next = concatMapGated(cut$, good$);
      expectObservable(defer(next).pipe(retryChat({ restart: true, policy }))).toBe(expected, frames);
    });
  });

  it('keeps what came when no attempt after it says anything', () => {
    marbles(({ cold, expectObservable }) => {
      const cut$ = cold('                                    -h#', frames, lost);
      const silent$ = cold<Decoded<ChatCompletionChunk>>('       -#', undefined, lost);
      const expected = '                                     -x---#';
      const result$ = defer(concatMapGated(cut$, silent$)).pipe(
        retryChat({ restart: true, count: 1, policy }),
        accumulateContent(),
      );
      expectObservable(result$).toBe(expected, { x: 'Hel' }, lost);
    });
  });

  it('gives up after its last retry, with what came', () => {
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

  it('numbers the attempt that begins, also after one without output', () => {
    const seen: unknown[] = [];
    marbles(({ cold, flush }) => {
      const silent$ = cold<Decoded<ChatCompletionChunk>>('#', undefined, lost);
      const cut$ = cold('-h#', frames, lost);
      const good$ = cold('-l|', frames);
      defer(concatMapGated(silent$, cut$, good$))
        .pipe(retryChat({ restart: true, policy }))
        .subscribe((chunk) => seen.push(chunk));
      flush();
    });
    const third = { ...frames.R, right: markedChunk({ kind: 'restarted', attempt: 3 }) };
    expect(seen).toEqual([frames.h, third, frames.l]);
  });
});
