import {
  asyncScheduler,
  catchError,
  defer,
  fromEvent,
  identity,
  ignoreElements,
  map,
  of,
  pipe,
  switchMap,
  take,
  takeUntil,
  tap,
  throwError,
  throwIfEmpty,
  timeout,
  type MonoTypeOperatorFunction,
  type Observable,
  type OperatorFunction,
  type SchedulerLike,
} from 'rxjs';

import { fetchTransport } from './body/fetchTransport';
import { httpError } from './body/httpError';
import { defaultLimits, type Limits } from './body/limits';
import { readAnswer } from './body/readAnswer';
import type { ReadGate } from './body/ReadGate';
import type { Bytes, Head, TransportRequest } from './body/transport';
import { someText } from './body/wholeText';
import { defaultTimeouts, type ChatConfig, type ChatObserver, type ChatTimeouts } from './config';
import { AbortedError, isChatError, RequestError, TimeoutError, type ChatError } from './errors';
import { failWhenSilent, isWait, LifeSigns } from './operators/failWhenSilent';
import { headersOf, hideSecrets, secretsOf } from './request/headers';
import { ignoredFields, jsonBody } from './request/jsonBody';
import { DEFAULT_BASE_URL, urlOf, withoutQuery } from './request/url';

/** A call, before it is addressed to a server. */
export interface Call {
  readonly method: TransportRequest['method'];
  /** Appended to `baseURL`; begins with `/`. */
  readonly path: string;
  /** The media type asked for. */
  readonly accept: string;
  /** The fields of the JSON body; none for GET. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** What the readers of a body need to know of its call. */
export interface AnswerContext {
  readonly limits: Required<Limits>;
  /** Blots the call's secrets out of a text that an error will show. */
  readonly hide: (text: string) => string;
}

/** Reads the body of an answer with a good status. */
export type BodyReader<T> = (head: Head, context: AnswerContext) => OperatorFunction<Bytes, T>;

/** Whether a value of a stream ends a silence, when `timeouts.counts` says `counts`. */
export type IsSignOfLife<T> = (value: T, counts: 'events' | 'content') => boolean;

/**
 * One HTTP call from config to typed result; what all calls of this library have in common.
 *
 * Cold: each subscription asks for the key and sends one request. Whatever fails is a {@link ChatError}.
 *
 * @param read - Reads the body of a good answer.
 * @param isSignOfLife - For streams: which values end a silence.
 */
export function call$<T>(
  config: ChatConfig,
  call: Call,
  read: BodyReader<T>,
  isSignOfLife?: IsSignOfLife<T>,
): Observable<T> {
  const { transport = fetchTransport({ fetch: config.fetch }), observer = {} } = config;
  const limits = withDefaults(defaultLimits, config.limits);
  const timeouts = withDefaults(defaultTimeouts, config.timeouts);
  const { head, total, scheduler } = timeouts;
  return defer(() => key$(config.apiKey)).pipe(
    failWhenLate(head, scheduler),
    map((key) => encode(config, call, key)),
    tap(({ method, url }) => observer.onRequest?.({ method, url: withoutQuery(url) })),
    switchMap((request) => {
      const secrets = secretsOf(request.headers);
      const context = { limits, hide: (text: string) => hideSecrets(text, secrets) };
      return defer(() => transport(request)).pipe(
        inTime(
          { ...timeouts, gate: config.gate },
          isSignOfLife,
          readAnswer((head) => {
            observer.onHead?.(head);
            const ok = head.status >= 200 && head.status < 300;
            return ok ? read(head, context) : failWithStatus(head, context);
          }),
        ),
      );
    }),
    failWhenSilent({ total, scheduler }, new LifeSigns(scheduler)),
    config.signal ? failWhenAborted(config.signal) : identity,
    observed(observer),
  );
}

/** What is given, over what holds otherwise; `undefined` is as good as not given. */
function withDefaults<D extends object, G extends object>(defaults: D, given: G | undefined): D & G {
  const said = Object.entries(given ?? {}).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(said) } as D & G;
}

/** The key, asked for anew. */
function key$(apiKey: ChatConfig['apiKey']): Observable<string | undefined> {
  if (typeof apiKey !== 'function') return of(apiKey);
  return defer(apiKey).pipe(
    take(1),
    throwIfEmpty(() => new RequestError('apiKey gave no key')),
    catchError((error: unknown) => {
      throw isChatError(error) ? error : new RequestError('apiKey failed', error);
    }),
  );
}

function encode(
  config: ChatConfig,
  { method, path, accept, fields }: Call,
  key: string | undefined,
): TransportRequest {
  const { baseURL = DEFAULT_BASE_URL, headers, profile, observer, gate } = config;
  const request = {
    method,
    ...(gate && { gate }),
    url: urlOf(baseURL, path),
    headers: headersOf(accept, key, fields !== undefined, headers),
  };
  if (fields === undefined) return request;
  for (const field of ignoredFields(fields, profile)) if (profile) observer?.onIgnored?.(field, profile);
  return { ...request, body: jsonBody(fields, profile) };
}

/** Fails with the status and the server's own words, as far as they can be had. */
function failWithStatus(head: Head, { limits, hide }: AnswerContext): OperatorFunction<Bytes, never> {
  return pipe(
    someText(limits.errorBody),
    map((body) => {
      // The clock that timers go by: in virtual time, an HTTP date is one of those days.
      throw httpError(head, hide(body), asyncScheduler.now());
    }),
  );
}

/** Fails what has given nothing in time: the key, or the head. */
const failWhenLate = <T>(
  ms: number,
  scheduler: SchedulerLike = asyncScheduler,
): MonoTypeOperatorFunction<T> =>
  isWait(ms)
    ? timeout({ first: ms, with: () => throwError(() => new TimeoutError('head', ms)), scheduler })
    : identity;

/** Stops the clock while a consumer holds the stream back. Emits nothing. */
const pauses$ = (gate: ReadGate, life: LifeSigns): Observable<never> =>
  gate.turned$.pipe(
    tap((isOpen) => (isOpen ? life.resume() : life.pause())),
    ignoreElements(),
  );

type TimeLimits = Required<Omit<ChatTimeouts, 'scheduler'>> &
  Pick<ChatTimeouts, 'scheduler'> & { readonly gate: ReadGate | undefined };

/** Reads an answer within its time limits. One that is not streamed has no first event: its head is. */
function inTime<T>(
  { head, first, idle, counts, scheduler, gate }: TimeLimits,
  isSignOfLife: IsSignOfLife<T> | undefined,
  read: OperatorFunction<Head | Bytes, T>,
): OperatorFunction<Head | Bytes, T> {
  const streamed = isSignOfLife !== undefined;
  return (answer$) =>
    defer(() => {
      const life = new LifeSigns(scheduler);
      if (gate?.isOpen === false) life.pause();
      return answer$.pipe(
        failWhenLate(head, scheduler),
        tap(() => {
          if (!streamed) life.begin();
          if (counts === 'bytes' || !streamed) life.seen();
        }),
        read,
        tap((value) => {
          life.begin();
          if (counts !== 'bytes' && isSignOfLife?.(value, counts)) life.seen();
        }),
        failWhenSilent({ first: streamed ? first : undefined, idle, scheduler }, life),
        gate ? takeUntil(pauses$(gate, life)) : identity,
      );
    });
}

function failWhenAborted<T>(signal: AbortSignal): MonoTypeOperatorFunction<T> {
  const aborted$ = defer(() => (signal.aborted ? of(true) : fromEvent(signal, 'abort'))).pipe(
    map(() => {
      throw new AbortedError(signal.reason);
    }),
  );
  return takeUntil(aborted$);
}

/** Tells the observer how the call ended. */
function observed<T>({ onError, onComplete, onAbort }: ChatObserver): MonoTypeOperatorFunction<T> {
  if (!onError && !onComplete && !onAbort) return identity;
  return tap({
    error: (error: unknown) => onError?.(error as ChatError),
    complete: () => onComplete?.(),
    unsubscribe: () => onAbort?.(),
  });
}
