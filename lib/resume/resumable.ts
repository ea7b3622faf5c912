import {
  asyncScheduler,
  defer,
  EMPTY,
  identity,
  map,
  pipe,
  startWith,
  tap,
  type MonoTypeOperatorFunction,
  type OperatorFunction,
  type SchedulerLike,
} from 'rxjs';

import { settingsOf } from '../call/defaults';
import { redactError, redactorOf } from '../request/redact';
import { textUpTo } from '../response/bodyText';
import { failWhenIdle } from '../response/failWhenIdle';
import { httpError } from '../response/errors/httpError';
import { readResponse } from '../response/readResponse';
import { fetchTransport } from '../transport/fetchTransport';
import {
  isSuccess,
  type Bytes,
  type ResponseHead,
  type Transport,
  type TransportRequest,
} from '../transport/transport';
import { joinAgain, type JoinOptions } from './joinAgain';
import { joinRequest, startRequest, stopRequest } from './requests';
import { streamUrl } from './streamUrl';
import { orphaned, wholeEvents, type Place } from './wholeEvents';

/** Options for {@link resumable}. */
export interface ResumableOptions extends JoinOptions {
  /**
   * Milliseconds between two reads after which the connection counts as lost. Default 45,000, which is three heartbeats of a relay;
   * `Infinity` for none.
   */
  readonly idle?: number;
  /**
   * Whether unsubscribing only leaves, so that the answer continues on the server. Default false: unsubscribing stops the answer.
   */
  readonly leave?: boolean;
}

/**
 * Creates a transport that joins an answer of a relay again when its connection is lost.
 *
 * The consumer sees one uninterrupted stream. The relay has to keep answers in a log. With any other server the transport is the
 * one it wraps.
 *
 * ```text
 * POST:                -a-b-#               # = the connection is lost
 * GET, last-event-id:         --c-d|
 * resumable():         -a-b-----c-d|
 * ```
 *
 * Unsubscribing stops the answer for all its readers, with a DELETE. A reload, a closed tab and a lost connection send none, so they
 * only leave. So does a call that ends with a `retryable` error, such as its idle timeout, since a retry joins the answer.
 *
 * The `idempotency-key` among the headers of the config is the id of the answer for {@link resume$}. Without one, each subscription
 * makes its own.
 *
 * @param transport - The transport that sends the requests. Default {@link fetchTransport}.
 * @param options - The number of attempts, their waits, and whether unsubscribing stops.
 * @returns A transport that errors with the last error when all attempts failed, with `HttpError` when the relay does not have the
 * answer or its next events any more, and with `TruncatedError` when the process that wrote it has ended.
 *
 * @example
 * ```ts
 * import { accumulateContent, chatCompletion$ } from 'rxjs-chat-completions';
 * import { resumable } from 'rxjs-chat-completions/resume';
 *
 * const messageId = 'm42';
 * const config = { baseURL: 'https://example.com/api', transport: resumable(), headers: { 'idempotency-key': messageId } };
 * chatCompletion$(config, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] }).pipe(accumulateContent());
 * ```
 */
export function resumable(
  transport: Transport = fetchTransport(),
  options: ResumableOptions = {},
): Transport {
  const { idle = 45_000, leave = false, scheduler = asyncScheduler } = options;
  const send: Transport = (request) =>
    defer(() => {
      const { gate } = request;
      const givenKey = request.headers['idempotency-key'];
      const key = givenKey ?? randomKey();
      const url = streamUrl(request, key);
      if (url === undefined) return transport(request);

      const { limits } = settingsOf(request);
      const place: Place = { lastId: request.headers['last-event-id'] ?? '', retryMs: 0, isEnded: false };
      /** Whether the relay keeps the answer; `undefined` until it has sent a head. */
      let isKept: boolean | undefined;
      /** A GET joins from the beginning: it starts nothing that a repetition would start twice. */
      const canJoin = (): boolean => isKept ?? request.method === 'GET';

      const failWhenLost = <T>(): MonoTypeOperatorFunction<T> =>
        failWhenIdle({ ms: idle, immediate: true, gate, scheduler });

      const read = (head: ResponseHead): OperatorFunction<Bytes, ResponseHead | Bytes> => {
        if (isKept !== undefined) return head.status === 204 ? () => EMPTY : wholeEvents(place, limits);
        isKept = head.status === 200 && head.headers['x-stream-id'] !== undefined;
        return pipe(isKept ? wholeEvents(place, limits) : identity, startWith(head));
      };

      const start$ = defer(() => transport(startRequest(request, key))).pipe(
        readResponse((head) => {
          const body = read(head);
          return isKept === true ? pipe(failWhenLost<Bytes>(), body) : body;
        }),
      );

      const join$ = defer(() => transport(joinRequest(request, url, place))).pipe(
        failWhenLost(),
        readResponse((head) =>
          isSuccess(head) ? read(head) : failWith(head, request, limits.errorBody, scheduler),
        ),
      );

      const stop = (): void => {
        if (leave || place.isEnded || isKept === false) return;
        // A retry of the call joins the answer.
        const isJoined = request.method === 'GET' || givenKey !== undefined;
        if (isJoined && request.failure?.()?.retryable === true) return;
        // No subscriber is left to receive an error.
        transport(stopRequest(request, url)).subscribe({ error: () => undefined });
      };

      return defer(() => (canJoin() ? join$ : start$)).pipe(
        joinAgain(place, canJoin, options),
        tap({ unsubscribe: stop }),
      );
    });
  return Object.assign(send, { addressOf: transport.addressOf });
}

/** Errors with the failure in the body of a response. */
const failWith = (
  head: ResponseHead,
  request: TransportRequest,
  longest: number,
  scheduler: SchedulerLike,
): OperatorFunction<Bytes, never> =>
  pipe(
    textUpTo(longest, scheduler),
    map((body) => {
      const error = httpError(head, body, scheduler.now());
      throw error.code === 'orphaned' ? orphaned() : redactError(error, redactorOf(request));
    }),
  );

/** Returns a random key of 128 bits. `crypto.randomUUID` is missing on pages over http. */
const randomKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
