import {
  concat,
  defer,
  EMPTY,
  NEVER,
  of,
  range,
  Subject,
  take,
  takeUntil,
  tap,
  throwError,
  VirtualTimeScheduler,
} from 'rxjs';

import { ProtocolError, RequestError, TruncatedError } from '../../../lib/errors';
import { hedge$ } from '../../../lib/operators/resilience/hedge';
import { marbles } from '../../helpers/marbles';

const lost = new TruncatedError('the first');
const odd = new ProtocolError('the second');

describe('hedge$', () => {
  it('starts no other candidate when the first emits in time', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const a$ = cold('      --x-----y|');
      const b$ = cold('      p|        ');
      const aSubs = '        ^--------!';
      const after = time('   ---|      ');
      const expected = '     --x-----y|';
      expectObservable(hedge$([a$, b$], { after })).toBe(expected);
      expectSubscriptions(a$.subscriptions).toBe(aSubs);
      expectSubscriptions(b$.subscriptions).toBe([]);
    });
  });

  it('starts the next when the first is idle, and unsubscribes from the first when the next emits', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const a$ = cold('      -----------x-y|');
      const b$ = cold('          -p-q|      ');
      const aSubs = '        ^----!         ';
      const bSubs = '        ----^---!      ';
      const after = time('   ----|          ');
      const expected = '     -----p-q|      ';
      expectObservable(hedge$([a$, b$], { after })).toBe(expected);
      expectSubscriptions(a$.subscriptions).toBe(aSubs);
      expectSubscriptions(b$.subscriptions).toBe(bSubs);
    });
  });

  it('the first wins when it emits before the next', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const a$ = cold('      ------x-y|');
      const b$ = cold('          ----p|');
      const aSubs = '        ^--------!';
      const bSubs = '        ----^-!   ';
      const after = time('   ----|     ');
      const expected = '     ------x-y|';
      expectObservable(hedge$([a$, b$], { after })).toBe(expected);
      expectSubscriptions(a$.subscriptions).toBe(aSubs);
      expectSubscriptions(b$.subscriptions).toBe(bSubs);
    });
  });

  it('starts the next only when one fails, without a time limit', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const a$ = cold('      ---#     ', undefined, lost);
      const b$ = cold('         --p|  ');
      const bSubs = '        ---^--!  ';
      const expected = '     -----p|  ';
      const scheduler = { now: () => 0, schedule: jest.fn() };
      expectObservable(hedge$([a$, b$], { after: Infinity, scheduler })).toBe(expected);
      expectSubscriptions(b$.subscriptions).toBe(bSubs);
      // A timer with an infinite wait would fire at once.
      expect(scheduler.schedule).not.toHaveBeenCalled();
    });
  });

  it('starts no candidate when it is unsubscribed before it starts', () => {
    const stop$ = new Subject<void>();
    const subscribe = jest.fn(() => NEVER);
    const result$ = defer(() => {
      stop$.next();
      return hedge$([defer(subscribe)], { after: 1 });
    });
    result$.pipe(takeUntil(stop$)).subscribe();
    expect(subscribe).not.toHaveBeenCalled();
  });

  it('starts the next at once when one fails', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const a$ = cold('      -#       ', undefined, lost);
      const b$ = cold('       --p|    ');
      const aSubs = '        ^!       ';
      const bSubs = '        -^--!    ';
      const after = time('   --------|');
      const expected = '     ---p|    ';
      expectObservable(hedge$([a$, b$], { after })).toBe(expected);
      expectSubscriptions(a$.subscriptions).toBe(aSubs);
      expectSubscriptions(b$.subscriptions).toBe(bSubs);
    });
  });

  it('waits the full time for a candidate that starts after a failure', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const a$ = cold('      --#        ', undefined, lost);
      const b$ = cold('        ---------');
      const c$ = cold('           -z|   ');
      const bSubs = '        --^---!    ';
      const cSubs = '        -----^-!   ';
      const after = time('   ---|       ');
      const expected = '     ------z|   ';
      expectObservable(hedge$([a$, b$, c$], { after })).toBe(expected);
      expectSubscriptions(b$.subscriptions).toBe(bSubs);
      expectSubscriptions(c$.subscriptions).toBe(cSubs);
    });
  });

  it('a failure does not win', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const a$ = cold('      -----#  ', undefined, lost);
      const b$ = cold('        ----p|');
      const aSubs = '        ^----!  ';
      const after = time('   --|     ');
      const expected = '     ------p|';
      expectObservable(hedge$([a$, b$], { after })).toBe(expected);
      expectSubscriptions(a$.subscriptions).toBe(aSubs);
    });
  });

  it('errors when all have failed, with the last error', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const a$ = cold('      -----#', undefined, lost);
      const b$ = cold('        -#  ', undefined, odd);
      const aSubs = '        ^----!';
      const bSubs = '        --^!  ';
      const after = time('   --|   ');
      const expected = '     -----#';
      expectObservable(hedge$([a$, b$], { after })).toBe(expected, undefined, lost);
      expectSubscriptions(a$.subscriptions).toBe(aSubs);
      expectSubscriptions(b$.subscriptions).toBe(bSubs);
    });
  });

  it('errors when the winner errors, and starts no other candidate', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const a$ = cold('      -x-#', undefined, lost);
      const b$ = cold('      p|  ');
      const after = time('   --|   ');
      const expected = '     -x-#';
      expectObservable(hedge$([a$, b$], { after })).toBe(expected, undefined, lost);
      expectSubscriptions(a$.subscriptions).toBe('^--!');
      expectSubscriptions(b$.subscriptions).toBe([]);
    });
  });

  it('completes with a candidate that completes without a value', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const a$ = cold('      ---------');
      const b$ = cold('        -|     ');
      const aSubs = '        ^--!     ';
      const after = time('   --|      ');
      const expected = '     ---|     ';
      expectObservable(hedge$([a$, b$], { after })).toBe(expected);
      expectSubscriptions(a$.subscriptions).toBe(aSubs);
    });
  });

  it('emits nothing while no candidate does', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const a$ = cold('      -');
      const b$ = cold('      -');
      const unsub = '        ^-------!';
      const bSubs = '        --^-----!';
      const after = time('   --|      ');
      expectObservable(hedge$([a$, b$], { after }), unsub).toBe('-');
      expectSubscriptions(a$.subscriptions).toBe(unsub);
      expectSubscriptions(b$.subscriptions).toBe(bSubs);
    });
  });

  it('unsubscribes from all candidates, and stops waiting, when it is unsubscribed', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const a$ = cold('      -----x-|');
      const b$ = cold('      p|');
      const unsub = '        ^-!     ';
      const after = time('   ---|    ');
      expectObservable(hedge$([a$, b$], { after }), unsub).toBe('---');
      expectSubscriptions(a$.subscriptions).toBe(unsub);
      expectSubscriptions(b$.subscriptions).toBe([]);
    });
  });

  it('starts over for each subscriber', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const a$ = cold('      ------x|     ');
      const b$ = cold('        -p|        ');
      const aSubs = ['       ^--!', '     -----^--!'];
      const bSubs = ['       --^-!', '    -------^-!'];
      const after = time('   --|          ');
      const result$ = hedge$([a$, b$], { after });
      expectObservable(result$).toBe('         ---p|');
      expectObservable(result$, '-----^').toBe('--------p|');
      expectSubscriptions(a$.subscriptions).toBe(aSubs);
      expectSubscriptions(b$.subscriptions).toBe(bSubs);
    });
  });

  it('completes without candidates', () => {
    marbles(({ expectObservable }) => {
      expectObservable(hedge$([], { after: 3 })).toBe('|');
    });
  });

  it('is a RequestError with candidates that are no list, as those of race are', () => {
    const untyped = hedge$ as unknown as (...candidates: unknown[]) => unknown;
    expect(() => untyped(of(1), of(2))).toThrow(
      new RequestError('candidates must be a list: hedge$([a$, b$], { after: 1_500 })'),
    );
  });

  it('waits for a single candidate', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(hedge$([cold('-----x|')], { after: 2 })).toBe('-----x|');
      expectObservable(hedge$([cold('-----#', undefined, lost)], { after: 2 })).toBe(
        '-----#',
        undefined,
        lost,
      );
    });
  });

  it('supports candidates that emit, error or complete synchronously', () => {
    marbles(({ expectObservable }) => {
      const failing$ = throwError(() => lost);
      expectObservable(hedge$([of('x', 'y'), of('p')], { after: 2 })).toBe('(xy|)');
      expectObservable(hedge$([failing$, of('p', 'q')], { after: 2 })).toBe('(pq|)');
      expectObservable(hedge$([failing$, failing$], { after: 2 })).toBe('#', undefined, lost);
      expectObservable(hedge$([failing$, EMPTY], { after: 2 })).toBe('|');
    });
  });

  it('stops a synchronous candidate as soon as it is unsubscribed', () => {
    const seen: number[] = [];
    const eager$ = range(1, 9).pipe(tap((value) => seen.push(value)));
    hedge$([eager$], { after: 2 }).pipe(take(2)).subscribe();
    expect(seen).toEqual([1, 2]);
  });

  it('starts the next at once when one throws on subscription', () => {
    const thrower$ = defer(() => {
      throw lost;
    });
    marbles(({ cold, expectObservable }) => {
      expectObservable(hedge$([thrower$, cold('-p|')], { after: 2 })).toBe('-p|');
    });
  });

  it('schedules its waits with the given scheduler', () => {
    const scheduler = new VirtualTimeScheduler();
    const seen = jest.fn();
    hedge$([NEVER, concat(of('p'), NEVER)], { after: 1_500, scheduler }).subscribe(seen);
    expect(seen).not.toHaveBeenCalled();
    scheduler.flush();
    expect(seen).toHaveBeenCalledWith('p');
    expect(scheduler.now()).toBe(1_500);
  });
});
