import type { Observable, ObservableInput } from 'rxjs';

import type { ChatRequest } from '../request/ChatRequest';
import type { ReadGate } from '../transport/ReadGate';

/** Events for one reader, and the headers that go before them. */
export interface RelayEvents {
  /** The text of events. An error before the first becomes the status of the response. */
  readonly event$: Observable<string>;
  /** The gate that pauses the source while the reader does not read. */
  readonly gate?: ReadGate;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A reader of a relay, authorized. */
export interface RelayReader {
  readonly http: Request;
  readonly userId: string;
  /** Milliseconds since the request arrived, at the time of reading. */
  readonly ageMs: number;
}

/**
 * Keeps answers in a log, between `toEvents` and `toResponse`.
 *
 * Failures are errors: a `RelayError` has its own status and message.
 */
export interface Resume {
  /**
   * Replaces the events of an accepted POST by those that its reader receives.
   *
   * @param source - The events of the model, from `toEvents`; each subscription calls the model.
   * @param request - The request that the source answers.
   */
  readonly start: (
    source: RelayEvents,
    reader: RelayReader,
    request: ChatRequest,
  ) => ObservableInput<RelayEvents>;
  /** Answers a GET or DELETE of `…/chat/completions/<id>`. */
  readonly join: (id: string, reader: RelayReader) => ObservableInput<RelayEvents | Response>;
}
