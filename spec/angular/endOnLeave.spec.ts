import { appOf } from './injector';

import { DOCUMENT } from '@angular/core';
import { EMPTY, Subject, throwError } from 'rxjs';

import { endOnLeave } from '../../lib/angular/endOnLeave';
import { ConnectionError, TruncatedError } from '../../lib/errors';

/** A page, and the operator of its app. */
function pageApp() {
  const window = new EventTarget();
  const app = appOf([{ provide: DOCUMENT, useValue: { defaultView: window } }]);
  const leave = () => window.dispatchEvent(new Event('beforeunload'));
  return { window, leave, ended: <T>() => app.run(endOnLeave<T>) };
}

const lost = new ConnectionError('the connection broke', 'body');

describe('endOnLeave', () => {
  it('completes at a lost connection after the user has left', () => {
    const { leave, ended } = pageApp();
    const source$ = new Subject<string>();
    const complete = jest.fn();
    source$.pipe(ended()).subscribe({ complete });
    leave();
    source$.error(lost);
    expect(complete).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['a lost connection while the page stays', lost, false],
    ['another error', new TruncatedError(), true],
  ])('passes on %s', (_, error, leaves) => {
    const { leave, ended } = pageApp();
    const source$ = new Subject<string>();
    const onError = jest.fn();
    source$.pipe(ended()).subscribe({ error: onError });
    if (leaves) leave();
    source$.error(error);
    expect(onError).toHaveBeenCalledWith(error);
  });

  it('forgets an unload that the user cancelled with its subscription', () => {
    const { leave, ended } = pageApp();
    const source$ = new Subject<string>();
    const answer$ = source$.pipe(ended());
    const first = answer$.subscribe();
    leave();
    first.unsubscribe();
    const onError = jest.fn();
    answer$.subscribe({ error: onError });
    source$.error(lost);
    expect(onError).toHaveBeenCalledWith(lost);
  });

  it('listens only while it is subscribed to', () => {
    const { window, ended } = pageApp();
    const [add, remove] = [jest.spyOn(window, 'addEventListener'), jest.spyOn(window, 'removeEventListener')];
    const source$ = new Subject<string>();
    const answer$ = source$.pipe(ended());
    expect(add).not.toHaveBeenCalled();
    const subscription = answer$.subscribe();
    EMPTY.pipe(ended()).subscribe();
    throwError(() => lost)
      .pipe(ended())
      .subscribe({ error: () => undefined });
    expect(add).toHaveBeenCalledTimes(3);
    expect(remove).toHaveBeenCalledTimes(2);
    subscription.unsubscribe();
    expect(remove).toHaveBeenCalledTimes(3);
  });

  it('returns the source itself without a page', () => {
    const source$ = EMPTY;
    expect(source$.pipe(appOf([]).run(endOnLeave))).toBe(source$);
  });
});
