import { EMPTY, NEVER, throwError, type Observable } from 'rxjs';

import { deferAbortable } from '../../lib/rx/deferAbortable';

/** Returns the signals of all subscriptions to an Observable that is created with a signal. */
function signalsOf(source$: Observable<unknown>) {
  const signals: AbortSignal[] = [];
  const result$ = deferAbortable((signal) => {
    signals.push(signal);
    return source$;
  });
  return { signals, result$ };
}

describe('deferAbortable', () => {
  it('aborts the signal of a subscription that is unsubscribed before the end, and no other', () => {
    const { signals, result$ } = signalsOf(NEVER);
    const first = result$.subscribe();
    const second = result$.subscribe();
    first.unsubscribe();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    second.unsubscribe();
  });

  it.each([
    ['completion', EMPTY],
    ['an error', throwError(() => new Error('failed'))],
  ])('does not abort after %s', (_, source$) => {
    const { signals, result$ } = signalsOf(source$);
    result$.subscribe({ error: () => undefined }).unsubscribe();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });

  it('errors with what the function throws', () => {
    const bug = new Error('bug');
    const errors: unknown[] = [];
    deferAbortable(() => {
      throw bug;
    }).subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toEqual([bug]);
  });
});
