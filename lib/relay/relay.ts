import {
  asyncScheduler,
  catchError,
  defer,
  firstValueFrom,
  map,
  of,
  switchAll,
  switchMap,
  takeUntil,
  tap,
  type Observable,
  type OperatorFunction,
} from 'rxjs';

import { withDefaults } from '../call/defaults';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Decoded } from '../decode/decode';
import { failAfter } from '../response/timeouts';
import { clockOf } from '../rx/clockOf';
import { ReadGate } from '../transport/ReadGate';
import { authorized, isResponse } from './authorized';
import { checkRange } from './checkRange';
import { failureResponse } from './failure';
import { inTime } from './inTime';
import { goneResponse, hasLeft, onLeave } from './leaving';
import { checkAllow, parseRequest, type ParsedRequest } from './parseRequest';
import { quietHook } from './quietHook';
import { readBody } from './readBody';
import { isRelayError, RelayError } from './RelayError';
import { userId, type RelayOptions, type RelayUser } from './RelayOptions';
import type { RelayEvents, RelayReader } from './Resume';
import { routeOf } from './route';
import { StreamCount } from './StreamCount';
import { toCompletion } from './toCompletion';
import { writeEvents } from './toEvents';
import { checkTimes, toResponse } from './toResponse';

/** A function that answers HTTP requests: the handler of Hono, Next, SvelteKit, Bun, Deno and Workers. */
export type RelayHandler = (http: Request) => Promise<Response>;

/** Limits that apply where {@link RelayLimits} sets none. */
const defaultLimits = { body: 256_000, streamsPerUser: 4, request: 30_000, total: 600_000 } as const;

/** A request of a user that may be answered. */
interface Accepted<User> extends ParsedRequest {
  readonly http: Request;
  readonly user: User;
}

/**
 * Creates the handler of a relay: a server that answers chat completion requests with the chunks of a model's server.
 *
 * The relay speaks the protocol that it calls, so a browser uses `chatCompletion$({ baseURL: '/api' }, request)`, and other clients of
 * this protocol work as well. Your key stays on the server. Users, models, fields, sizes, numbers and times are limited before
 * anything is sent to the model.
 *
 * The response head is held until the first output or error, at most for the time of a heartbeat. An error has the class of the
 * upstream status, `retry-after`, and no words of the model's server. When the reader leaves, the call to the model is aborted in the same
 * tick. With the `gate` in the config, a reader that does not read pauses the model.
 *
 * @param options - The answer, the users, what is allowed, and limits.
 * @returns A function from a `Request` to a promise of a `Response`, which is never rejected. `toNode` adapts it to `node:http`.
 * @throws RangeError for a limit or a time that is not in its range, and TypeError for an `allow` without lists.
 *
 * @example
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { relay } from 'rxjs-chat-completions/relay';
 * import { groq } from 'rxjs-chat-completions/servers';
 *
 * const apiKey = 'from your environment';
 * const users = new Map([['a session', 'anna']]);
 *
 * const chat = relay({
 *   authorize: (http) => users.get(http.headers.get('cookie') ?? ''),
 *   answer: ({ request, gate }) => chatCompletion$({ ...groq, apiKey, gate }, request),
 *   allow: { models: ['llama-3.3-70b-versatile'] },
 * });
 *
 * export { chat as POST };
 * ```
 */
export function relay<User extends RelayUser>(options: RelayOptions<User>): RelayHandler {
  const { allow, resume, scheduler, onChunkError, exposeErrors = false } = options;
  const limits = withDefaults(defaultLimits, options.limits);
  checkAllow(allow);
  checkRange({ ...limits }, 0);
  checkTimes(options);
  const now = clockOf(scheduler ?? asyncScheduler);
  const streams = new StreamCount(limits.streamsPerUser);

  // Called as methods, here and below: the options may be an instance of a class.
  const onError = quietHook((error: unknown, http: Request) => options.onError?.(error, http));
  const report = (http: Request, error: unknown): void => {
    const reported = isRelayError(error) ? error.cause : error;
    if (reported !== undefined) onError(reported, http);
  };

  const chunksFor = (
    { http, user, request }: Accepted<User>,
    gate: ReadGate,
  ): Observable<Decoded<ChatCompletionChunk>> =>
    defer(() => options.answer({ request, user, gate, http })).pipe(
      failAfter('total', limits.total, scheduler),
      streams.limit(userId(user)),
    );

  const eventsFor = (accepted: Accepted<User>): RelayEvents => {
    const gate = new ReadGate();
    const { http, hasUsage } = accepted;
    const event$ = chunksFor(accepted, gate).pipe(
      writeEvents({ ...options, hasUsage, onError: (error) => report(http, error) }),
    );
    return { event$, gate };
  };

  const send = (http: Request): OperatorFunction<RelayEvents | Response, Response> =>
    switchMap((source) =>
      isResponse(source) ? of(source) : toResponse(source.event$, http, { ...options, ...source }),
    );

  const create = (accepted: Accepted<User>, reader: RelayReader): Observable<Response> => {
    if (!accepted.isStreamed) return chunksFor(accepted, new ReadGate()).pipe(toCompletion(onChunkError));
    const source = eventsFor(accepted);
    return defer(() => resume?.start(source, reader, accepted.request) ?? of(source)).pipe(send(reader.http));
  };

  const join = (id: string, reader: RelayReader): Observable<Response> =>
    defer(() => resume?.join(id, reader) ?? []).pipe(send(reader.http));

  const respond = (http: Request): Observable<Response> => {
    const arrivedAt = now();
    const route = routeOf(http, resume !== undefined);
    return authorized(http, options).pipe(
      // Emits the response, which is not started yet.
      switchMap((user) => {
        if (isResponse(user)) return of(of(user));
        const reader: RelayReader = {
          http,
          userId: userId(user),
          get ageMs() {
            return now() - arrivedAt;
          },
        };
        if (route !== 'create') return of(join(route.id, reader));
        return readBody(http, limits.body).pipe(
          map((text) => create({ http, user, ...parseRequest(text, allow) }, reader)),
        );
      }),
      inTime(limits.request, tooSlow, scheduler),
      switchAll(),
    );
  };

  return (http) => {
    if (hasLeft(http)) return Promise.resolve(goneResponse());
    const response$ = defer(() => respond(http)).pipe(
      tap({ error: (error: unknown) => report(http, error) }),
      catchError((error: unknown) => of(failureResponse(error, exposeErrors))),
      takeUntil(onLeave(http)),
    );
    return firstValueFrom(response$, { defaultValue: goneResponse() });
  };
}

const tooSlow = (): RelayError =>
  new RelayError(408, 'request_timeout', 'the request took too long to arrive: send it again');
