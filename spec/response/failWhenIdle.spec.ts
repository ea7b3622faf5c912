import { ChatTimeoutError } from '../../lib/errors';
import { failWhenIdle } from '../../lib/response/failWhenIdle';
import { ReadGate } from '../../lib/transport/ReadGate';
import { marbles } from '../helpers/marbles';

const idle = new ChatTimeoutError('idle', 4);

describe('failWhenIdle', () => {
  it.each([
    ['before the first value, for any time', '-------a|', '-------a|'],
    ['after a gap', '---a-b-------c|', '---a-b---#'],
    ['after the first value', '-a------', '-a---#'],
    ['never, if each gap is shorter', '-a--b--c--d--|', '-a--b--c--d--|'],
    ['never after the end', '-a|', '-a|'],
    ['never after an error', '-a#', '-a#'],
    ['from the latest of several values in a frame', '-(ab)-----', '-(ab)#'],
  ])('errors %s', (_, source, expected) => {
    marbles(({ cold, expectObservable }) => {
      const error = source.includes('#') ? 'error' : idle;
      expectObservable(cold(source).pipe(failWhenIdle({ ms: 4 }))).toBe(expected, undefined, error);
    });
  });

  it('unsubscribes from the source', () => {
    marbles(({ cold, expectSubscriptions, expectObservable }) => {
      const source$ = cold('-a-------');
      expectObservable(source$.pipe(failWhenIdle({ ms: 4 }))).toBe('-a---#', undefined, idle);
      expectSubscriptions(source$.subscriptions).toBe('^----!');
    });
  });

  it('counts from the subscription with `immediate`', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('------a').pipe(failWhenIdle({ ms: 4, immediate: true }))).toBe(
        '----#',
        undefined,
        idle,
      );
    });
  });

  it('counts only activity', () => {
    marbles(({ cold, expectObservable }) => {
      const isActivity = (value: string): boolean => value === 'a';
      expectObservable(cold('-a-b--b-b').pipe(failWhenIdle({ ms: 4, isActivity }))).toBe(
        '-a-b-#',
        undefined,
        idle,
      );
    });
  });

  it('does not count while a gate is closed', () => {
    marbles(({ cold, expectObservable }) => {
      const gate = new ReadGate();
      let release = (): void => undefined;
      cold('--h').subscribe(() => {
        release = gate.hold();
      });
      cold('---------r').subscribe(() => release());
      expectObservable(cold('-a-----------------').pipe(failWhenIdle({ ms: 4, gate }))).toBe(
        '-a-----------#',
        undefined,
        idle,
      );
    });
  });
});
