import { isChatError, messageOf } from '../errors';
import { redactIn, redactWith, type Redact } from '../request/redact';
import { createSecretFinder, type SecretFinder } from '../request/secretFinder';
import { secretsOf } from '../request/secrets';
import { publicUrl } from '../request/url';
import { isRequestIdHeader } from '../transport/requestId';
import { isResponseHead, type Bytes, type ResponseHead, type TransportRequest } from '../transport/transport';
import { TAPE_VERSION, type Tape } from './tape';
import { latin1, toTapeRead } from './tapeRead';
import type { TimedPart } from './TimedPart';

/** The end of a response; `null` if the request was aborted before. */
export type TapeEnding = { readonly at: number; readonly error?: unknown } | null;

/**
 * Returns the tape of a response, without secrets.
 *
 * A key or the value of another request header that the server repeats is replaced by asterisks.
 *
 * @param content - The JSON sent as `body`, if the tape is to contain it.
 */
export function toTape(
  request: TransportRequest,
  parts: readonly TimedPart[],
  end: TapeEnding,
  content: { readonly body?: unknown } = {},
): Tape {
  const find = createSecretFinder(secretsOf(request));
  const redact = redactWith(find);
  let last = 0;
  const since = (at: number): number => {
    const ms = Math.max(0, at - last);
    last = Math.max(last, at);
    return ms;
  };
  // Of a transport that has sent the request again, the last response.
  const from = Math.max(0, parts.map(({ part }) => isResponseHead(part)).lastIndexOf(true));
  const first = parts[from];
  const head =
    first !== undefined && isResponseHead(first.part)
      ? { ms: since(first.at), ...redactHead(first.part, redact) }
      : null;
  const reads = parts
    .slice(from)
    .flatMap(({ at, part }) => (isResponseHead(part) ? [] : [{ at, bytes: part }]));
  return {
    version: TAPE_VERSION,
    request: {
      method: request.method,
      path: pathOf(request.url),
      ...('body' in content && { body: redactIn(content.body, redact) }),
    },
    head,
    reads: redactReads(reads, find).map(({ at, bytes }) => toTapeRead(since(at), bytes)),
    end: end && { ms: since(end.at), ...('error' in end && { error: errorFields(end.error, redact) }) },
  };
}

/** Headers with the content type and the retry delay. That of the request id is kept too. */
const KEPT_HEADERS = new Set(['content-type', 'retry-after', 'retry-after-ms', 'x-should-retry']);

function redactHead({ status, headers }: ResponseHead, redact: Redact): ResponseHead {
  const kept = Object.entries(headers).filter(([name]) => KEPT_HEADERS.has(name) || isRequestIdHeader(name));
  return { status, headers: redactIn(Object.fromEntries(kept), redact) };
}

/** The JSON of a `ChatError`. The message of any other error. */
function errorFields(error: unknown, redact: Redact): Readonly<Record<string, unknown>> {
  if (isChatError(error)) return redactIn(error.toJSON(), redact);
  return redactIn({ message: messageOf(error) }, redact);
}

const pathOf = (url: string): string => publicUrl(url).replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '');

/** A read of a body, with its time. */
interface TimedRead {
  readonly at: number;
  readonly bytes: Bytes;
}

/** Returns reads with asterisks in place of secrets, also of one that is split between two reads. */
function redactReads(reads: readonly TimedRead[], find: SecretFinder): readonly TimedRead[] {
  const all = new Uint8Array(reads.reduce((size, { bytes }) => size + bytes.byteLength, 0));
  let end = 0;
  const copies = reads.map(({ at, bytes }) => {
    all.set(bytes, end);
    return { at, bytes: all.subarray(end, (end += bytes.byteLength)) };
  });
  // One character per byte, so an index in the text is an index in the bytes.
  for (const secret of find(latin1(all))) all.fill(0x2a, secret.start, secret.end);
  return copies;
}
