import {
  asyncScheduler,
  defer,
  Observable,
  Subject,
  Subscription,
  takeUntil,
  type OperatorFunction,
} from 'rxjs';

import { ConnectionError, isChatError, ProtocolError } from '../errors';
import { isHead, type Bytes, type Head } from './transport';

/** How long, in milliseconds, and how many bytes a body may go on after its answer is complete. */
const DRAIN = { ms: 100, bytes: 64 * 1024 };

/**
 * Reads an answer: the head decides how the bytes are read.
 *
 * What `choose` gives may complete before the body does, at `[DONE]`. The result then completes at once, and the
 * rest of the body is drained out of sight for a moment: its last piece often comes a few milliseconds later, and
 * to abort there would cost the connection its reuse, every time. Unsubscribing, or an error, lets go at once.
 *
 * A transport that fails in a way of its own is given a {@link ConnectionError}.
 */
export function readAnswer<T>(
  choose: (head: Head) => OperatorFunction<Bytes, T>,
): OperatorFunction<Head | Bytes, T> {
  return (answer$) =>
    new Observable<T>((subscriber) => {
      const read$ = new Subject<Bytes>();
      const letGo$ = new Subject<void>();
      let begun = false;
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

      const begin = (head: Head): void => {
        begun = true;
        subscriber.add(
          defer(() => choose(head)(read$)).subscribe({
            next: (value) => subscriber.next(value),
            error: (error: unknown) => subscriber.error(error),
            complete: () => {
              drained = 0;
              subscriber.complete();
            },
          }),
        );
      };

      answer$.pipe(takeUntil(letGo$)).subscribe({
        next: (part) => {
          if (isHead(part)) {
            if (!begun) begin(part);
          } else if (!begun) {
            subscriber.error(new ProtocolError('the transport emitted bytes before the head'));
          } else if (drained === undefined) {
            read$.next(part);
          } else {
            drained += part.byteLength;
            if (drained > DRAIN.bytes) letGo();
          }
        },
        error: (error: unknown) => {
          if (over) return;
          over = true;
          const told = isChatError(error) ? error : lost(error, begun);
          if (begun) read$.error(told);
          else subscriber.error(told);
          letGo();
        },
        complete: () => {
          if (over) return;
          over = true;
          if (begun) read$.complete();
          else subscriber.error(new ProtocolError('the transport ended without a head'));
          letGo();
        },
      });
    });
}

function lost(error: unknown, begun: boolean): ConnectionError {
  const reason = error instanceof Error ? error.message : String(error);
  return new ConnectionError(`the transport failed: ${reason}`, begun ? 'body' : 'connect', null, error);
}
