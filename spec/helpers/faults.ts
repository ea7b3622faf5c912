import vm from 'node:vm';

import { isRight } from 'fp-ts/Either';
import { BehaviorSubject, filter, firstValueFrom, tap, type Observable } from 'rxjs';
import type { ServerFrame } from 'rxjs-chat-completions/testing';

import { nodeTransport } from '../../lib/node/nodeTransport';
import { fetchTransport } from '../../lib/transport/fetchTransport';
import { isResponseHead, type Transport } from '../../lib/transport/transport';
import { chatCompletion$ } from '../../lib/call/chatCompletion';
import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import type { Decoded } from '../../lib/decode/decode';
import { markOf } from '../../lib/codec/mark';
import type { ChatConfig } from '../../lib/call/config';
import { chatErrorFrom } from '../../lib/decode/chatErrorFrom';
import { isChatError, type ChatError } from '../../lib/errors';
import { contentOf } from '../../lib/fold/content';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import {
  startFaultServer,
  type Exchange,
  type FaultServer,
  type FaultServerOptions,
  type Script,
} from './faultServer';

/** The request and key of all faults. The message does not matter; the key must not appear anywhere. */
export const question: ChatRequest = { model: 'any', messages: [{ role: 'user', content: 'Hi' }] };
export const SECRET = 'sk-never-to-be-seen';

/** A fault and its outcome. */
export interface Fault {
  readonly name: string;
  readonly outcome: string;
}

/** The transports over which the faults of a spec are played, besides `fetch`, by name. */
const others = new Map<string, Transport>();
let playing: Transport | undefined;

/** Plays the faults of a spec over `node:http`, too. Called before the first fault. */
export function alsoOverNode(): void {
  others.set('node:http', nodeTransport());
}

/** Returns the transport over which a fault is played. */
export const transportUnderTest = (): Transport => playing ?? fetchTransport();

/**
 * Defines a test whose name is a fault and its outcome: a row of the table in `docs/faults.md`.
 *
 * @param run - Plays the fault. A text that it returns must equal the outcome.
 */
export function fault({ name, outcome }: Fault, run: () => unknown): void {
  const play = async (): Promise<void> => {
    const told = await run();
    if (told !== undefined) expect(told).toBe(outcome);
  };
  it(`${name} → ${outcome}`, play);
  for (const [over, transport] of others) {
    // Without the arrow: the table has the row already.
    it(`${name}, over ${over}`, async () => {
      playing = transport;
      await play().finally(() => (playing = undefined));
    });
  }
}

/** Describes a value of a stream in an outcome; `''` to leave it out. */
export type Tell<T> = (value: T) => string;

/** A subscriber that records all notifications. */
export interface Follower {
  /** The text so far. */
  readonly text: string;
  /** The notifications as text; the end last. */
  readonly outcome: string;
  readonly error: unknown;
  /** Bytes of the body read so far. */
  readonly bytes: number;
  /** Resolves with the outcome. */
  readonly ended: Promise<string>;
  /** Resolves once the text so far equals this. */
  readonly has: (text: string) => Promise<void>;
  /** Resolves once this many bytes of the body have been read: only then a reset loses no data. */
  readonly hasRead: (bytes: number) => Promise<void>;
  readonly unsubscribe: () => void;
}

/** A counter of the bytes read. */
export interface Meter {
  readonly transport: Transport;
  readonly bytes$: BehaviorSubject<number>;
}

/** The transport with a counter. */
function metered(fetch?: ChatConfig['fetch']): Meter {
  const bytes$ = new BehaviorSubject(0);
  const send = fetch === undefined ? transportUnderTest() : fetchTransport({ fetch });
  const transport: Transport = (request) =>
    send(request).pipe(
      tap((part) => {
        if (!isResponseHead(part)) bytes$.next(bytes$.value + part.byteLength);
      }),
    );
  return { transport, bytes$ };
}

/** Subscribes and records all notifications. */
export function follow<T>(value$: Observable<T>, tell: Tell<T>, { bytes$ }: Meter = metered()): Follower {
  const said: string[] = [];
  let text = '';
  let end: string | undefined;
  let error: unknown;
  const looking = new Set<() => void>();
  const look = (): void => looking.forEach((each) => each());
  const outcome = (): string => [...said, end ?? 'no end'].join(', ');

  const subscription = value$.subscribe({
    next: (value) => {
      const told = tell(value);
      if (told === '') return;
      const last = said.length - 1;
      // Consecutive deltas are one text.
      if (told.startsWith('"') && said[last]?.startsWith('"'))
        said[last] = said[last].slice(0, -1) + told.slice(1);
      else said.push(told);
      if (told.startsWith('"')) text += JSON.parse(told) as string;
      look();
    },
    error: (reason: unknown) => {
      error = reason;
      end = tellError(reason);
      look();
    },
    complete: () => {
      end = 'complete';
      look();
    },
  });

  const until = (so: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!so()) return;
        looking.delete(check);
        resolve();
      };
      looking.add(check);
      check();
    });

  return {
    get text() {
      return text;
    },
    get outcome() {
      return outcome();
    },
    get error() {
      return error;
    },
    get bytes() {
      return bytes$.value;
    },
    ended: until(() => end !== undefined).then(outcome),
    has: (wanted) => until(() => text === wanted),
    hasRead: async (wanted) => {
      await firstValueFrom(bytes$.pipe(filter((bytes) => bytes >= wanted)));
    },
    unsubscribe: () => subscription.unsubscribe(),
  };
}

/** Describes chunks in an outcome: their text, lefts, and the marks of this library. */
export const tellChunk: Tell<Decoded<ChatCompletionChunk>> = (decoded) => {
  if (!isRight(decoded)) return `Left(${decoded.left._tag})`;
  const mark = markOf(decoded.right);
  if (mark !== undefined) return mark.kind;
  const text = contentOf(decoded.right);
  return text === '' ? '' : JSON.stringify(text);
};

/** Describes an end in an outcome. An error that is not of this library is called raw. */
function tellError(error: unknown): string {
  if (!isChatError(error)) return `raw ${String(error)}`;
  const json = JSON.stringify(error);
  if (`${json}${error.stack ?? ''}`.includes(SECRET)) return `${error._tag} that shows the key`;
  if (JSON.stringify(chatErrorFrom(JSON.parse(json))) !== json)
    return `${error._tag} that JSON does not keep`;
  return `${error._tag}${detailOf(error)}`;
}

function detailOf(error: ChatError): string {
  switch (error._tag) {
    case 'ConnectionError':
    case 'ChatTimeoutError':
      return ` (${error.phase})`;
    case 'LimitError':
      return ` (${error.kind})`;
    case 'ProtocolError':
      // The codec's report and the cure are for their own specs.
      return `: ${error.message.replace(/^(the response (?:does not fit \w+|has an empty body)): .*$|^(the response is not .*); check baseURL$/s, '$1$2')}`;
    case 'HttpError':
    case 'ServerError':
      return `: ${error.message}`;
    default:
      return '';
  }
}

/** Sends these events as a complete stream. */
export const sends =
  (...said: readonly ServerFrame[]): Script =>
  async (server) => {
    server.head();
    await server.say(...said);
    server.end();
  };

/**
 * Waits until the client has aborted its request, which breaks the connection.
 *
 * On a busy machine a short timeout may pass before the request has arrived: then there is none.
 * Node's fetch opens another connection in advance, which may be there or not.
 */
export const letGo = async (_: unknown, server: FaultServer): Promise<void> =>
  server.when(({ requests, aborts, open }) => aborts === requests && open <= 1);

/** A script for one request that can wait for the progress of its client. */
export type FaultScript = (exchange: Exchange, client: Follower) => void | Promise<void>;

/** Options for playing a fault; the call is a streamed chat completion by default. */
export interface Meeting<T> extends FaultServerOptions {
  readonly config?: ChatConfig;
  readonly call?: (config: ChatConfig) => Observable<T>;
  readonly tell?: Tell<T>;
  /** Checks the error and the server. */
  readonly check?: (error: unknown, server: FaultServer, client: Follower) => void | Promise<void>;
}

/**
 * Calls a server that plays a script, waits for the end, and returns the outcome.
 *
 * Also checks that the request is answered or aborted soon after.
 */
export async function outcomeOf(
  script: FaultScript,
  meeting: Meeting<Decoded<ChatCompletionChunk>> = {},
): Promise<string> {
  return outcomeOfCall(script, {
    call: (config) => chatCompletion$(config, question),
    tell: tellChunk,
    ...meeting,
  });
}

/** {@link outcomeOf}, for any call. */
export async function outcomeOfCall<T>(
  script: FaultScript,
  { config, call, tell, check, ...options }: Meeting<T> & Required<Pick<Meeting<T>, 'call' | 'tell'>>,
): Promise<string> {
  let client: Follower | undefined;
  const server = await startFaultServer((exchange) => script(exchange, client as Follower), options);
  try {
    const meter = metered(config?.fetch);
    const { transport } = meter;
    client = follow(call({ baseURL: server.baseURL, apiKey: SECRET, transport, ...config }), tell, meter);
    const outcome = await client.ended;
    await server.when(({ busy }) => busy === 0);
    await check?.(client.error, server, client);
    return outcome;
  } finally {
    client?.unsubscribe();
    await server.close();
  }
}

/** The real `process`: specs have a copy of it, and stray errors are reported to the real one. */
const realProcess = vm.runInThisContext('process') as NodeJS.Process;

/** The timers of RxJS, without those of Node. */
const ticking = new Set<unknown>();

/** Counts the running timers of the library: none after the end of a call. */
export const timers = (): number => ticking.size;

/** Waits until rejected promises have been reported. */
export const settled = async (): Promise<void> => {
  for (let i = 0; i < 3; i += 1) await new Promise((resolve) => setImmediate(resolve));
};

const strays: string[] = [];
const stray =
  (kind: string) =>
  (what: unknown): void => {
    strays.push(`${kind}: ${String(what)}`);
  };
const watched = ['unhandledRejection', 'uncaughtException', 'warning'] as const;
const watchers = watched.map((kind) => [kind, stray(kind)] as const);
const spoken = ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const;
const voices = Object.fromEntries(spoken.map((method) => [method, console[method]]));

// Hold for every spec that imports this file.
beforeAll(() => {
  for (const [kind, watcher] of watchers) realProcess.on(kind as 'warning', watcher);
  for (const method of spoken) console[method] = stray(`console.${method}`);
  const { setInterval: begin, clearInterval: end } = globalThis;
  jest.spyOn(globalThis, 'setInterval').mockImplementation((...wait: Parameters<typeof begin>) => {
    const timer = begin(...wait);
    ticking.add(timer);
    return timer;
  });
  jest.spyOn(globalThis, 'clearInterval').mockImplementation((timer) => {
    ticking.delete(timer);
    end(timer);
  });
});

afterEach(async () => {
  await settled();
  expect(strays.splice(0)).toEqual([]);
  // A connection may still be drained for a tenth of a second. Any other timer would run longer.
  for (const end = Date.now() + 2_000; timers() > 0 && Date.now() < end;) await settled();
  expect(timers()).toBe(0);
});

afterAll(() => {
  for (const [kind, watcher] of watchers) realProcess.off(kind, watcher);
  Object.assign(console, voices);
  jest.restoreAllMocks();
});
