import {
  concat,
  defer,
  EMPTY,
  of,
  Subject,
  take,
  throwError,
  VirtualTimeScheduler,
  type Observable,
} from 'rxjs';

import { TruncatedError } from '../../../lib/errors';
import { shareCompletion } from '../../../lib/operators/flow/shareCompletion';
import { toChatState } from '../../../lib/state/toChatState';
import { marbles } from '../../helpers/marbles';
import { frames } from '../../helpers/said';

const lost = new TruncatedError();

describe('shareCompletion', () => {
  it('sends one request for all who listen, and starts late ones from the latest snapshot', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('        -a-b-c-|    ');
      const subs = '                ^------!    ';
      const first = '               -a-b-c-|    ';
      const second = '              ----bc-|    ';
      const third = '               ---------(c|)';
      const shared$ = source$.pipe(shareCompletion());
      expectObservable(shared$).toBe(first);
      expectObservable(shared$, '  ----^').toBe(second);
      expectObservable(shared$, '  ---------^').toBe(third);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('replays an error, and what came before it, and sends no second request', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('        -a-b-#      ', undefined, lost);
      const subs = '                ^----!      ';
      const first = '               -a-b-#      ';
      const late = '                -------(b#)';
      const shared$ = source$.pipe(shareCompletion());
      expectObservable(shared$).toBe(first, undefined, lost);
      expectObservable(shared$, '  -------^').toBe(late, undefined, lost);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('replays an end without a value', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('        --|');
      const failing$ = cold('       --#', undefined, lost);
      const subs = '                ^-!';
      const shared$ = source$.pipe(shareCompletion());
      const alsoShared$ = failing$.pipe(shareCompletion());
      expectObservable(shared$).toBe('--|');
      expectObservable(shared$, '---^').toBe('---|');
      expectObservable(alsoShared$).toBe('--#', undefined, lost);
      expectObservable(alsoShared$, '---^').toBe('---#', undefined, lost);
      expectSubscriptions(source$.subscriptions).toBe(subs);
      expectSubscriptions(failing$.subscriptions).toBe(subs);
    });
  });

  it('sends nothing before somebody listens', () => {
    const asked = jest.fn(() => EMPTY);
    const shared$ = defer(asked).pipe(shareCompletion());
    expect(asked).not.toHaveBeenCalled();
    shared$.subscribe();
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('lets go of the request when nobody listens any more, and begins anew after that', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('        -a-b-c-|      ');
      const subs1 = '               ^----!        ';
      const subs2 = '               ------^------!';
      const unsub1 = '              ^--!          ';
      const unsub2 = '              --^--!        ';
      const shared$ = source$.pipe(shareCompletion());
      expectObservable(shared$, unsub1).toBe('-a-');
      expectObservable(shared$, unsub2).toBe('--ab');
      expectObservable(shared$, '  ------^').toBe('-------a-b-c-|');
      expectSubscriptions(source$.subscriptions).toBe([subs1, subs2]);
    });
  });

  it('goes on for a while without listeners, and serves one that comes in time', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const source$ = cold('        -a-b-c-|  ');
      const subs = '                ^------!  ';
      const unsub = '               ^-!       ';
      const keepAliveMs = time('      ----|   ');
      const shared$ = source$.pipe(shareCompletion({ keepAliveMs }));
      expectObservable(shared$, unsub).toBe('-a');
      expectObservable(shared$, '  ----^').toBe('----bc-|');
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('waits the whole while again each time the last listener leaves', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const source$ = cold('        -a-b-c-d-e-f');
      const subs = '                ^--------!  ';
      const unsub1 = '              ^-!         ';
      const unsub2 = '              ----^!      ';
      const keepAliveMs = time('         ----|  ');
      const shared$ = source$.pipe(shareCompletion({ keepAliveMs }));
      expectObservable(shared$, unsub1).toBe('-a');
      expectObservable(shared$, unsub2).toBe('----b');
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('lets go of the request when nobody comes in time, and begins anew after that', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const source$ = cold('        -a-b-c-d-e-|        ');
      const subs1 = '               ^----!              ';
      const subs2 = '               -------^----------! ';
      const unsub = '               ^-!                 ';
      const keepAliveMs = time('      ---|              ');
      const shared$ = source$.pipe(shareCompletion({ keepAliveMs }));
      expectObservable(shared$, unsub).toBe('-a');
      expectObservable(shared$, '  -------^').toBe('--------a-b-c-d-e-|');
      expectSubscriptions(source$.subscriptions).toBe([subs1, subs2]);
    });
  });

  it.each([
    ['completion', '|', undefined],
    ['error', '#', lost],
  ])('keeps the %s that came while nobody listened', (_, end, error) => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const source$ = cold(`        -a-b${end}  `, undefined, error);
      const subs = '                ^---!       ';
      const keepAliveMs = time('      ---|      ');
      const shared$ = source$.pipe(shareCompletion({ keepAliveMs }));
      expectObservable(shared$, '  ^-!').toBe('-a');
      expectObservable(shared$, '  ---------^').toBe(`---------(b${end})`, undefined, error);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it.each([Infinity, 2 ** 31])('lets the request run to its end at %p', (keepAliveMs) => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('        -a 43200m b|     ');
      const subs = '                ^- 43200m -!     ';
      const shared$ = source$.pipe(shareCompletion({ keepAliveMs }));
      expectObservable(shared$, '  ^-!').toBe('-a');
      expectObservable(shared$, '  43260m ^').toBe('43260m (b|)');
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it.each([0, -1, NaN])('lets go at once at %p', (keepAliveMs) => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('        -a-b');
      const unsub = '               ^-! ';
      expectObservable(source$.pipe(shareCompletion({ keepAliveMs })), unsub).toBe('-a');
      expectSubscriptions(source$.subscriptions).toBe(unsub);
    });
  });

  it('waits by the scheduler it is given', () => {
    const scheduler = new VirtualTimeScheduler();
    const source$ = new Subject<string>();
    source$
      .pipe(shareCompletion({ keepAliveMs: 2_000, scheduler }))
      .subscribe()
      .unsubscribe();
    expect(source$.observed).toBe(true);
    scheduler.flush();
    expect(source$.observed).toBe(false);
    expect(scheduler.now()).toBe(2_000);
  });

  it('takes a source that answers while it is subscribed to, and listeners that leave then', () => {
    const asked = jest.fn((): Observable<string> => of('a', 'b'));
    const shared$ = defer(asked).pipe(shareCompletion());
    const first = jest.fn();
    const second = jest.fn();
    shared$.subscribe(first);
    shared$.pipe(take(1)).subscribe(second);
    expect(first.mock.calls).toEqual([['a'], ['b']]);
    expect(second.mock.calls).toEqual([['b']]);
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('is a request of its own wherever it is used', () => {
    const asked = jest.fn(() => of('a'));
    const shared = shareCompletion<string>();
    defer(asked).pipe(shared).subscribe();
    defer(asked).pipe(shared).subscribe();
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it('gives a screen that comes late the whole state, also that of a failure', () => {
    const failing$ = concat(
      of(frames.h, frames.l),
      throwError(() => lost),
    );
    const state$ = failing$.pipe(toChatState(), shareCompletion());
    const states: unknown[] = [];
    state$.subscribe();
    state$.subscribe(({ status, content }) => states.push([status, content]));
    expect(states).toEqual([['failed', 'Hello']]);
  });
});
