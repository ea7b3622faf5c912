import { asyncScheduler, defer, tap, type SchedulerLike } from 'rxjs';

import {
  isResponseHead,
  type Bytes,
  type ResponseHead,
  type Transport,
  type TransportRequest,
} from '../../transport/transport';
import { isChatError } from '../../errors';
import { redactIn, redactWith, secretsOf, type Redact } from '../../request/redact';
import { createSecretFinder, type SecretFinder } from '../../request/secretForms';
import { withoutQuery } from '../../request/url';
import { parseJson } from '../script/json';
import { TAPE_VERSION, type Tape } from './tape';
import { latin1, toTapeRead } from './tapeRead';

/** Options for {@link recordTransport}. */
export interface RecordOptions {
  /** Whether to record the request's JSON, prompts included. Default false. */
  readonly keepBody?: boolean;
  /** The clock. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Creates a transport that passes a response through and records it on a tape: its head, its reads and their times.
 *
 * A tape has no secrets: no request headers, no query, and no prompt unless you opt in. If the server repeats a key or the
 * value of another request header, it is replaced by asterisks.
 *
 * @param live - The transport that sends the requests.
 * @param sink - Receives the tape of each request when its connection ends or is aborted. `chatCompletion$` completes at
 * `[DONE]`, which may be a moment earlier.
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
      const start = scheduler.now();
      const elapsed = (): number => Math.max(0, Math.round(scheduler.now() - start));
      const parts: Recorded[] = [];
      const finish = (end: Ending): void => sink(toTape(request, parts, end, keepBody));
      return defer(() => live(request)).pipe(
        tap({
          // A copy, as the next read may reuse the memory.
          next: (part) => parts.push({ at: elapsed(), part: isResponseHead(part) ? part : part.slice() }),
          error: (error: unknown) => finish({ at: elapsed(), error }),
          complete: () => finish({ at: elapsed() }),
          unsubscribe: () => finish(null),
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

function toTape(request: TransportRequest, parts: readonly Recorded[], end: Ending, keepBody: boolean): Tape {
  const find = createSecretFinder(secretsIn(request));
  const redact = redactWith(find);
  let last = 0;
  const since = (at: number): number => {
    const ms = Math.max(0, at - last);
    last = Math.max(last, at);
    return ms;
  };
  const first = parts[0];
  const head =
    first !== undefined && isResponseHead(first.part)
      ? { ms: since(first.at), ...redactHead(first.part, redact) }
      : null;
  const reads = parts.flatMap(({ at, part }) => (isResponseHead(part) ? [] : [{ at, bytes: part }]));
  redactReads(
    reads.map(({ bytes }) => bytes),
    find,
  );
  return {
    version: TAPE_VERSION,
    request: {
      method: request.method,
      path: pathOf(request.url),
      ...(keepBody && { body: redactIn(parseJson(request.body) ?? null, redact) }),
    },
    head,
    reads: reads.map(({ at, bytes }) => toTapeRead(since(at), bytes)),
    end: end && { ms: since(end.at), ...('error' in end && { error: errorFields(end.error, redact) }) },
  };
}

/** Headers with the content type, the retry delay and the request id. */
const KEPT_HEADERS = new Set([
  'content-type',
  ...['retry-after', 'retry-after-ms', 'x-should-retry'],
  ...['x-request-id', 'request-id', 'apim-request-id', 'x-ms-request-id', 'cf-ray'],
]);

function redactHead({ status, headers }: ResponseHead, redact: Redact): ResponseHead {
  const kept = Object.entries(headers).filter(([name]) => KEPT_HEADERS.has(name));
  return { status, headers: redactIn(Object.fromEntries(kept), redact) };
}

/** The JSON of a `ChatError`. The message of any other error. */
function errorFields(error: unknown, redact: Redact): Readonly<Record<string, unknown>> {
  if (isChatError(error)) return redactIn(error.toJSON(), redact);
  return redactIn({ message: error instanceof Error ? error.message : String(error) }, redact);
}

const pathOf = (url: string): string => withoutQuery(url).replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '');

/** The values that must not be on a tape: headers, and keys in the query. */
function secretsIn(request: TransportRequest): readonly string[] {
  const query = new URLSearchParams(/\?([^#]*)/.exec(request.url)?.[1]);
  const keys = [...query].filter(([name]) => /key|token|secret|sig/i.test(name)).map(([, value]) => value);
  return [...secretsOf(request), ...keys].filter((secret) => secret !== '');
}

/** Replaces secrets by asterisks, in place, also where a secret is split between two reads. */
function redactReads(reads: readonly Bytes[], find: SecretFinder): void {
  // One character per byte, so an index in the text is an index in the bytes.
  for (const { start, end } of find(reads.map(latin1).join(''))) fill(reads, start, end);
}

function fill(reads: readonly Bytes[], from: number, to: number): void {
  let begin = 0;
  for (const bytes of reads) {
    bytes.fill(0x2a, Math.max(0, from - begin), Math.max(0, to - begin));
    begin += bytes.length;
  }
}
