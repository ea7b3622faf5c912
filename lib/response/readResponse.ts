import {
  asyncScheduler,
  defer,
  Observable,
  Subscription,
  takeUntil,
  tap,
  type Observer,
  type OperatorFunction,
  type Subscriber,
} from 'rxjs';

import { ConnectionError, isChatError, messageOf, ProtocolError } from '../errors';
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
      const reader = new ResponseReader(read, subscriber);
      // Registered first: a transport may emit everything while it is being subscribed to.
      subscriber.add(() => reader.release());
      // A hook may have unsubscribed before anything was sent.
      if (!subscriber.closed) response$.pipe(takeUntil(reader.abort$)).subscribe(reader);
    });
}

/** A class and no closures: engines drop the compiled code of a closure with the subscription that it was made for. */
class ResponseReader<T> implements Observer<ResponseHead | Bytes> {
  /** Emits when the source has to be unsubscribed from. Subscribed to once. */
  readonly abort$ = new Observable<void>((aborted) => {
    this.#aborted = aborted;
  });
  readonly #read: (head: ResponseHead) => OperatorFunction<Bytes, T>;
  readonly #subscriber: Subscriber<T>;
  #aborted: Subscriber<void> | undefined;
  #hasHead = false;
  #body: Subscriber<Bytes> | undefined;
  /** Whether the body has ended or was aborted: nothing that still arrives counts. */
  #isOver = false;
  /** Bytes since the answer was complete; undefined before that. */
  #drained: number | undefined;
  #drainTimer = Subscription.EMPTY;

  constructor(read: (head: ResponseHead) => OperatorFunction<Bytes, T>, subscriber: Subscriber<T>) {
    this.#read = read;
    this.#subscriber = subscriber;
  }

  next(part: ResponseHead | Bytes): void {
    if (isResponseHead(part)) {
      if (!this.#hasHead) this.#startReading(part);
    } else if (!this.#hasHead) {
      this.#subscriber.error(
        new ProtocolError('the transport emitted bytes before the head: emit the head first'),
      );
    } else if (this.#drained === undefined) {
      this.#body?.next(part);
    } else {
      this.#drain(this.#drained + part.byteLength);
    }
  }

  error(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const failure = isChatError(error) ? error : transportFailure(error, this.#hasHead);
    if (this.#body) this.#body.error(failure);
    else this.#subscriber.error(failure);
    this.#abort();
  }

  complete(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (!this.#hasHead)
      this.#subscriber.error(
        new ProtocolError('the transport completed without a head: emit one, or an error'),
      );
    this.#body?.complete();
    this.#abort();
  }

  /** Drains the rest of the body of a complete answer, and aborts any other response. */
  release(): void {
    if (this.#drained === undefined || this.#isOver) this.#abort();
    else this.#drainTimer = asyncScheduler.schedule(() => this.#abort(), DRAIN.ms);
  }

  #startReading(head: ResponseHead): void {
    this.#hasHead = true;
    // Subscribed to once: a Subject would cost as much as five operators.
    const read$ = new Observable<Bytes>((body) => {
      this.#body = body;
    });
    defer(() => this.#read(head)(read$))
      .pipe(tap({ complete: () => this.#drain(0) }))
      .subscribe(this.#subscriber);
  }

  #drain(bytes: number): void {
    this.#drained = bytes;
    if (bytes > DRAIN.bytes) this.#abort();
  }

  #abort(): void {
    this.#isOver = true;
    this.#drainTimer.unsubscribe();
    this.#aborted?.next();
  }
}

function transportFailure(error: unknown, hasHead: boolean): ConnectionError {
  const reason = messageOf(error);
  return new ConnectionError(`the transport failed: ${reason}`, hasHead ? 'body' : 'connect', null, error);
}
