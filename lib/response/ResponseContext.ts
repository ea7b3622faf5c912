import type { SchedulerLike } from 'rxjs';

import type { Redact } from '../request/redact';
import type { Limits } from '../transport/limits';
import type { ReadGate } from '../transport/ReadGate';

/** The settings of a call that apply to its response. */
export interface ResponseContext {
  readonly limits: Required<Limits>;
  /** Redacts the secrets of the request in a text. */
  readonly redact: Redact;
  /** Milliseconds without activity; see `ChatTimeouts`. */
  readonly idle: number;
  readonly activity: 'bytes' | 'events' | 'content';
  /** Milliseconds that a finished answer stays open; see `ChatTimeouts`. */
  readonly grace: number;
  readonly gate?: ReadGate;
  readonly scheduler: SchedulerLike;
  /** The clock of the scheduler. */
  readonly now: () => number;
  /** Called at the first payload of a stream. */
  readonly onFirst: () => void;
}
