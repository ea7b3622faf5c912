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

  it('emits nothing twice at the end', () => {
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

  it('completes, fails and is silent as its source is, without a value', () => {
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

  it('emits undefined as any other value', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const values = { u: undefined };
      const frame$ = hot('                                  --x');
      expectObservable(cold('-u---u|', values).pipe(perFrame({ frame$ }))).toBe('--u---(u|)', values);
    });
  });

  it('asks for frames while something waits, and for one more', () => {
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

  it('lets go of source and frames, and of the value that waits, when it is let go of', () => {
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

  it('holds a value for each that subscribes', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const source$ = cold(' -a-b-|');
      const frame$ = hot('   --x--x--x-');
      const result$ = source$.pipe(perFrame({ frame$ }));
      expectObservable(result$).toBe('      --a--(b|)');
      expectObservable(result$, '---^').toBe('-----a--(b|)');
    });
  });

  it('fails as the frames do, after the value that waits, and lets go of the source', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -ab-----|');
      const frame$ = cold('   ---#    ', undefined, lost);
      const subs = '         ^---!    ';
      const expected = '     ----(b#) ';
      expectObservable(source$.pipe(perFrame({ frame$ }))).toBe(expected, undefined, lost);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('fails as frames do that cannot be asked for', () => {
    const bug = new RangeError('a bug in the frames');
    const frame$ = defer(() => {
      throw bug;
    });
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('-a-|').pipe(perFrame({ frame$ }))).toBe('-(a#)', undefined, bug);
    });
  });

  it('takes frames that end: one comes with each subscription, or none before the end', () => {
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

  it('shows what is written because of what is shown', () => {
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

  it('stops a source that emits while it is subscribed to as soon as it is let go of', () => {
    const seen: number[] = [];
    const eager$ = range(1, 9).pipe(tap((value) => seen.push(value)));
    eager$.pipe(perFrame({ frame$: of('x') }), take(2)).subscribe();
    expect(seen).toEqual([1, 2]);
  });

  it('emits no more than the last of what comes in one go', () => {
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
        // Odd and even, so that nothing is written in a frame's own moment.
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

describe('perFrame, unless told what a frame is,', () => {
  it('goes by the animation frames', () => {
    marbles(({ animate, cold, expectObservable }) => {
      animate('              ---x---x---x--');
      const source$ = cold(' -ab-c-d---e--|');
      const expected = '     ---b---d---e-|';
      expectObservable(source$.pipe(perFrame())).toBe(expected);
    });
  });

  it('goes on every 250 ms while none comes, as in a hidden tab', () => {
    marbles(({ animate, cold, expectObservable }) => {
      animate('              -');
      const source$ = cold(' -a 99ms b 199ms c 250ms d|');
      const expected = '     251ms b 249ms c 51ms (d|)';
      expectObservable(source$.pipe(perFrame())).toBe(expected);
    });
  });

  it('goes by the animation frames again when the tab is shown again', () => {
    marbles(({ animate, cold, expectObservable }) => {
      animate('              300ms x-x');
      const source$ = cold(' a 269ms b');
      const expected = '     250ms a 49ms b';
      expectObservable(source$.pipe(perFrame())).toBe(expected);
    });
  });

  it('asks for no animation frame while nothing waits', () => {
    const asked: number[] = [];
    const global = globalThis as { requestAnimationFrame?: unknown; cancelAnimationFrame?: unknown };
    const { requestAnimationFrame, cancelAnimationFrame } = global;
    try {
      const waiting = new Map<number, (at: number) => void>();
      global.requestAnimationFrame = (callback: (at: number) => void) => {
        asked.push(asked.length + 1);
        waiting.set(asked.length, callback);
        return asked.length;
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
      expect(asked).toEqual([]);
      source$.next('a');
      source$.next('b');
      expect(asked).toEqual([1]);
      draw();
      expect(shown).toEqual(['b']);
      expect(asked).toEqual([1, 2]);
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

  it('goes on every 16 ms where there are no animation frames', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' a 9ms b 19ms c 99ms d|');
      const expected = '     16ms b 15ms c 98ms (d|)';
      expectObservable(source$.pipe(perFrame())).toBe(expected);
    });
  });

  it('counts by the scheduler it is given', () => {
    const scheduler = new VirtualTimeScheduler();
    const shown: number[] = [];
    of('a', 'b')
      .pipe(concatWith(NEVER), perFrame({ scheduler }))
      .subscribe(() => shown.push(scheduler.now()));
    scheduler.flush();
    expect(shown).toEqual([16]);
  });
});
