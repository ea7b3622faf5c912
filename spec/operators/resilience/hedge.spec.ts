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

import { ProtocolError, TruncatedError } from '../../../lib/errors';
import { hedge$ } from '../../../lib/operators/resilience/hedge';
import { marbles } from '../../helpers/marbles';

const lost = new TruncatedError('the first');
const odd = new ProtocolError('the second');

describe('hedge$', () => {
  it('asks nobody else when the first speaks in time', () => {
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

  it('asks the next when the first is silent, and lets go of the first when the next speaks', () => {
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

  it('lets the first win after all when it speaks before the next', () => {
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

  it('asks the next only when one fails, where no time limits its silence', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const a$ = cold('      ---#     ', undefined, lost);
      const b$ = cold('         --p|  ');
      const bSubs = '        ---^--!  ';
      const expected = '     -----p|  ';
      const scheduler = { now: () => 0, schedule: jest.fn() };
      expectObservable(hedge$([a$, b$], { after: Infinity, scheduler })).toBe(expected);
      expectSubscriptions(b$.subscriptions).toBe(bSubs);
      // Timers that are to wait for ever go off at once.
      expect(scheduler.schedule).not.toHaveBeenCalled();
    });
  });

  it('asks nobody when it is let go of before it begins', () => {
    const stop$ = new Subject<void>();
    const asked = jest.fn(() => NEVER);
    const result$ = defer(() => {
      stop$.next();
      return hedge$([defer(asked)], { after: 1 });
    });
    result$.pipe(takeUntil(stop$)).subscribe();
    expect(asked).not.toHaveBeenCalled();
  });

  it('asks the next at once when one fails', () => {
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

  it('waits anew for a candidate that was asked because one failed', () => {
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

  it('does not let a failure win', () => {
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

  it('fails when all have failed, with the error of the one that failed last', () => {
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

  it('fails when the winner fails, and asks nobody else', () => {
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

  it('completes with a candidate that has nothing to say', () => {
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

  it('is silent while all are', () => {
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

  it('lets go of all, and stops waiting, when it is let go of', () => {
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

  it('asks anew for each that subscribes', () => {
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

  it('asks one candidate and waits for it', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(hedge$([cold('-----x|')], { after: 2 })).toBe('-----x|');
      expectObservable(hedge$([cold('-----#', undefined, lost)], { after: 2 })).toBe(
        '-----#',
        undefined,
        lost,
      );
    });
  });

  it('takes candidates that answer, fail or complete while they are asked', () => {
    marbles(({ expectObservable }) => {
      const failing$ = throwError(() => lost);
      expectObservable(hedge$([of('x', 'y'), of('p')], { after: 2 })).toBe('(xy|)');
      expectObservable(hedge$([failing$, of('p', 'q')], { after: 2 })).toBe('(pq|)');
      expectObservable(hedge$([failing$, failing$], { after: 2 })).toBe('#', undefined, lost);
      expectObservable(hedge$([failing$, EMPTY], { after: 2 })).toBe('|');
    });
  });

  it('stops a candidate that answers while it is asked as soon as it is let go of', () => {
    const seen: number[] = [];
    const eager$ = range(1, 9).pipe(tap((value) => seen.push(value)));
    hedge$([eager$], { after: 2 }).pipe(take(2)).subscribe();
    expect(seen).toEqual([1, 2]);
  });

  it('asks the next at once when one throws while it is asked', () => {
    const thrower$ = defer(() => {
      throw lost;
    });
    marbles(({ cold, expectObservable }) => {
      expectObservable(hedge$([thrower$, cold('-p|')], { after: 2 })).toBe('-p|');
    });
  });

  it('waits by the scheduler it is given', () => {
    const scheduler = new VirtualTimeScheduler();
    const seen = jest.fn();
    hedge$([NEVER, concat(of('p'), NEVER)], { after: 1_500, scheduler }).subscribe(seen);
    expect(seen).not.toHaveBeenCalled();
    scheduler.flush();
    expect(seen).toHaveBeenCalledWith('p');
    expect(scheduler.now()).toBe(1_500);
  });
});
