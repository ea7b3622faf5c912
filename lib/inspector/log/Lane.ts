import type { Usage } from '../../codec/Usage';
import { timedPart, type TimedPart } from '../../tape/TimedPart';
import { isResponseHead, type TransportRequest } from '../../transport/transport';
import { costOfMarble, isEnding, isOutput, type Marble } from './Marble';
import type { Recording } from './Recording';

/** Cost of a head, in characters. */
const HEAD_COST = 500;

/** Options for a {@link Lane}. */
export interface LaneOptions {
  /** Text at the start of the lane. */
  readonly label: string;
  /** Number of the call, from 1; attempts of one call share it. */
  readonly call: number;
  /** Number of the attempt, from 1; 0 for the values of an operator. */
  readonly attempt: number;
  /** Time of the subscription, in milliseconds since the log was created or cleared. */
  readonly startedAt: number;
  /** The request; none for the values of an operator. */
  readonly request?: TransportRequest;
}

/** The marbles of one attempt at a call, or of one subscription to an Observable. */
export class Lane {
  /** Text at the start of the lane. */
  readonly label: string;
  /** Number of the call; of an operator, that of the call that it subscribed to. */
  call: number;
  /** Number of the attempt, from 1; 0 for the values of an operator. */
  readonly attempt: number;
  /** Time of the subscription. Every time is in milliseconds since the log was created or cleared. */
  readonly startedAt: number;
  /** The marbles that are kept, in the order of time. */
  readonly marbles: Marble[] = [];
  /** Number of older marbles that were dropped. */
  dropped = 0;
  /** Whether all parts of the response are kept. */
  isComplete = true;
  /** Time of the end; `null` while the lane is open. */
  endedAt: number | null = null;
  /** Time of the response head; `null` before it. */
  headAt: number | null = null;
  /** Time of the first output; `null` without output. */
  firstOutputAt: number | null = null;
  /** HTTP status of the response; `null` before the head. */
  status: number | null = null;
  /** Time at which the next attempt is due; `null` if none is planned. */
  retryAt: number | null = null;
  /** Number of bytes of the body so far. */
  bytes = 0;
  /** Number of chunks that could be read. */
  chunks = 0;
  /** Number of chunks that could not be read. */
  lefts = 0;
  /** Tokens of the attempt; `null` until the server has sent them. */
  usage: Usage | null = null;
  /** Cost of what is kept, in characters and bytes. */
  cost = 0;
  /** Not a public field: it contains the key, which the JSON of a lane must not. */
  readonly #recording: Recording;

  constructor({ label, call, attempt, startedAt, request }: LaneOptions) {
    this.label = label;
    this.call = call;
    this.attempt = attempt;
    this.startedAt = startedAt;
    this.#recording = { request, parts: [], end: null };
  }

  /** The request, and the parts of its response. */
  get recording(): Recording {
    return this.#recording;
  }

  /** The last marble. */
  get last(): Marble | undefined {
    return this.marbles.at(-1);
  }

  /** Whether the attempt failed. */
  get hasFailed(): boolean {
    return this.marbles.slice(-2).some(({ kind }) => kind === 'error');
  }

  /** Adds a marble. Returns its cost. */
  add(marble: Marble): number {
    this.marbles.push(marble);
    if (isOutput(marble)) this.firstOutputAt ??= marble.at;
    if (isEnding(marble)) this.endedAt = marble.at;
    const cost = costOfMarble(marble);
    this.cost += cost;
    return cost;
  }

  /**
   * Adds a part of the response for the tape.
   *
   * @param timed - The part, and its time in milliseconds since the lane started.
   * @returns Its cost.
   */
  addPart({ at, part }: TimedPart): number {
    if (!this.isComplete) return 0;
    this.#recording.parts.push(timedPart(at, part));
    const cost = isResponseHead(part) ? HEAD_COST : part.byteLength;
    this.cost += cost;
    return cost;
  }

  /** Whether anything can be dropped; the last marble is kept. */
  get canDrop(): boolean {
    return this.#recording.parts.length > 0 || this.marbles.length > 1;
  }

  /** Drops the parts, then the older half of the marbles. Returns the cost that it saves. */
  dropSome(): number {
    const before = this.cost;
    if (this.#recording.parts.length > 0) this.#recording.parts = [];
    else this.dropped += this.marbles.splice(0, Math.ceil(this.marbles.length / 2)).length;
    this.isComplete = false;
    this.cost = this.marbles.reduce((sum, marble) => sum + costOfMarble(marble), 0);
    return before - this.cost;
  }
}
