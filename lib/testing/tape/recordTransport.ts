import { asyncScheduler, defer, tap, type SchedulerLike } from 'rxjs';

import {
  isResponseHead,
  type Bytes,
  type ResponseHead,
  type Transport,
  type TransportRequest,
} from '../../transport/transport';
import { isChatError } from '../../errors';
import { redactSecrets, secretsOf } from '../../request/headers';
import { withoutQuery } from '../../request/url';
import { parsedJson } from '../script/requests';
import { latin1, TAPE_VERSION, writtenRead, type Tape } from './tape';

/** What {@link recordTransport} may be told. */
export interface RecordOptions {
  /** Keeps the JSON that was sent, prompts and all. Default false. */
  readonly keepBody?: boolean;
  /** The clock. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Lets an answer through and keeps a tape of it: its head, each read, and when they came.
 *
 * Nothing secret gets on a tape: no header of the request, no query, no prompt unless it is asked for; and where the server
 * repeats a key, or the value of another header it was sent, there are asterisks.
 *
 * @param live - What sends the requests.
 * @param sink - Gets the tape of each request when its connection has ended or is let go of. `chatCompletion$` completes at
 * `[DONE]`, which may be a moment before.
 *
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { chatCompletion$, fetchTransport } from 'rxjs-chat-completions';
 * import { recordTransport, tapeText } from 'rxjs-chat-completions/testing';
 *
 * const transport = recordTransport(fetchTransport(), (tape) => writeFileSync('answer.json', tapeText(tape)));
 * chatCompletion$({ transport }, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] }).subscribe();
 * ```
 */
export function recordTransport(
  live: Transport,
  sink: (tape: Tape) => void,
  options: RecordOptions = {},
): Transport {
  const { keepBody = false, scheduler = asyncScheduler } = options;
  return (request) =>
    defer(() => {
      const sent = scheduler.now();
      const elapsed = (): number => Math.max(0, Math.round(scheduler.now() - sent));
      const parts: Recorded[] = [];
      const keep = (end: Ending): void => sink(tapeFrom(request, parts, end, keepBody));
      return defer(() => live(request)).pipe(
        tap({
          // A copy: whoever reads next may use the same memory.
          next: (part) => parts.push({ at: elapsed(), part: isResponseHead(part) ? part : part.slice() }),
          error: (error: unknown) => keep({ at: elapsed(), error }),
          complete: () => keep({ at: elapsed() }),
          unsubscribe: () => keep(null),
        }),
      );
    });
}

interface Recorded {
  /** Milliseconds since the request. */
  readonly at: number;
  readonly part: ResponseHead | Bytes;
}

type Ending = { readonly at: number; readonly error?: unknown } | null;

function tapeFrom(
  request: TransportRequest,
  parts: readonly Recorded[],
  end: Ending,
  keepBody: boolean,
): Tape {
  const secrets = secretsIn(request);
  let last = 0;
  const since = (at: number): number => {
    const ms = Math.max(0, at - last);
    last = Math.max(last, at);
    return ms;
  };
  const first = parts[0];
  const head =
    first !== undefined && isResponseHead(first.part)
      ? { ms: since(first.at), ...publicHead(first.part, secrets) }
      : null;
  const reads = parts.flatMap(({ at, part }) => (isResponseHead(part) ? [] : [{ at, bytes: part }]));
  blot(
    reads.map(({ bytes }) => bytes),
    secrets,
  );
  return {
    version: TAPE_VERSION,
    request: {
      method: request.method,
      path: pathOf(request.url),
      ...(keepBody && { body: clean(parsedJson(request.body), secrets) }),
    },
    head,
    reads: reads.map(({ at, bytes }) => writtenRead(since(at), bytes)),
    end: end && { ms: since(end.at), ...('error' in end && { error: errorOf(end.error, secrets) }) },
  };
}

/** The headers that say what an answer is, when to ask again, and which request it was. */
const KEPT_HEADERS = new Set([
  'content-type',
  ...['retry-after', 'retry-after-ms', 'x-should-retry'],
  ...['x-request-id', 'request-id', 'apim-request-id', 'x-ms-request-id', 'cf-ray'],
]);

function publicHead({ status, headers }: ResponseHead, secrets: readonly string[]): ResponseHead {
  const kept = Object.entries(headers).filter(([name]) => KEPT_HEADERS.has(name));
  return { status, headers: clean(Object.fromEntries(kept), secrets) };
}

/** What an error says of itself; of one that is none of ours the message, which is all that counts later. */
function errorOf(error: unknown, secrets: readonly string[]): Readonly<Record<string, unknown>> {
  if (isChatError(error)) return clean(error.toJSON(), secrets);
  return clean({ message: error instanceof Error ? error.message : String(error) }, secrets);
}

const pathOf = (url: string): string => withoutQuery(url).replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '');

/** What must not get on a tape: the key, wherever a server wants it. */
function secretsIn(request: TransportRequest): readonly string[] {
  const query = new URLSearchParams(/\?([^#]*)/.exec(request.url)?.[1]);
  const keys = [...query].filter(([name]) => /key|token|secret|sig/i.test(name)).map(([, value]) => value);
  return [...secretsOf(request), ...keys].filter((secret) => secret !== '');
}

/** A copy of a JSON value without the secrets in its texts; of a missing one `null`. */
const clean = <T>(json: T, secrets: readonly string[]): T =>
  JSON.parse(JSON.stringify(json ?? null), (_, value: unknown) =>
    typeof value === 'string' ? redactSecrets(value, secrets) : value,
  ) as T;

/** Puts asterisks in the place of secrets, also where one is cut by two reads; every read keeps its length. */
function blot(reads: readonly Bytes[], secrets: readonly string[]): void {
  if (secrets.length === 0) return;
  // A character a byte, so that places in the text are places in the bytes.
  const body = reads.map(latin1).join('');
  const spellings = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  for (const secret of new Set(spellings.map((spelling) => latin1(new TextEncoder().encode(spelling))))) {
    for (let at = body.indexOf(secret); at !== -1; at = body.indexOf(secret, at + 1)) {
      fill(reads, at, at + secret.length);
    }
  }
}

function fill(reads: readonly Bytes[], from: number, to: number): void {
  let begin = 0;
  for (const bytes of reads) {
    bytes.fill(0x2a, Math.max(0, from - begin), Math.max(0, to - begin));
    begin += bytes.length;
  }
}
