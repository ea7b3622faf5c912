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
import { frames } from '../../helpers/frames';

const lost = new TruncatedError();

describe('shareCompletion', () => {
  it('sends one request for all subscribers, and starts late ones from the latest snapshot', () => {
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

  it('replays the last value and the error, and sends no second request', () => {
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

  it('sends nothing before a subscription', () => {
    const connect = jest.fn(() => EMPTY);
    const shared$ = defer(connect).pipe(shareCompletion());
    expect(connect).not.toHaveBeenCalled();
    shared$.subscribe();
    expect(connect).toHaveBeenCalledTimes(1);
  });

  it('aborts the request when the last subscriber unsubscribes, and starts over after that', () => {
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

  it('continues for the keep-alive time without subscribers, and serves one that arrives in that time', () => {
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

  it('waits the full keep-alive time each time the last subscriber unsubscribes', () => {
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

  it('aborts the request when no subscriber arrives in time, and starts over after that', () => {
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
  ])('keeps the %s that arrived without subscribers', (_, end, error) => {
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

  it.each([Infinity, 2 ** 31])('runs the request to its end at %p', (keepAliveMs) => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('        -a 43200m b|     ');
      const subs = '                ^- 43200m -!     ';
      const shared$ = source$.pipe(shareCompletion({ keepAliveMs }));
      expectObservable(shared$, '  ^-!').toBe('-a');
      expectObservable(shared$, '  43260m ^').toBe('43260m (b|)');
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it.each([0, -1, NaN])('aborts at once at %p', (keepAliveMs) => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('        -a-b');
      const unsub = '               ^-! ';
      expectObservable(source$.pipe(shareCompletion({ keepAliveMs })), unsub).toBe('-a');
      expectSubscriptions(source$.subscriptions).toBe(unsub);
    });
  });

  it('schedules its waits with the given scheduler', () => {
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

  it('supports a synchronous source, and subscribers that unsubscribe while it emits', () => {
    const connect = jest.fn((): Observable<string> => of('a', 'b'));
    const shared$ = defer(connect).pipe(shareCompletion());
    const first = jest.fn();
    const second = jest.fn();
    shared$.subscribe(first);
    shared$.pipe(take(1)).subscribe(second);
    expect(first.mock.calls).toEqual([['a'], ['b']]);
    expect(second.mock.calls).toEqual([['b']]);
    expect(connect).toHaveBeenCalledTimes(1);
  });

  it('sends a separate request for each use of the operator', () => {
    const connect = jest.fn(() => of('a'));
    const shared = shareCompletion<string>();
    defer(connect).pipe(shared).subscribe();
    defer(connect).pipe(shared).subscribe();
    expect(connect).toHaveBeenCalledTimes(2);
  });

  it('replays the full state to a late screen, also after a failure', () => {
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
