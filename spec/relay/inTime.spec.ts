import { Observable } from 'rxjs';

import { inTime } from '../../lib/relay/inTime';
import { EventLoop } from '../helpers/EventLoop';

/** Returns how a source ends that completes at a time, with a limit of 40, in a process that is paused after 30. */
function endOf(completesAt: number, pausedMs: number): string {
  const loop = new EventLoop();
  const source$ = new Observable<never>((subscriber) =>
    loop.onArrival(completesAt, () => subscriber.complete()),
  );
  let end = 'none';
  source$
    .pipe(inTime(40, () => new Error('late'), loop))
    .subscribe({ complete: () => (end = 'complete'), error: () => (end = `late at ${loop.now()}`) });
  loop.schedule(() => loop.block(pausedMs), 30);
  loop.flush();
  return end;
}

describe('inTime', () => {
  it.each([
    ['completes in time', 39, 0, 'complete'],
    ['completes too late', 41, 0, 'late at 40'],
    ['completed while the process was paused', 35, 1_000, 'complete'],
    ['does not complete after a pause of the process', 9_999, 100, 'late at 220'],
  ])('limits a source that %s', (_, completesAt, pausedMs, end) => {
    expect(endOf(completesAt, pausedMs)).toBe(end);
  });
});
