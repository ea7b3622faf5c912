import {
  asyncScheduler,
  concat,
  defer,
  EMPTY,
  map,
  of,
  pipe,
  retry,
  tap,
  throwError,
  timer,
  type MonoTypeOperatorFunction,
  type OperatorFunction,
  type SchedulerLike,
} from 'rxjs';

import { settingsOf } from '../call/defaults';
import { isChatError, type ChatError } from '../errors';
import { defaultPolicy, type RetryPolicy } from '../operators/resilience/policies';
import { redactError, redactorOf } from '../request/redact';
import { textUpTo } from '../response/bodyText';
import { failWhenIdle } from '../response/failWhenIdle';
import { httpError } from '../response/httpError';
import { readResponse } from '../response/readResponse';
import { isFiniteDelay } from '../rx/isFiniteDelay';
import { fetchTransport } from '../transport/fetchTransport';
import type { Bytes, ResponseHead, Transport, TransportRequest } from '../transport/transport';
import { streamUrl } from './streamUrl';
import { orphaned, wholeEvents, type Place } from './wholeEvents';

/** Options for {@link resumable}. */
export interface ResumableOptions {
  /** Maximum number of attempts to join again without an event between them. Default 5. */
  readonly count?: number;
  /** Decides the waits between them. Default {@link defaultPolicy}. */
  readonly policy?: RetryPolicy;
  /**
   * Milliseconds between two reads after which the connection counts as lost. Default 45,000, which is three heartbeats of a relay;
   * `Infinity` for none.
   */
  readonly idle?: number;
  /**
   * Whether unsubscribing only leaves, so that the answer continues on the server. Default false: unsubscribing stops the answer.
   */
  readonly leave?: boolean;
  /** Called before the wait of each attempt. */
  readonly onJoin?: (planned: { readonly error: ChatError; readonly delayMs: number }) => void;
  /** Returns the random number for jitter, from 0 up to 1. Default `Math.random`. */
  readonly random?: () => number;
  /** Times the waits. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** The headers of a request that is not the first of its stream. */
const OF_THE_FIRST = ['content-type', 'idempotency-key', 'last-event-id'];

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
 * Unsubscribing stops the answer for all its readers, with a DELETE. A reload, a closed tab and a lost connection send none, so they only
 * leave. So does a call that ends with a `retryable` error, such as its idle timeout, since a retry joins the answer. The `idempotency-key` among the headers of the config is the id of the answer for {@link resume$}. Without one, each
 * subscription makes its own.
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
  {
    count = 5,
    policy = defaultPolicy,
    idle = 45_000,
    leave = false,
    onJoin,
    random = Math.random,
    scheduler = asyncScheduler,
  }: ResumableOptions = {},
): Transport {
  return (request) =>
    defer(() => {
      const { method, gate } = request;
      const givenKey = request.headers['idempotency-key'];
      const key = givenKey ?? randomKey();
      const url = streamUrl(request, key);
      if (url === undefined) return transport(request);

      const headers = headersWithout(OF_THE_FIRST, request.headers);
      const place: Place = { lastId: request.headers['last-event-id'] ?? '', retryMs: 0, isEnded: false };
      const { limits } = settingsOf(request);
      /** Whether a retry of the call would be of the same answer. */
      const canJoin = method === 'GET' || givenKey !== undefined;
      let attempts = 0;
      let joinedAt: string | undefined;
      let hasHead = false;
      let isKept = true; // Until a head without the id of a stream arrives.

      const failWhenLost = <T>(): MonoTypeOperatorFunction<T> =>
        failWhenIdle({ ms: idle, immediate: true, gate, scheduler });

      const attempt$ = defer(() =>
        hasHead
          ? transport(joinRequest()).pipe(failWhenLost(), readResponse(readAgain))
          : transport(firstRequest()).pipe(readResponse(readFirst)),
      );

      const firstRequest = (): TransportRequest =>
        method === 'POST' ? { ...request, headers: { ...request.headers, 'idempotency-key': key } } : request;

      const joinRequest = (): TransportRequest => ({
        method: 'GET',
        url,
        headers: { ...headers, ...(place.lastId !== '' && { 'last-event-id': place.lastId }) },
        ...(gate && { gate }),
        ...(request.limits && { limits: request.limits }),
      });

      const readFirst = (head: ResponseHead): OperatorFunction<Bytes, ResponseHead | Bytes> => {
        isKept = head.status === 200 && head.headers['x-stream-id'] !== undefined;
        hasHead = isKept;
        return (read$) =>
          concat(of(head), isKept ? read$.pipe(failWhenLost(), wholeEvents(place, limits.event)) : read$);
      };

      const readAgain = (head: ResponseHead): OperatorFunction<Bytes, Bytes> => {
        if (head.status === 200) return wholeEvents(place, limits.event);
        if (head.status === 204) return () => EMPTY;
        return pipe(
          textUpTo(limits.errorBody, scheduler),
          map((body) => {
            const error = httpError(head, body, scheduler.now());
            throw error.code === 'orphaned' ? orphaned() : redactError(error, redactorOf(request));
          }),
        );
      };

      const stop = (): void => {
        if (leave || place.isEnded || !isKept) return;
        if (canJoin && request.failure?.()?.retryable === true) return;
        // No subscriber is left to receive an error.
        transport({ method: 'DELETE', url, headers, keepalive: true }).subscribe({ error: () => undefined });
      };

      return attempt$.pipe(
        retry({
          delay: (error: unknown) => {
            if (!hasHead || !isChatError(error) || !isLost(error)) return throwError(() => error);
            attempts = joinedAt === place.lastId ? attempts + 1 : 1;
            joinedAt = place.lastId;
            const delayMs = attempts <= count ? policy({ error, attempt: attempts, random }) : null;
            if (!isFiniteDelay(delayMs ?? Infinity)) return throwError(() => error);
            const longest = Math.max(delayMs ?? 0, place.retryMs);
            onJoin?.({ error, delayMs: longest });
            return timer(longest, scheduler);
          },
        }),
        tap({ unsubscribe: stop }),
      );
    });
}

/** Returns a random key of 128 bits. `crypto.randomUUID` is missing on pages over http. */
const randomKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );

/** Whether an error concerns the connection or the relay, and not the answer. */
const isLost = ({ _tag }: ChatError): boolean =>
  _tag === 'ConnectionError' || _tag === 'HttpError' || _tag === 'ChatTimeoutError';

const headersWithout = (
  names: readonly string[],
  headers: TransportRequest['headers'],
): TransportRequest['headers'] =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
