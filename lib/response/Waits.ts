import { isRight } from 'fp-ts/Either';
import type { Subscriber } from 'rxjs';

import { ChatTimeoutError } from '../errors';
import { hasOutput } from '../fold/hasOutput';
import type { Ending } from './Ending';
import { DONE, Failure, type Payload } from './payload';
import type { ResponseContext } from './ResponseContext';
import { Wait } from './Wait';

/** The longest wait for usage after the finish reason, in milliseconds. */
const USAGE_MS = 120_000;

/** Milliseconds that the usage of a failed answer may take: OpenRouter sends it after the error. */
const FAILURE_MS = 100;

/**
 * The waits of one stream of chunks: for activity, and for the end of an answer that has its finish reasons.
 *
 * A finish reason never completes the stream by itself, because usage follows it. If the connection then stays open, the
 * answer completes after a grace time, or when it falls idle.
 */
export class Waits {
  readonly #context: ResponseContext;
  readonly #ending: Ending;
  readonly #wantsUsage: boolean;
  readonly #subscriber: Subscriber<never>;
  #hasBegun = false;
  #idle: Wait | undefined;
  /** The wait for payloads after the answer, and what they are. */
  #rest: Wait | undefined;
  #missing: Ending['missing'] = 'answer';

  /**
   * @param ending - The end of the answer so far.
   * @param wantsUsage - Whether the request wants usage, which follows the finish reason.
   * @param subscriber - Completes, or errors, when the stream is over without its end.
   */
  constructor(context: ResponseContext, ending: Ending, wantsUsage: boolean, subscriber: Subscriber<never>) {
    this.#context = context;
    this.#ending = ending;
    this.#wantsUsage = wantsUsage;
    this.#subscriber = subscriber;
  }

  /** Notes that bytes have arrived. */
  onRead(): void {
    if (this.#context.activity === 'bytes') this.#idle?.mark();
  }

  /** Notes that a payload has arrived, after it was added to the ending. */
  onPayload(payload: Payload): void {
    if (!this.#hasBegun) this.#context.onFirst();
    else if (isActivity(payload, this.#context.activity)) this.#idle?.mark();
    // Output after a finish reason is more of the answer. Other payloads may be heartbeats.
    if (this.#rest !== undefined && isActivity(payload, 'content')) this.#rest.mark();
    this.#hasBegun = true;
  }

  /**
   * Sets the timers for what is missing after the payloads of a read.
   *
   * Not at each payload: the finish reason, usage and `[DONE]` often arrive in one read, and need no timer then.
   */
  onEmitted(): void {
    if (!this.#hasBegun) return;
    if (this.#idle === undefined) {
      this.#idle = new Wait(this.#context.idle, () => this.#onIdle(), this.#context);
      this.#idle.start();
    }
    const { missing } = this.#ending;
    // A timer for every payload would cost as much as its decoding.
    if (missing === this.#missing) return;
    this.#missing = missing;
    this.#rest?.stop();
    this.#rest = new Wait(this.#graceOf(missing), () => this.#end(), this.#context);
    this.#rest.start();
  }

  stop(): void {
    this.#idle?.stop();
    this.#rest?.stop();
  }

  #onIdle(): void {
    if (this.#ending.missing === 'answer')
      this.#subscriber.error(new ChatTimeoutError('idle', this.#context.idle));
    else this.#end();
  }

  /** Milliseconds that an answer stays open, by what is missing. */
  #graceOf(missing: Ending['missing']): number {
    const { idle, grace } = this.#context;
    switch (missing) {
      case 'answer':
        return Infinity;
      case 'usage of a failure':
        return FAILURE_MS;
      case 'usage':
        return this.#wantsUsage ? Math.max(grace, Math.min(idle, USAGE_MS)) : grace;
      case 'none':
        return grace;
    }
  }

  /** Ends the stream as if nothing more would arrive. */
  #end(): void {
    const [failure] = this.#ending.end(false);
    if (failure instanceof Error) this.#subscriber.error(failure);
    else this.#subscriber.complete();
  }
}

/** Whether a payload ends an idle wait. One that could not be decoded is an event without output. */
function isActivity(payload: Payload, counted: 'bytes' | 'events' | 'content'): boolean {
  if (counted !== 'content') return counted === 'events';
  return payload !== DONE && !(payload instanceof Failure) && isRight(payload) && hasOutput(payload.right);
}
