import {
  asyncScheduler,
  catchError,
  defer,
  identity,
  ignoreElements,
  map,
  noop,
  of,
  pipe,
  startWith,
  switchMap,
  take,
  takeUntil,
  tap,
  throwIfEmpty,
  type MonoTypeOperatorFunction,
  type Observable,
  type ObservableInput,
  type OperatorFunction,
} from 'rxjs';

import { onAbort } from '../rx/onAbort';
import { fetchTransport } from '../transport/fetchTransport';
import { httpError } from '../response/httpError';
import { defaultLimits } from '../transport/limits';
import type { ResponseContext } from '../response/ResponseContext';
import { readResponse, type ResponseWatch, type Reading } from '../response/readResponse';
import type { ReadGate } from '../transport/ReadGate';
import type { Bytes, ResponseHead, TransportRequest } from '../transport/transport';
import { textUpTo } from '../response/bodyText';
import { defaultTimeouts, type ChatConfig, type ChatHooks, type ChatTimeouts } from './config';
import { AbortedError, isChatError, RequestError, type ChatError } from '../errors';
import { failWhenIdle } from './failWhenIdle';
import { ActivityTracker } from './ActivityTracker';
import { headersOf, redactSecrets, secretsOf } from '../request/headers';
import { ignoredFields, jsonBody } from '../request/jsonBody';
import { DEFAULT_BASE_URL, urlOf, withoutQuery } from '../request/url';

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

/** Reads the body of an answer with a good status. */
export type BodyReader<T> = (head: ResponseHead, context: ResponseContext) => Reading<T>;

/** Whether a value of a stream ends a silence, when `timeouts.activity` says `activity`. */
export type IsActivity<T> = (value: T, activity: 'events' | 'content') => boolean;

/**
 * One HTTP call from config to typed result; what all calls of this library have in common.
 *
 * Cold: each subscription asks for the key and sends one request. Whatever fails is a {@link ChatError}.
 *
 * @param read - Reads the body of a good answer.
 * @param isActivity - For streams: which values end a silence.
 */
export function call$<T>(
  config: ChatConfig,
  call: Call,
  read: BodyReader<T>,
  isActivity?: IsActivity<T>,
): Observable<T> {
  const { transport = fetchTransport({ fetch: config.fetch }), apiKey, gate, hooks = {} } = config;
  const limits = withDefaults(defaultLimits, config.limits);
  const timeouts = withDefaults(defaultTimeouts, config.timeouts);
  return defer(() => {
    const isAsked = typeof apiKey === 'function';
    const tracker = new ActivityTracker(timeouts.scheduler, isAsked ? 'key' : 'head');
    const watch = watchActivity(tracker, timeouts.activity, isActivity);

    const send = (key: string | undefined): Observable<T> => {
      const request = encode(config, call, key);
      const secrets = secretsOf(request);
      const redact = (text: string): string => redactSecrets(text, secrets);
      const context = { limits, redact };
      hooks.onRequest?.({ method: request.method, url: withoutQuery(request.url) });
      tracker.sent();
      return defer(() => transport(request)).pipe(
        readResponse(
          (head) => {
            // An answer that is not streamed has no first event: its head is.
            if (isActivity) tracker.answered();
            else tracker.begin();
            hooks.onHead?.(head);
            const ok = head.status >= 200 && head.status < 300;
            return ok ? read(head, context) : failWithStatus(head, context);
          },
          watch,
          redact,
        ),
        gate ? takeUntil(pauses$(gate, tracker)) : identity,
      );
    };

    const answer$ = isAsked ? key$(apiKey).pipe(switchMap(send)) : defer(() => send(apiKey));
    return answer$.pipe(
      failWhenIdle({ ...timeouts, first: isActivity && timeouts.first }, tracker),
      config.signal ? failWhenAborted(config.signal) : identity,
      observed(hooks),
    );
  });
}

/** What is given, over what holds otherwise; `undefined` is as good as not given. */
function withDefaults<D extends object, G extends object>(defaults: D, given: G | undefined): D & G {
  const said = Object.entries(given ?? {}).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(said) } as D & G;
}

/** The key, asked for anew. */
function key$(apiKey: () => ObservableInput<string>): Observable<string> {
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
  const { baseURL = DEFAULT_BASE_URL, headers, profile, hooks, gate } = config;
  const request = {
    method,
    ...(gate && { gate }),
    url: urlOf(baseURL, path),
    headers: headersOf(accept, key, fields !== undefined, headers),
  };
  if (fields === undefined) return request;
  for (const field of ignoredFields(fields, profile)) if (profile) hooks?.onIgnored?.(field, profile);
  return { ...request, body: jsonBody(fields, profile) };
}

/** Fails with the status and the server's own words, as far as they can be had. */
function failWithStatus(
  head: ResponseHead,
  { limits, redact }: ResponseContext,
): OperatorFunction<Bytes, never> {
  return pipe(
    textUpTo(limits.errorBody),
    map((body) => {
      // The clock that timers go by: in virtual time, an HTTP date is one of those days.
      throw httpError(head, redact(body), asyncScheduler.now());
    }),
  );
}

/** Notes when a stream begins, and what ends a silence; of an answer that is not streamed, any read. */
function watchActivity<T>(
  tracker: ActivityTracker,
  activity: ChatTimeouts['activity'] = 'bytes',
  isActivity?: IsActivity<T>,
): ResponseWatch<T> {
  const seen = (): void => tracker.seen();
  if (!isActivity) return { onRead: seen, onValue: noop };
  if (activity === 'bytes') return { onRead: seen, onValue: () => tracker.begin() };
  return {
    onRead: noop,
    onValue: (value) => {
      tracker.begin();
      if (isActivity(value, activity)) tracker.seen();
    },
  };
}

/** Stops the clock while a consumer holds the stream back. Emits nothing. */
const pauses$ = (gate: ReadGate, tracker: ActivityTracker): Observable<never> =>
  gate.isOpen$.pipe(
    startWith(gate.isOpen),
    tap((isOpen) => (isOpen ? tracker.resume() : tracker.pause())),
    ignoreElements(),
  );

function failWhenAborted<T>(signal: AbortSignal): MonoTypeOperatorFunction<T> {
  const aborted$ = defer(() => (signal.aborted ? of(true) : onAbort(signal))).pipe(
    map(() => {
      throw new AbortedError(signal.reason);
    }),
  );
  return takeUntil(aborted$);
}

/** Tells the hooks how the call ended. */
function observed<T>({ onError, onComplete, onAbort }: ChatHooks): MonoTypeOperatorFunction<T> {
  if (!onError && !onComplete && !onAbort) return identity;
  return tap({
    error: (error: unknown) => onError?.(error as ChatError),
    complete: () => onComplete?.(),
    unsubscribe: () => onAbort?.(),
  });
}
