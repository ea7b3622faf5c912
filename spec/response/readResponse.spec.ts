import {
  catchError,
  concat,
  concatWith,
  defer,
  delay,
  EMPTY,
  finalize,
  map,
  NEVER,
  Observable,
  of,
  pipe,
  reduce,
  Subject,
  take,
  takeWhile,
  tap,
  throwError,
  type OperatorFunction,
} from 'rxjs';

import { readResponse } from '../../lib/response/readResponse';
import type { Bytes, ResponseHead } from '../../lib/transport/transport';
import { ConnectionError, ProtocolError, RequestError, TruncatedError } from '../../lib/errors';
import { comparable, marbles } from '../helpers/marbles';
import { bytesOf, outcomeOf } from '../helpers/reads';

const head: ResponseHead = { status: 200, headers: { 'content-type': 'text/plain' } };
const other: ResponseHead = { status: 500, headers: {} };

/** In the marbles, `h` is the head, a letter a read of one byte, `Z` the last that the answer needs. */
const parts = {
  h: head,
  o: other,
  ...Object.fromEntries(['a', 'b', 'c', 'Z'].map((letter) => [letter, bytesOf(letter)])),
} as Readonly<Record<string, ResponseHead | Bytes>>;

const letters = map((read: Bytes) => new TextDecoder().decode(read));
const untilZ = (): OperatorFunction<Bytes, string> =>
  pipe(
    letters,
    takeWhile((letter) => letter !== 'Z', true),
  );

/** Reads responses of any head; a value that was emitted counts as the beginning. */
function readWith<T>(
  readBody: (head: ResponseHead) => OperatorFunction<Bytes, T>,
): OperatorFunction<ResponseHead | Bytes, T> {
  return (response$) =>
    defer(() => {
      let hasBegun = false;
      return response$.pipe(
        readResponse(
          (given) =>
            pipe(
              readBody(given),
              tap(() => (hasBegun = true)),
            ),
          () => hasBegun,
        ),
      );
    });
}

const read = readWith(untilZ);
const reset = new Error('reset');

describe('readResponse', () => {
  it('reads everything after the head, up to the end of the body', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -h-a-b-|', parts);
      const subs = '         ^------!';
      const expected = '     ---a-b-|';
      expectObservable(source$.pipe(read)).toBe(expected);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('reads an answer without a body', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('-h-|', parts).pipe(read)).toBe('---|');
    });
  });

  it('emits nothing before the head, nor before the body', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const none$ = cold<ResponseHead>('---');
      const silent$ = cold('-h-', parts);
      expectObservable(none$.pipe(read)).toBe('---');
      expectObservable(silent$.pipe(read)).toBe('---');
      expectSubscriptions(none$.subscriptions).toBe('^--');
    });
  });

  it('selects the reader of the body by the head', () => {
    const seen: ResponseHead[] = [];
    const byStatus = readWith((given) => {
      seen.push(given);
      return given.status === 200 ? letters : map((bytes: Bytes) => String(bytes.length));
    });
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('h-a-|', parts).pipe(byStatus)).toBe('--a-|');
      expectObservable(cold('o-a-|', parts).pipe(byStatus)).toBe('--1-|');
    });
    expect(seen).toEqual([head, other]);
  });

  describe('at another head, of a transport that has sent the request again,', () => {
    const sentAgain = new ConnectionError(
      'the connection broke in the middle of the answer: the transport sent the request again, leave retries to retryChat',
      'body',
    );

    it('reads its response if nothing of the one before was emitted', () => {
      const whole = readWith(() =>
        pipe(
          letters,
          reduce((text, letter) => text + letter, ''),
        ),
      );
      marbles(({ cold, expectObservable }) => {
        expectObservable(cold('-o-h-a-|', parts).pipe(read)).toBe('-----a-|');
        expectObservable(cold('-o-a-b-h-c-|', parts).pipe(whole)).toBe('-----------(c|)');
        expectObservable(cold('-(oahbohc)-|', parts).pipe(whole)).toBe('-----------(c|)');
      });
    });

    it('fails if a value was emitted, and aborts', () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const source$ = cold(' -h-a-h-b-|', parts);
        const subs = '         ^----!';
        const expected = '     ---a-#';
        expectObservable(source$.pipe(read)).toBe(expected, undefined, sentAgain);
        expectSubscriptions(source$.subscriptions).toBe(subs);
      });
    });

    it('fails by default, whatever was emitted', () => {
      marbles(({ cold, expectObservable }) => {
        const result$ = cold('-h-h-a-|', parts).pipe(readResponse(() => letters));
        expectObservable(result$).toBe('---#', undefined, sentAgain);
      });
    });

    it('lets the reader of the body decide whether the answer was complete', () => {
      const complete = readWith(() =>
        pipe(
          letters,
          catchError(() => of('E')),
        ),
      );
      marbles(({ cold, expectObservable }) => {
        expectObservable(cold('-h-a-h-b-|', parts).pipe(complete)).toBe('---a-(E|)');
      });
    });

    it('ignores it after a complete answer', () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const source$ = cold(' -h-Z-h-a-|', parts);
        const subs = '         ^--------!';
        expectObservable(source$.pipe(read)).toBe('---(Z|)');
        expectSubscriptions(source$.subscriptions).toBe(subs);
      });
    });

    it('unsubscribes from the reader of the response before', () => {
      const unsubscribed: number[] = [];
      const counted = readWith(({ status }) =>
        pipe(
          letters,
          finalize(() => unsubscribed.push(status)),
        ),
      );
      const response$ = new Subject<ResponseHead | Bytes>();
      response$.pipe(counted).subscribe();
      response$.next(other);
      response$.next(head);
      expect(unsubscribed).toEqual([500]);
    });
  });

  it.each([null, undefined, 'text', 5, {}, [], { status: 200 }, { headers: {} }])(
    'fails at %j, which is neither a head nor bytes',
    (part) => {
      const error = new ProtocolError('the transport emitted another value: emit a head, then Uint8Arrays');
      marbles(({ expectObservable }) => {
        expectObservable(of(part as unknown as Bytes).pipe(read)).toBe('#', undefined, error);
        expectObservable(of(head, part as unknown as Bytes).pipe(read)).toBe('#', undefined, error);
      });
    },
  );

  describe('fails', () => {
    it('at bytes before the head, and aborts', () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const source$ = cold(' -a-h-|', parts);
        const expected = '     -#';
        const error = new ProtocolError('the transport emitted bytes first: emit a head, then Uint8Arrays');
        expectObservable(source$.pipe(read)).toBe(expected, undefined, error);
        expectSubscriptions(source$.subscriptions).toBe('^!');
      });
    });

    it('without a head', () => {
      marbles(({ cold, expectObservable }) => {
        const error = new ProtocolError(
          'the transport completed without a head: emit a head, then Uint8Arrays',
        );
        expectObservable(cold<ResponseHead>('--|').pipe(read)).toBe('--#', undefined, error);
      });
    });

    it("with a ConnectionError at an error of the transport's own", () => {
      marbles(({ cold, expectObservable }) => {
        const before = new ConnectionError('the transport failed: reset', 'connect');
        const after = new ConnectionError('the transport failed: reset', 'body');
        expectObservable(cold<ResponseHead>('--#', {}, reset).pipe(read)).toBe('--#', undefined, before);
        expectObservable(cold('-h-a-#', parts, reset).pipe(read)).toBe('---a-#', undefined, after);
      });
    });

    it.each([
      ['reset', 'the transport failed: reset'],
      [undefined, 'the transport failed: undefined'],
      [{ status: 0 }, 'the transport failed: {"status":0}'],
    ])('with a text, if the transport throws a value that is not an error: %j', (thrown, message) => {
      const { error } = outcomeOf(throwError((): unknown => thrown).pipe(read));
      expect(comparable(error)).toEqual(comparable(new ConnectionError(message, 'connect')));
      expect((error as Error).cause).toBe(thrown);
    });

    it('when the transport throws while it is subscribed to', () => {
      const thrown = new Observable<ResponseHead>(() => {
        throw reset;
      });
      const called = defer((): Observable<ResponseHead> => {
        throw reset;
      });
      for (const source$ of [thrown, called]) {
        const { error } = outcomeOf(source$.pipe(read));
        expect(comparable(error)).toEqual(
          comparable(new ConnectionError('the transport failed: reset', 'connect')),
        );
        expect((error as Error).cause).toBe(reset);
      }
    });

    it.each([
      new TypeError('send is not a function'),
      new TypeError("Cannot read properties of undefined (reading 'ok')"),
      new ReferenceError('TextEncoder is not defined'),
    ])(
      'with a RequestError at a mistake in the code of the transport, which no retry repairs: %s',
      (mistake) => {
        marbles(({ cold, expectObservable }) => {
          const error = new RequestError(`the transport has thrown: ${mistake.message}`);
          expectObservable(cold<ResponseHead>('--#', {}, mistake).pipe(read)).toBe('--#', undefined, error);
          expectObservable(cold('-h-a-#', parts, mistake).pipe(read)).toBe('---a-#', undefined, error);
        });
      },
    );

    it('with an error of this library unchanged', () => {
      const error = new ConnectionError('cannot reach it', 'connect', 'ECONNREFUSED');
      expect(outcomeOf(throwError(() => error).pipe(read)).error).toBe(error);
      expect(
        outcomeOf(
          concat(
            of(head),
            throwError(() => error),
          ).pipe(read),
        ).error,
      ).toBe(error);
    });

    it('when the choice throws, and aborts', () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const source$ = cold(' -h-a-|', parts);
        const expected = '     -#';
        const result$ = source$.pipe(
          readWith(() => {
            throw reset;
          }),
        );
        expectObservable(result$).toBe(expected, undefined, reset);
        expectSubscriptions(source$.subscriptions).toBe('^!');
      });
    });

    it('when the reader of the body does, and aborts at once', () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const source$ = cold(' -h-a-Z-b-|', parts);
        const subs = '         ^----!';
        const expected = '     ---a-#';
        const failAtZ = tap((letter: string) => {
          if (letter === 'Z') throw new TruncatedError();
        });
        expectObservable(source$.pipe(readWith(() => pipe(letters, failAtZ)))).toBe(
          expected,
          undefined,
          new TruncatedError(),
        );
        expectSubscriptions(source$.subscriptions).toBe(subs);
      });
    });
  });

  it('passes the error of a broken body to the reader of the body', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -h-a-#', parts, reset);
      const expected = '     ---a-(e|)';
      const mend = catchError((error: unknown) => of(error instanceof ConnectionError ? 'e' : '?'));
      expectObservable(source$.pipe(readWith(() => pipe(letters, mend)))).toBe(expected);
    });
  });

  it('emits values of the reader after the body has ended', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -h-a-|', parts);
      const subs = '         ^----!';
      const expected = '     --------(ae|)';
      const late = (): OperatorFunction<Bytes, string> => pipe(letters, delay(5), concatWith(of('e')));
      expectObservable(source$.pipe(readWith(late))).toBe(expected);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  describe('when the answer is complete before the body', () => {
    it('completes at once, and drains the body for 100 ms', () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const source$ = cold(' -h-a-Z-b-c 200ms |', parts);
        const subs = '         ^---- 100ms !';
        const expected = '     ---a-(Z|)';
        expectObservable(source$.pipe(read)).toBe(expected);
        expectSubscriptions(source$.subscriptions).toBe(subs);
      });
    });

    it('drains no longer than the body lasts', () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const source$ = cold(' -h-Z-b 50ms |', parts);
        const subs = '         ^----- 50ms !';
        const expected = '     ---(Z|)';
        expectObservable(source$.pipe(read)).toBe(expected);
        expectSubscriptions(source$.subscriptions).toBe(subs);
      });
    });

    it('drains no more than 64 KiB', () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const x = new Uint8Array(32 * 1024);
        const exact$ = cold(' -h-Z-x-x---- 200ms |', { ...parts, x });
        const subs = '        ^-- 100ms !';
        const over$ = cold('  -h-Z-x-x-b-- 200ms |', { ...parts, x });
        const overSubs = '    ^--------!';
        expectObservable(exact$.pipe(read)).toBe('---(Z|)');
        expectObservable(over$.pipe(read)).toBe('---(Z|)');
        expectSubscriptions(exact$.subscriptions).toBe(subs);
        expectSubscriptions(over$.subscriptions).toBe(overSubs);
      });
    });

    it('counts what it drains only from there', () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const x = new Uint8Array(60 * 1024).fill(0x78);
        const source$ = cold(' -h-x-Z-x-- 200ms |', { ...parts, x });
        const subs = '         ^---- 100ms !';
        expectObservable(
          source$.pipe(
            read,
            map((text) => text[0]),
          ),
        ).toBe('---x-(Z|)');
        expectSubscriptions(source$.subscriptions).toBe(subs);
      });
    });

    it('ignores an error while it drains', () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const source$ = cold(' -h-Z-#', parts, reset);
        const subs = '         ^----!';
        expectObservable(source$.pipe(read)).toBe('---(Z|)');
        expectSubscriptions(source$.subscriptions).toBe(subs);
      });
    });

    it('drains also when no read was needed', () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const source$ = cold(' -h-a- 200ms |', parts);
        const subs = '         ^ 100ms !';
        expectObservable(source$.pipe(readWith(() => () => EMPTY))).toBe('-|');
        expectSubscriptions(source$.subscriptions).toBe(subs);
      });
    });
  });

  describe('when it is unsubscribed from', () => {
    it('aborts at once, before the head', () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const source$ = cold(' ---h-a-|', parts);
        const unsub = '        -!';
        expectObservable(source$.pipe(read), unsub).toBe('--');
        expectSubscriptions(source$.subscriptions).toBe('^!');
      });
    });

    it('aborts at once, between reads', () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const source$ = cold(' -h-a-b-|', parts);
        const unsub = '        ----!';
        expectObservable(source$.pipe(read), unsub).toBe('---a-');
        expectSubscriptions(source$.subscriptions).toBe('^---!');
      });
    });

    it('aborts at once, in the middle of a read', () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const source$ = cold(' -h-a-b-|', parts);
        expectObservable(source$.pipe(read, take(1))).toBe('---(a|)');
        expectSubscriptions(source$.subscriptions).toBe('^--!');
      });
    });

    it('aborts at once, at the read the answer would be complete with', () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const source$ = cold(' -h-Z-b-|', parts);
        expectObservable(source$.pipe(read, take(1))).toBe('---(Z|)');
        expectSubscriptions(source$.subscriptions).toBe('^--!');
      });
    });

    it('does not complete the body', () => {
      const told: string[] = [];
      const look = tap<Bytes>({ complete: () => told.push('complete'), error: () => told.push('error') });
      concat(of(head), NEVER)
        .pipe(readWith(() => look))
        .subscribe()
        .unsubscribe();
      expect(told).toEqual([]);
    });

    it('unsubscribes from the reader of the body', () => {
      const last: string[] = [];
      const late = (): OperatorFunction<Bytes, string> => (read$) =>
        new Observable((subscriber) => {
          read$.pipe(letters).subscribe(subscriber);
          return () => last.push('unsubscribed');
        });
      concat(of(head), NEVER).pipe(readWith(late)).subscribe().unsubscribe();
      expect(last).toEqual(['unsubscribed']);
    });
  });

  describe('of a transport that emits while it is subscribed to', () => {
    /** Emits it all at once, and counts what it was let emit. */
    function atOnce(...all: ReadonlyArray<ResponseHead | Bytes>): {
      answer$: Observable<ResponseHead | Bytes>;
      log: string[];
    } {
      const log: string[] = [];
      const answer$ = new Observable<ResponseHead | Bytes>((subscriber) => {
        for (const [i, part] of all.entries()) {
          if (subscriber.closed) break;
          log.push(String(i));
          subscriber.next(part);
        }
        subscriber.complete();
        return () => log.push('unsubscribed');
      });
      return { answer$, log };
    }

    it('reads it all', () => {
      const { answer$, log } = atOnce(head, bytesOf('a'), bytesOf('b'));
      expect(outcomeOf(answer$.pipe(read))).toEqual({ values: ['a', 'b'], end: 'complete' });
      expect(log).toEqual(['0', '1', '2', 'unsubscribed']);
    });

    it('drains what follows the complete answer', () => {
      const { answer$, log } = atOnce(head, bytesOf('Z'), bytesOf('a'));
      expect(outcomeOf(answer$.pipe(read))).toEqual({ values: ['Z'], end: 'complete' });
      expect(log).toEqual(['0', '1', '2', 'unsubscribed']);
    });

    it('unsubscribes from it when a consumer unsubscribes', () => {
      const { answer$, log } = atOnce(head, bytesOf('a'), bytesOf('b'));
      expect(outcomeOf(answer$.pipe(read, take(1)))).toEqual({ values: ['a'], end: 'complete' });
      expect(log).toEqual(['0', '1', 'unsubscribed']);
    });

    it('unsubscribes from it at an error', () => {
      const { answer$, log } = atOnce(bytesOf('a'), head, bytesOf('b'));
      expect(outcomeOf(answer$.pipe(read)).error).toBeInstanceOf(ProtocolError);
      expect(log).toEqual(['0', 'unsubscribed']);
    });

    it('fails as it fails', () => {
      const outcome = outcomeOf(
        concat(
          of(head, bytesOf('a')),
          throwError(() => reset),
        ).pipe(read),
      );
      expect(outcome).toMatchObject({
        values: ['a'],
        end: 'error',
        error: { _tag: 'ConnectionError', phase: 'body' },
      });
    });
  });

  it('starts from the beginning with every subscription', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -h-a-Z-|', parts);
      const answer$ = source$.pipe(read);
      expectObservable(answer$).toBe('       ---a-(Z|)');
      expectObservable(answer$, '---^').toBe('------a-(Z|)');
      expectSubscriptions(source$.subscriptions).toBe(['^------!', '---^------!']);
    });
  });

  it.each([
    ['ended', (part$: Subject<ResponseHead | Bytes>) => part$.complete()],
    ['broken', (part$: Subject<ResponseHead | Bytes>) => part$.error(reset)],
  ])('leaves no timer behind once the body has %s', (_, end) => {
    jest.useFakeTimers();
    try {
      const part$ = new Subject<ResponseHead | Bytes>();
      part$.pipe(read).subscribe();
      part$.next(head);
      part$.next(bytesOf('Z'));
      expect(jest.getTimerCount()).toBe(1);
      end(part$);
      expect(jest.getTimerCount()).toBe(0);
      expect(part$.observed).toBe(false);
    } finally {
      jest.useRealTimers();
    }
  });

  it('leaves no timer behind when more is drained than it may be', () => {
    jest.useFakeTimers();
    try {
      const part$ = new Subject<ResponseHead | Bytes>();
      part$.pipe(read).subscribe();
      part$.next(head);
      part$.next(bytesOf('Z'));
      part$.next(new Uint8Array(2 ** 17));
      expect(jest.getTimerCount()).toBe(0);
      expect(part$.observed).toBe(false);
    } finally {
      jest.useRealTimers();
    }
  });
});
