import { appOf } from './injector';

import { DOCUMENT } from '@angular/core';
import { asyncScheduler, EMPTY, Subject, throwError, type SchedulerLike } from 'rxjs';

import { holdOnLeave } from '../../lib/angular/holdOnLeave';
import { ConnectionError, TruncatedError } from '../../lib/errors';
import { marbles } from '../helpers/marbles';

/** A page, and the operator of its app. */
function pageApp(scheduler: SchedulerLike = asyncScheduler) {
  const window = new EventTarget();
  const app = appOf([{ provide: DOCUMENT, useValue: { defaultView: window } }]);
  const leave = () => window.dispatchEvent(new Event('beforeunload'));
  return { window, leave, held: <T>() => app.run(() => holdOnLeave<T>(scheduler)) };
}

const lost = new ConnectionError('the connection broke', 'body');

describe('holdOnLeave', () => {
  it.each([
    ['holds back a lost connection after the user has begun to leave', '-l-a-#', lost, '---a- 5s #'],
    ['passes on a lost connection while the page stays', '---a-#', lost, '---a-#'],
    ['passes on another error', '-l-a-#', new TruncatedError(), '---a-#'],
    ['passes on the end', '-l-a-|', lost, '---a-|'],
  ])('%s', (_, source, error, expected) => {
    marbles(({ hot, expectObservable }) => {
      const { leave, held } = pageApp();
      hot(source.replace('a', '-'), undefined, error).subscribe({ next: leave, error: () => undefined });
      expectObservable(hot(source.replace('l', '-'), undefined, error).pipe(held())).toBe(
        expected,
        undefined,
        error,
      );
    });
  });

  it('forgets an unload that the user cancelled with its subscription', () => {
    const { leave, held } = pageApp();
    const source$ = new Subject<string>();
    const answer$ = source$.pipe(held());
    const first = answer$.subscribe();
    leave();
    first.unsubscribe();
    const onError = jest.fn();
    answer$.subscribe({ error: onError });
    source$.error(lost);
    expect(onError).toHaveBeenCalledWith(lost);
  });

  it('listens only while it is subscribed to', () => {
    const { window, held } = pageApp();
    const [add, remove] = [jest.spyOn(window, 'addEventListener'), jest.spyOn(window, 'removeEventListener')];
    const source$ = new Subject<string>();
    const answer$ = source$.pipe(held());
    expect(add).not.toHaveBeenCalled();
    const subscription = answer$.subscribe();
    EMPTY.pipe(held()).subscribe();
    throwError(() => lost)
      .pipe(held())
      .subscribe({ error: () => undefined });
    expect(add).toHaveBeenCalledTimes(3);
    expect(remove).toHaveBeenCalledTimes(2);
    subscription.unsubscribe();
    expect(remove).toHaveBeenCalledTimes(3);
  });

  it('returns the source itself without a page', () => {
    const source$ = EMPTY;
    expect(source$.pipe(appOf([]).run(() => holdOnLeave(asyncScheduler)))).toBe(source$);
  });
});
