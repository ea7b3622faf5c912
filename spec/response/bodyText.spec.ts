import { from, NEVER, of, Subject, VirtualTimeScheduler } from 'rxjs';

import { ERROR_BODY_MS, textUpTo, fullText } from '../../lib/response/bodyText';
import { LimitError } from '../../lib/errors';
import { marbles } from '../helpers/marbles';
import { bytesOf, outcomeOf, readsOf } from '../helpers/reads';

const reset = new Error('reset');

describe('fullText', () => {
  it('emits the text of all reads, when the body has ended', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a--b--|', { a: bytesOf('Hel'), b: bytesOf('lo') });
      const subs = '         ^------!';
      const expected = '     -------(x|)';
      expectObservable(source$.pipe(fullText(16))).toBe(expected, { x: 'Hello' });
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('emits an empty text for an empty body', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<Uint8Array>('--|').pipe(fullText(16))).toBe('--(x|)', { x: '' });
    });
  });

  it('waits for the end of the body, however long', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('-a 60s -', { a: bytesOf('a') }).pipe(fullText(16))).toBe('-');
    });
  });

  it('joins characters that reads cut, and drops a byte order mark', () => {
    const reads = readsOf(bytesOf('\uFEFF{"é":"🙂"}'), 1);
    expect(outcomeOf(from(reads).pipe(fullText(16))).values).toEqual(['{"é":"🙂"}']);
  });

  it('holds a text of exactly the limit', () => {
    expect(outcomeOf(from(readsOf(bytesOf('x'.repeat(16)), 3)).pipe(fullText(16)))).toMatchObject({
      end: 'complete',
    });
  });

  it('fails at the read that goes over the limit, and unsubscribes from the body', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a--b--c-|', { a: bytesOf('x'.repeat(16)), b: bytesOf('y'), c: bytesOf('z') });
      const expected = '     ----#';
      expectObservable(source$.pipe(fullText(16))).toBe(expected, undefined, new LimitError('answer', 16));
      expectSubscriptions(source$.subscriptions).toBe('^---!');
    });
  });

  it('errors without a text if the body breaks', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a-#', { a: bytesOf('a') }, reset);
      expectObservable(source$.pipe(fullText(16))).toBe('---#', undefined, reset);
    });
  });

  it('starts from the beginning with every subscription', () => {
    const whole$ = of(bytesOf('a')).pipe(fullText(16));
    expect(outcomeOf(whole$).values).toEqual(['a']);
    expect(outcomeOf(whole$).values).toEqual(['a']);
  });

  it('unsubscribes from its source at an early unsubscribe', () => {
    const read$ = new Subject<Uint8Array>();
    read$.pipe(fullText(16)).subscribe().unsubscribe();
    expect(read$.observed).toBe(false);
  });
});

describe('textUpTo', () => {
  it('emits the text of all reads, when the body has ended', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a--b--|', { a: bytesOf('Hel'), b: bytesOf('lo') });
      const expected = '     -------(x|)';
      expectObservable(source$.pipe(textUpTo(16))).toBe(expected, { x: 'Hello' });
      expectSubscriptions(source$.subscriptions).toBe('^------!');
    });
  });

  it('emits an empty text for an empty body', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<Uint8Array>('--|').pipe(textUpTo(16))).toBe('--(x|)', { x: '' });
    });
  });

  it('stops at the limit and unsubscribes from the body', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a--b--|', { a: bytesOf('123456789'), b: bytesOf('1234567890') });
      const expected = '     ----(x|)';
      expectObservable(source$.pipe(textUpTo(16))).toBe(expected, { x: '1234567891234567' });
      expectSubscriptions(source$.subscriptions).toBe('^---!');
    });
  });

  it('completes at a text of exactly the limit', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a--', { a: bytesOf('x'.repeat(16)) });
      expectObservable(source$.pipe(textUpTo(16))).toBe('-(x|)', { x: 'x'.repeat(16) });
    });
  });

  it('stops after a second with what it has', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(` -a 2s b|`, { a: bytesOf('so far'), b: bytesOf('late') });
      const subs = `         ^ ${ERROR_BODY_MS - 1}ms !`;
      const expected = `     ${ERROR_BODY_MS}ms (x|)`;
      expectObservable(source$.pipe(textUpTo(16))).toBe(expected, { x: 'so far' });
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('counts the second from the head, not from the last read', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' 600ms a 600ms b', { a: bytesOf('a'), b: bytesOf('b') });
      expectObservable(source$.pipe(textUpTo(16))).toBe('1s (x|)', { x: 'a' });
    });
  });

  it('emits an empty text for a body that never emits', () => {
    marbles(({ expectObservable }) => {
      expectObservable(NEVER.pipe(textUpTo(16))).toBe('1s (x|)', { x: '' });
    });
  });

  it('times the second by the given scheduler', () => {
    const scheduler = new VirtualTimeScheduler();
    const texts: string[] = [];
    NEVER.pipe(textUpTo(16, scheduler)).subscribe((text) => texts.push(text));
    scheduler.flush();
    expect(scheduler.frame).toBe(ERROR_BODY_MS);
    expect(texts).toEqual(['']);
  });

  it('waits a second', () => {
    expect(ERROR_BODY_MS).toBe(1_000);
  });

  it('emits the text before the body breaks', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a-#', { a: bytesOf('so far') }, reset);
      expectObservable(source$.pipe(textUpTo(16))).toBe('---(x|)', { x: 'so far' });
    });
  });

  it('marks a character that the end of the body cut', () => {
    const read$ = of(bytesOf('a√').slice(0, 2));
    expect(outcomeOf(read$.pipe(textUpTo(16))).values).toEqual(['a\uFFFD']);
  });

  it('leaves no timer behind after unsubscription', () => {
    jest.useFakeTimers();
    try {
      const some = NEVER.pipe(textUpTo(16)).subscribe();
      expect(jest.getTimerCount()).toBe(1);
      some.unsubscribe();
      outcomeOf(of(bytesOf('a')).pipe(textUpTo(16)));
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });
});
