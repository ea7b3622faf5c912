import {
  asyncScheduler,
  defer,
  identity,
  noop,
  Observable,
  Subject,
  Subscription,
  takeUntil,
  tap,
  type OperatorFunction,
  type Subscriber,
} from 'rxjs';

import { ConnectionError, isChatError, ProtocolError } from '../errors';
import { isResponseHead, type Bytes, type ResponseHead } from '../transport/transport';

/** How long, in milliseconds, and how many bytes a body may go on after its answer is complete. */
const DRAIN = { ms: 100, bytes: 64 * 1024 };

/**
 * How a body is read: in one way, or in the way that its first byte decides, since its content type may be wrong.
 *
 * One byte and no more, so that the same bytes are read in the same way however the reads cut them; `''` stands for a
 * body without bytes.
 */
export type Reading<T> = OperatorFunction<Bytes, T> | ByFirstByte<T>;

interface ByFirstByte<T> {
  readonly byFirstByte: (first: string) => OperatorFunction<Bytes, T>;
}

/** Looks on while an answer is read. Not `tap`, which costs a step for each read and each value. */
export interface ResponseWatch<T> {
  /** A read of the body has come. */
  readonly onRead: () => void;
  /** A value is about to be emitted. */
  readonly onValue: (value: T) => void;
}

/**
 * Reads an answer: the head decides how the bytes are read.
 *
 * What `choose` gives may complete before the body does, at `[DONE]`. The result then completes at once, and the
 * rest of the body is drained out of sight for a moment: its last piece often comes a few milliseconds later, and
 * to abort there would cost the connection its reuse, every time. Unsubscribing, or an error, lets go at once.
 *
 * A transport that fails in a way of its own is given a {@link ConnectionError}.
 *
 * @param redact - Blots secrets out of what such a transport says.
 */
export function readResponse<T>(
  choose: (head: ResponseHead) => Reading<T>,
  { onRead, onValue }: ResponseWatch<T> = { onRead: noop, onValue: noop },
  redact: (text: string) => string = identity,
): OperatorFunction<ResponseHead | Bytes, T> {
  return (answer$) =>
    new Observable<T>((subscriber) => {
      const letGo$ = new Subject<void>();
      let begun = false;
      let byFirstByte: ByFirstByte<T>['byFirstByte'] | undefined; // While the first byte is waited for.
      let reads: Subscriber<Bytes> | undefined; // Whoever reads the body.
      let over = false; // The body has ended, or we have let go of it: nothing it still says counts.
      let wait = Subscription.EMPTY;
      let drained: number | undefined; // Bytes since the answer was complete; undefined while it is not.

      const letGo = (): void => {
        over = true;
        wait.unsubscribe();
        letGo$.next();
      };

      // Registered first: a transport may emit everything while it is being subscribed to.
      subscriber.add(() => {
        if (drained === undefined || over) letGo();
        else wait = asyncScheduler.schedule(letGo, DRAIN.ms);
      });
      // Let go of before anything was sent: a hook that looks on may do that.
      if (subscriber.closed) return;

      const read = (reading: () => OperatorFunction<Bytes, T>): void => {
        // Listened to once: a Subject would take as long as five operators.
        const read$ = new Observable<Bytes>((reader) => {
          reads = reader;
        });
        defer(() => reading()(read$))
          .pipe(
            tap({
              next: onValue,
              complete: () => {
                drained = 0;
              },
            }),
          )
          .subscribe(subscriber);
      };

      const begin = (head: ResponseHead): void => {
        begun = true;
        try {
          const reading = choose(head);
          if (typeof reading === 'function') read(() => reading);
          else ({ byFirstByte } = reading);
        } catch (error) {
          subscriber.error(error);
        }
      };

      const beginBy = (first: string): void => {
        const decide = byFirstByte;
        byFirstByte = undefined;
        if (decide !== undefined) read(() => decide(first));
      };

      answer$.pipe(takeUntil(letGo$)).subscribe({
        next: (part) => {
          onRead();
          if (isResponseHead(part)) {
            if (!begun) begin(part);
          } else if (!begun) {
            subscriber.error(new ProtocolError('the transport emitted bytes before the head'));
          } else if (drained === undefined) {
            if (byFirstByte !== undefined && part.byteLength > 0)
              beginBy(String.fromCharCode(...part.subarray(0, 1)));
            reads?.next(part);
          } else {
            drained += part.byteLength;
            if (drained > DRAIN.bytes) letGo();
          }
        },
        error: (error: unknown) => {
          if (over) return;
          over = true;
          const told = isChatError(error) ? error : lost(error, begun, redact);
          if (reads) reads.error(told);
          else subscriber.error(told);
          letGo();
        },
        complete: () => {
          if (over) return;
          over = true;
          if (!begun) subscriber.error(new ProtocolError('the transport ended without a head'));
          beginBy('');
          reads?.complete();
          letGo();
        },
      });
    });
}

function lost(error: unknown, begun: boolean, redact: (text: string) => string): ConnectionError {
  const reason = error instanceof Error ? error.message : String(error);
  return new ConnectionError(
    `the transport failed: ${redact(reason)}`,
    begun ? 'body' : 'connect',
    null,
    error,
  );
}
