import {
  asyncScheduler,
  defer,
  Observable,
  Subscription,
  type OperatorFunction,
  type Subscriber,
} from 'rxjs';

import { classOf, ConnectionError, isChatError, messageOf, ProtocolError, type ChatError } from '../errors';
import { DirectObserver } from '../rx/DirectObserver';
import { codeMistake } from '../transport/codeMistake';
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
 * Another head voids the response before it: a transport that retries has sent the request again. Once that response has begun to
 * emit, the two cannot be joined.
 *
 * @param hasBegun - Whether the operator has begun to emit. It need not be exact for one that emits a single value, at its end.
 * Default: it has.
 * @returns An operator that errors with {@link ProtocolError} if a transport emits bytes before a head or completes without
 * one, and with {@link ConnectionError} at a head after values, and in the place of an error that is not of this library.
 */
export function readResponse<T>(
  read: (head: ResponseHead) => OperatorFunction<Bytes, T>,
  hasBegun: () => boolean = always,
): OperatorFunction<ResponseHead | Bytes, T> {
  return (response$) =>
    new Observable<T>((subscriber) => {
      const reader = new ResponseReader(read, hasBegun, subscriber);
      // Registered first: a transport may emit everything while it is being subscribed to.
      subscriber.add(() => reader.release());
      // A hook may have unsubscribed before anything was sent.
      if (!subscriber.closed) response$.subscribe(reader);
    });
}

/** A class and no closures: engines drop the compiled code of a closure with the subscription that it was made for. */
class ResponseReader<T> extends DirectObserver<ResponseHead | Bytes> {
  readonly #read: (head: ResponseHead) => OperatorFunction<Bytes, T>;
  readonly #subscriber: Subscriber<T>;
  readonly #hasBegun: () => boolean;
  #hasHead = false;
  #body: Subscriber<Bytes> | undefined;
  /** The values of the response of the last head. */
  #values = Subscription.EMPTY;
  /** Whether the operator for the body has completed. */
  #isComplete = false;
  /** Bytes since the answer was complete; undefined before that. */
  #drained: number | undefined;

  constructor(
    read: (head: ResponseHead) => OperatorFunction<Bytes, T>,
    hasBegun: () => boolean,
    subscriber: Subscriber<T>,
  ) {
    super();
    this.#read = read;
    this.#hasBegun = hasBegun;
    this.#subscriber = subscriber;
  }

  protected onNext(part: ResponseHead | Bytes): void {
    if (!isBytes(part)) {
      this.#begin(part);
    } else if (!this.#hasHead) {
      this.#subscriber.error(misfit('emitted bytes first'));
    } else if (this.#drained === undefined) {
      this.#body?.next(part);
    } else {
      this.#drain(this.#drained + part.byteLength);
    }
  }

  protected onError(error: unknown): void {
    const failure = isChatError(error) ? error : transportFailure(error, this.#hasHead);
    (this.#body ?? this.#subscriber).error(failure);
  }

  protected onComplete(): void {
    if (!this.#hasHead) this.#subscriber.error(misfit('completed without a head'));
    this.#body?.complete();
  }

  /** Drains the rest of the body of a complete answer, and aborts any other response. */
  release(): void {
    if (this.#drained === undefined || this.isStopped) this.unsubscribe();
    else this.add(asyncScheduler.schedule(() => this.unsubscribe(), DRAIN.ms));
  }

  #begin(head: ResponseHead): void {
    if (this.#drained !== undefined) return;
    if (!isResponseHead(head)) this.error(misfit('emitted another value'));
    else if (this.#hasHead && this.#hasBegun()) this.error(sentAgain());
    else {
      this.#hasHead = true;
      this.#values.unsubscribe();
      this.#values = this.#emitValues(head);
      this.#subscriber.add(this.#values);
      // Behind the teardown of the operator: what follows may send the next request.
      this.#values.add(() => this.#endAnswer());
    }
  }

  /** Emits the values of a body. By an observer, as `switchMap` costs a call several operators. */
  #emitValues(head: ResponseHead): Subscription {
    // Subscribed to once: a Subject would cost as much as five operators.
    const read$ = new Observable<Bytes>((body) => {
      this.#body = body;
    });
    return defer(() => this.#read(head)(read$)).subscribe(
      new ValueObserver(this.#subscriber, () => {
        this.#isComplete = true;
      }),
    );
  }

  /** Completes the result at the end of an answer. */
  #endAnswer(): void {
    if (!this.#isComplete) return;
    this.#drain(0);
    this.#subscriber.complete();
  }

  #drain(bytes: number): void {
    this.#drained = bytes;
    if (bytes > DRAIN.bytes) this.unsubscribe();
  }
}

/** Passes values and an error on. */
class ValueObserver<T> extends DirectObserver<T> {
  readonly #subscriber: Subscriber<T>;
  protected readonly onComplete: () => void;

  constructor(subscriber: Subscriber<T>, onComplete: () => void) {
    super();
    this.#subscriber = subscriber;
    this.onComplete = onComplete;
  }

  protected onNext(value: T): void {
    this.#subscriber.next(value);
  }

  protected onError(error: unknown): void {
    this.#subscriber.error(error);
  }
}

const always = (): boolean => true;

/** Whether a part is bytes, of any realm. */
const isBytes = (part: ResponseHead | Bytes): part is Bytes =>
  part instanceof Uint8Array || classOf(part) === 'Uint8Array';

/** JavaScript allows a transport that emits other values, or in another order. */
const misfit = (what: string): ProtocolError =>
  new ProtocolError(`the transport ${what}: emit a head, then Uint8Arrays`);

const sentAgain = (): ConnectionError =>
  new ConnectionError(
    'the connection broke in the middle of the answer: the transport sent the request again, leave retries to retryChat',
    'body',
  );

const transportFailure = (error: unknown, hasHead: boolean): ChatError =>
  codeMistake('transport', error) ??
  new ConnectionError(`the transport failed: ${messageOf(error)}`, hasHead ? 'body' : 'connect', null, {
    cause: error,
  });
