import {
  asyncScheduler,
  catchError,
  defer,
  fromEvent,
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

import { fetchTransport } from '../transport/fetchTransport';
import { httpError } from '../response/httpError';
import { defaultLimits } from '../transport/limits';
import type { AnswerContext } from '../response/AnswerContext';
import { readAnswer, type AnswerWatch, type Reading } from '../response/readAnswer';
import type { ReadGate } from '../transport/ReadGate';
import type { Bytes, Head, TransportRequest } from '../transport/transport';
import { someText } from '../response/wholeText';
import { defaultTimeouts, type ChatConfig, type ChatObserver, type ChatTimeouts } from './config';
import { AbortedError, isChatError, RequestError, type ChatError } from '../errors';
import { failWhenSilent } from './failWhenSilent';
import { LifeSigns } from './LifeSigns';
import { headersOf, hideSecrets, secretsOf } from '../request/headers';
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
export type BodyReader<T> = (head: Head, context: AnswerContext) => Reading<T>;

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
  const { transport = fetchTransport({ fetch: config.fetch }), apiKey, gate, observer = {} } = config;
  const limits = withDefaults(defaultLimits, config.limits);
  const timeouts = withDefaults(defaultTimeouts, config.timeouts);
  return defer(() => {
    const isAsked = typeof apiKey === 'function';
    const life = new LifeSigns(timeouts.scheduler, isAsked ? 'key' : 'head');
    const watch = signsOfLife(life, timeouts.counts, isSignOfLife);

    const send = (key: string | undefined): Observable<T> => {
      const request = encode(config, call, key);
      const secrets = secretsOf(request);
      const hide = (text: string): string => hideSecrets(text, secrets);
      const context = { limits, hide };
      observer.onRequest?.({ method: request.method, url: withoutQuery(request.url) });
      life.sent();
      return defer(() => transport(request)).pipe(
        readAnswer(
          (head) => {
            // An answer that is not streamed has no first event: its head is.
            if (isSignOfLife) life.answered();
            else life.begin();
            observer.onHead?.(head);
            const ok = head.status >= 200 && head.status < 300;
            return ok ? read(head, context) : failWithStatus(head, context);
          },
          watch,
          hide,
        ),
        gate ? takeUntil(pauses$(gate, life)) : identity,
      );
    };

    const answer$ = isAsked ? key$(apiKey).pipe(switchMap(send)) : defer(() => send(apiKey));
    return answer$.pipe(
      failWhenSilent({ ...timeouts, first: isSignOfLife && timeouts.first }, life),
      config.signal ? failWhenAborted(config.signal) : identity,
      observed(observer),
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

/** Notes when a stream begins, and what ends a silence; of an answer that is not streamed, any read. */
function signsOfLife<T>(
  life: LifeSigns,
  counts: ChatTimeouts['counts'] = 'bytes',
  isSign?: IsSignOfLife<T>,
): AnswerWatch<T> {
  const seen = (): void => life.seen();
  if (!isSign) return { onRead: seen, onValue: noop };
  if (counts === 'bytes') return { onRead: seen, onValue: () => life.begin() };
  return {
    onRead: noop,
    onValue: (value) => {
      life.begin();
      if (isSign(value, counts)) life.seen();
    },
  };
}

/** Stops the clock while a consumer holds the stream back. Emits nothing. */
const pauses$ = (gate: ReadGate, life: LifeSigns): Observable<never> =>
  gate.turned$.pipe(
    startWith(gate.isOpen),
    tap((isOpen) => (isOpen ? life.resume() : life.pause())),
    ignoreElements(),
  );

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
