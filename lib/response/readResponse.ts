import {
  asyncScheduler,
  defer,
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

/** Limits for the rest of a body whose answer is complete: milliseconds, and bytes. */
const DRAIN = { ms: 100, bytes: 64 * 1024 };

/**
 * Reads a response: `read` returns the operator for the body, given the head.
 *
 * That operator may complete before the body does, at `[DONE]`. The result then completes at once, and the rest of the body
 * is drained in the background for a moment: its last read often arrives a few milliseconds later, and an abort before that
 * would prevent the reuse of the connection every time. An error, or unsubscribing, aborts at once.
 *
 * @returns An operator that errors with {@link ProtocolError} if a transport emits bytes before a head or completes without
 * one, and with {@link ConnectionError} in the place of an error that is not of this library.
 */
export function readResponse<T>(
  read: (head: ResponseHead) => OperatorFunction<Bytes, T>,
): OperatorFunction<ResponseHead | Bytes, T> {
  return (response$) =>
    new Observable<T>((subscriber) => {
      const abort$ = new Subject<void>();
      let body: Subscriber<Bytes> | undefined;
      let hasHead = false;
      let isOver = false; // The body has ended or was aborted: nothing that still arrives counts.
      let drained: number | undefined; // Bytes since the answer was complete; undefined before that.
      let drainTimer = Subscription.EMPTY;

      const abort = (): void => {
        isOver = true;
        drainTimer.unsubscribe();
        abort$.next();
      };

      // Registered first: a transport may emit everything while it is being subscribed to.
      subscriber.add(() => {
        if (drained === undefined || isOver) abort();
        else drainTimer = asyncScheduler.schedule(abort, DRAIN.ms);
      });
      // A hook may have unsubscribed before anything was sent.
      if (subscriber.closed) return;

      const startReading = (head: ResponseHead): void => {
        hasHead = true;
        // Subscribed to once: a Subject would cost as much as five operators.
        const read$ = new Observable<Bytes>((reader) => {
          body = reader;
        });
        defer(() => read(head)(read$))
          .pipe(
            tap({
              complete: () => {
                drained = 0;
              },
            }),
          )
          .subscribe(subscriber);
      };

      const drain = ({ byteLength }: Bytes): void => {
        drained = (drained ?? 0) + byteLength;
        if (drained > DRAIN.bytes) abort();
      };

      response$.pipe(takeUntil(abort$)).subscribe({
        next: (part) => {
          if (isResponseHead(part)) {
            if (!hasHead) startReading(part);
          } else if (!hasHead) {
            subscriber.error(
              new ProtocolError('the transport emitted bytes before the head: emit the head first'),
            );
          } else if (drained === undefined) {
            body?.next(part);
          } else {
            drain(part);
          }
        },
        error: (error: unknown) => {
          if (isOver) return;
          isOver = true;
          const failure = isChatError(error) ? error : transportFailure(error, hasHead);
          if (body) body.error(failure);
          else subscriber.error(failure);
          abort();
        },
        complete: () => {
          if (isOver) return;
          isOver = true;
          if (!hasHead)
            subscriber.error(
              new ProtocolError('the transport completed without a head: emit one, or an error'),
            );
          body?.complete();
          abort();
        },
      });
    });
}

function transportFailure(error: unknown, hasHead: boolean): ConnectionError {
  const reason = error instanceof Error ? error.message : String(error);
  return new ConnectionError(`the transport failed: ${reason}`, hasHead ? 'body' : 'connect', null, error);
}
