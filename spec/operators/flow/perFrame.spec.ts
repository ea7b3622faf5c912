import fc from 'fast-check';
import {
  asyncScheduler,
  concatWith,
  defer,
  EMPTY,
  map,
  NEVER,
  of,
  range,
  Subject,
  take,
  tap,
  VirtualTimeScheduler,
} from 'rxjs';

import { TruncatedError } from '../../../lib/errors';
import { perFrame } from '../../../lib/operators/flow/perFrame';
import { marbles } from '../../helpers/marbles';

const lost = new TruncatedError();

describe('perFrame', () => {
  it('emits the latest value at each frame', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -ab-c----d--ef---|');
      const frame$ = hot('   ---x---x---x---x--');
      const subs = '         ^----------------!';
      const expected = '     ---b---c---d---f-|';
      expectObservable(source$.pipe(perFrame({ frame$ }))).toBe(expected);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('emits the last value with the completion, and does not wait for a frame', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -ab-c-d|   ');
      const frame$ = hot('   ---x------x');
      const subs = '         -^-----!   ';
      const expected = '     ---b---(d|)';
      expectObservable(source$.pipe(perFrame({ frame$ }))).toBe(expected);
      expectSubscriptions(frame$.subscriptions).toBe(subs);
    });
  });

  it('emits the last value before an error, and does not wait for a frame', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -ab-c-d#   ', undefined, lost);
      const frame$ = hot('   ---x------x');
      const subs = '         -^-----!   ';
      const expected = '     ---b---(d#)';
      expectObservable(source$.pipe(perFrame({ frame$ }))).toBe(expected, undefined, lost);
      expectSubscriptions(frame$.subscriptions).toBe(subs);
    });
  });

  it('emits no value twice at the end', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const frame$ = hot('                                     --x--');
      expectObservable(cold('-a--|').pipe(perFrame({ frame$ }))).toBe('--a-|');
      expectObservable(cold('-a--#', undefined, lost).pipe(perFrame({ frame$ }))).toBe(
        '--a-#',
        undefined,
        lost,
      );
    });
  });

  it('completes, errors and waits as its source does, without a value', () => {
    marbles(({ cold, expectObservable }) => {
      const frame$ = cold('x');
      expectObservable(cold('---|').pipe(perFrame({ frame$ }))).toBe('---|');
      expectObservable(cold('---#', undefined, lost).pipe(perFrame({ frame$ }))).toBe(
        '---#',
        undefined,
        lost,
      );
      expectObservable(NEVER.pipe(perFrame({ frame$ }))).toBe('-');
    });
  });

  it('emits undefined like any other value', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const values = { u: undefined };
      const frame$ = hot('                                  --x');
      expectObservable(cold('-u---u|', values).pipe(perFrame({ frame$ }))).toBe('--u---(u|)', values);
    });
  });

  it('requests frames while a value waits, and one more', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a--b-------------c--|');
      const frame$ = hot('   --x--x--x--x--x--x--x-');
      const subs1 = '        -^------!             ';
      const subs2 = '        ------------------^--!';
      const expected = '     --a--b--------------c|';
      expectObservable(source$.pipe(perFrame({ frame$ }))).toBe(expected);
      expectSubscriptions(frame$.subscriptions).toBe([subs1, subs2]);
    });
  });

  it('unsubscribes from source and frames, and drops the waiting value, when it is unsubscribed', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a-b---');
      const frame$ = hot('   --x---x');
      const unsub = '        ^---!  ';
      const subs = '         -^--!  ';
      const expected = '     --a--  ';
      expectObservable(source$.pipe(perFrame({ frame$ })), unsub).toBe(expected);
      expectSubscriptions(source$.subscriptions).toBe(unsub);
      expectSubscriptions(frame$.subscriptions).toBe(subs);
    });
  });

  it('holds a value for each subscriber', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const source$ = cold(' -a-b-|');
      const frame$ = hot('   --x--x--x-');
      const result$ = source$.pipe(perFrame({ frame$ }));
      expectObservable(result$).toBe('      --a--(b|)');
      expectObservable(result$, '---^').toBe('-----a--(b|)');
    });
  });

  it('errors as the frames do, after the waiting value, and unsubscribes from the source', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -ab-----|');
      const frame$ = cold('   ---#    ', undefined, lost);
      const subs = '         ^---!    ';
      const expected = '     ----(b#) ';
      expectObservable(source$.pipe(perFrame({ frame$ }))).toBe(expected, undefined, lost);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('errors when the frames cannot be subscribed to', () => {
    const bug = new RangeError('a bug in the frames');
    const frame$ = defer(() => {
      throw bug;
    });
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('-a-|').pipe(perFrame({ frame$ }))).toBe('-(a#)', undefined, bug);
    });
  });

  it('supports frames that complete: one per subscription, or none before the end', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -ab---c-|');
      const single = '       ---b----(c|)';
      const at_once = '      -ab---c-|';
      const none = '         --------(c|)';
      expectObservable(source$.pipe(perFrame({ frame$: cold('--(x|)') }))).toBe(single);
      expectObservable(source$.pipe(perFrame({ frame$: of('x') }))).toBe(at_once);
      expectObservable(source$.pipe(perFrame({ frame$: EMPTY }))).toBe(none);
    });
  });

  it('emits a value that arrives while another is emitted', () => {
    marbles(({ hot, expectObservable }) => {
      const frame$ = hot('   --x--x--x--x');
      const expected = '     --a--b------';
      const echo$ = new Subject<string>();
      const source$ = hot('  -a----------');
      source$.subscribe(echo$);
      const result$ = echo$.pipe(
        perFrame({ frame$ }),
        tap((value) => {
          if (value === 'a') echo$.next('b');
        }),
      );
      expectObservable(result$).toBe(expected);
    });
  });

  it('stops a synchronous source as soon as it is unsubscribed', () => {
    const seen: number[] = [];
    const eager$ = range(1, 9).pipe(tap((value) => seen.push(value)));
    eager$.pipe(perFrame({ frame$: of('x') }), take(2)).subscribe();
    expect(seen).toEqual([1, 2]);
  });

  it('emits only the last of the values that arrive synchronously', () => {
    const shown: number[] = [];
    range(1, 9)
      .pipe(perFrame())
      .subscribe((value) => shown.push(value));
    expect(shown).toEqual([9]);
  });

  it('emits at most once a frame, the latest, and never loses the last', () => {
    const time = fc.nat(40);
    const times = fc.uniqueArray(time, { maxLength: 30 }).map((all) => all.sort((a, b) => a - b));
    fc.assert(
      fc.property(times, times, time, fc.boolean(), (writes, frames, later, fails) => {
        // Odd and even, so that no value arrives at the same time as a frame.
        const writtenAt = writes.map((at) => 2 * at + 1);
        const frameAt = new Set(frames.map((at) => 2 * at));
        const endAt = (writtenAt.at(-1) ?? 0) + later + 1;
        const line = (is: (at: number) => boolean, length: number): string =>
          Array.from({ length }, (_, at) => (is(at) ? 'x' : '-')).join('');
        const end = fails ? '#' : '|';
        const shown: Array<readonly [at: number, value: number]> = [];
        marbles(({ cold, hot, flush }) => {
          const source$ = cold(line((at) => writtenAt.includes(at), endAt) + end);
          const frame$ = hot(line((at) => frameAt.has(at), 90));
          source$
            .pipe(
              map(() => asyncScheduler.now()),
              perFrame({ frame$ }),
            )
            .subscribe({
              next: (value) => shown.push([asyncScheduler.now(), value]),
              error: () => undefined,
            });
          flush();
        });
        expect(shown.at(-1)?.[1]).toBe(writtenAt.at(-1));
        expect(new Set(shown.map(([at]) => at)).size).toBe(shown.length);
        for (const [at, value] of shown) {
          expect(frameAt.has(at) || at === endAt).toBe(true);
          expect(value).toBe(Math.max(...writtenAt.filter((written) => written <= at)));
        }
      }),
    );
  });
});

describe('perFrame with default frames', () => {
  it('follows the animation frames', () => {
    marbles(({ animate, cold, expectObservable }) => {
      animate('              ---x---x---x--');
      const source$ = cold(' -ab-c-d---e--|');
      const expected = '     ---b---d---e-|';
      expectObservable(source$.pipe(perFrame())).toBe(expected);
    });
  });

  it('emits every 250 ms while none fires, as in a hidden tab', () => {
    marbles(({ animate, cold, expectObservable }) => {
      animate('              -');
      const source$ = cold(' -a 99ms b 199ms c 250ms d|');
      const expected = '     251ms b 249ms c 51ms (d|)';
      expectObservable(source$.pipe(perFrame())).toBe(expected);
    });
  });

  it('follows the animation frames again when the tab is visible again', () => {
    marbles(({ animate, cold, expectObservable }) => {
      animate('              300ms x-x');
      const source$ = cold(' a 269ms b');
      const expected = '     250ms a 49ms b';
      expectObservable(source$.pipe(perFrame())).toBe(expected);
    });
  });

  it('requests no animation frame while no value waits', () => {
    const requested: number[] = [];
    const global = globalThis as { requestAnimationFrame?: unknown; cancelAnimationFrame?: unknown };
    const { requestAnimationFrame, cancelAnimationFrame } = global;
    try {
      const waiting = new Map<number, (at: number) => void>();
      global.requestAnimationFrame = (callback: (at: number) => void) => {
        requested.push(requested.length + 1);
        waiting.set(requested.length, callback);
        return requested.length;
      };
      global.cancelAnimationFrame = (id: number) => waiting.delete(id);
      const draw = (): void => {
        const all = [...waiting.values()];
        waiting.clear();
        for (const callback of all) callback(0);
      };
      const shown: string[] = [];
      const source$ = new Subject<string>();
      const subscription = source$.pipe(perFrame()).subscribe((value) => shown.push(value));
      expect(requested).toEqual([]);
      source$.next('a');
      source$.next('b');
      expect(requested).toEqual([1]);
      draw();
      expect(shown).toEqual(['b']);
      expect(requested).toEqual([1, 2]);
      draw();
      expect(waiting.size).toBe(0);
      source$.next('c');
      expect(waiting.size).toBe(1);
      subscription.unsubscribe();
      expect(waiting.size).toBe(0);
      expect(shown).toEqual(['b']);
    } finally {
      Object.assign(global, { requestAnimationFrame, cancelAnimationFrame });
    }
  });

  it('emits every 16 ms where animation frames do not exist', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' a 9ms b 19ms c 99ms d|');
      const expected = '     16ms b 15ms c 98ms (d|)';
      expectObservable(source$.pipe(perFrame())).toBe(expected);
    });
  });

  it('schedules its timers with the given scheduler', () => {
    const scheduler = new VirtualTimeScheduler();
    const shown: number[] = [];
    of('a', 'b')
      .pipe(concatWith(NEVER), perFrame({ scheduler }))
      .subscribe(() => shown.push(scheduler.now()));
    scheduler.flush();
    expect(shown).toEqual([16]);
  });
});
