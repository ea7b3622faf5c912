import { attempt } from '../codec/attempt';
import { isRecord } from '../codec/isRecord';

/**
 * A recorded HTTP response, as plain JSON that you can store beside a spec.
 *
 * Every `ms` counts from the entry before, that of the head from the request. A tape has no request headers, and of the response
 * headers only the content type, the retry delay and the request id.
 *
 * @example
 * ```ts
 * import type { Tape } from 'rxjs-chat-completions/testing';
 *
 * const tape: Tape = {
 *   version: 1,
 *   request: { method: 'POST', path: '/v1/chat/completions' },
 *   head: { ms: 210, status: 200, headers: { 'content-type': 'text/event-stream' } },
 *   reads: [
 *     { ms: 35, text: 'data: {"choices":[{"delta":{"content":"Z', ends: 'c3' },
 *     { ms: 2, begins: 'bc', text: 'rich"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n' },
 *   ],
 *   end: { ms: 0 },
 * };
 * ```
 */
export interface Tape {
  /** Version of the format: 1. */
  readonly version: number;
  readonly request: {
    readonly method: string;
    /** Without host and query. */
    readonly path: string;
    /** The JSON sent, if it was recorded with `keepBody`. */
    readonly body?: unknown;
  };
  /** `null` if no response was received. */
  readonly head: {
    readonly ms: number;
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
  } | null;
  /** The reads of the body, in their order. */
  readonly reads: readonly TapeRead[];
  /** The end of the response; `null` if the request was aborted before. */
  readonly end: {
    readonly ms: number;
    readonly error?: Readonly<Record<string, unknown>> | undefined;
  } | null;
}

/** One read of the body, as text and the bytes of characters that the read splits, or as `base64` if it is not text. */
export interface TapeRead {
  /** Milliseconds since the read before; of the first one, since the head. */
  readonly ms: number;
  /** Bytes of a character that begins in the read before, in hex. */
  readonly begins?: string | undefined;
  /** The read as text, without the bytes of split characters. */
  readonly text?: string | undefined;
  /** Bytes of a character that continues in the next read, in hex. */
  readonly ends?: string | undefined;
  /** The read in base64, if it is not text. */
  readonly base64?: string | undefined;
}

/** The version that this library writes and reads. */
export const TAPE_VERSION = 1;

/**
 * Formats a tape as text with one line for each read, so that you can compare recordings line by line.
 *
 * @param tape - The recorded response.
 * @returns JSON, with a line break at its end.
 *
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { fetchTransport } from 'rxjs-chat-completions';
 * import { recordTransport, tapeText } from 'rxjs-chat-completions/testing';
 *
 * const transport = recordTransport(fetchTransport(), (tape) => writeFileSync('answer.json', tapeText(tape)));
 * ```
 */
export function tapeText({ version, request, head, reads, end }: Tape): string {
  const indented = (value: unknown): string => JSON.stringify(value, null, 2).replaceAll('\n', '\n  ');
  const lines = reads.map((read) => `\n    ${JSON.stringify(read)}`);
  const fields = [
    ['version', indented(version)],
    ['request', indented(request)],
    ['head', indented(head)],
    ['reads', lines.length === 0 ? '[]' : `[${lines.join(',')}\n  ]`],
    ['end', indented(end)],
  ];
  return `{\n${fields.map(([name, text]) => `  "${name}": ${text}`).join(',\n')}\n}\n`;
}

/**
 * Checks that a value is a tape.
 *
 * @param json - The result of `JSON.parse`, or an imported JSON module.
 * @throws TypeError with the problem and its place.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { replayTransport, tapeOf } from 'rxjs-chat-completions/testing';
 *
 * const transport = replayTransport(tapeOf(JSON.parse(readFileSync('answer.json', 'utf8'))));
 * ```
 */
export function tapeOf(json: unknown): Tape {
  const problem = problemOf(json);
  if (problem !== undefined) throw new TypeError(`not a tape: ${problem}`);
  return json as Tape;
}

function problemOf(json: unknown): string | undefined {
  if (!isRecord(json)) return 'it is not an object';
  const { version, request, head, reads, end } = json;
  if (typeof version !== 'number') return 'version is missing';
  if (version !== TAPE_VERSION)
    return `version ${version} is not supported; this library reads version ${TAPE_VERSION}`;
  if (!isRecord(request) || typeof request.method !== 'string' || typeof request.path !== 'string') {
    return 'request has no method and path';
  }
  if (!Array.isArray(reads)) return 'reads is not an array';
  const places: readonly (string | undefined)[] = [
    head === null ? undefined : headProblem(head),
    ...reads.map((read: unknown, at) => readProblem(read, `reads[${at}]`)),
    head === null && reads.length > 0 ? 'there are reads, but head is null' : undefined,
    end === null ? undefined : endProblem(end),
  ];
  return places.find((problem) => problem !== undefined);
}

function headProblem(head: unknown): string | undefined {
  if (!isRecord(head)) return 'head is neither an object nor null';
  if (!Number.isInteger(head.status)) return 'head.status is not an integer';
  if (!isRecord(head.headers) || !Object.values(head.headers).every((value) => typeof value === 'string')) {
    return 'head.headers is not an object of strings';
  }
  return msProblem(head, 'head');
}

function readProblem(read: unknown, place: string): string | undefined {
  if (!isRecord(read)) return `${place} is not an object`;
  const { begins, text, ends, base64 } = read;
  for (const [name, hex] of Object.entries({ begins, ends })) {
    if (hex !== undefined && (typeof hex !== 'string' || !isHex(hex))) return `${place}.${name} is not hex`;
  }
  if (base64 === undefined) {
    const isText = typeof text === 'string' || (text === undefined && (begins ?? ends) !== undefined);
    if (!isText) return `${place} has neither text nor base64`;
  } else if (typeof base64 !== 'string' || !isBase64(base64)) return `${place}.base64 is not base64`;
  else if ((begins ?? text ?? ends) !== undefined) return `${place} has both text and base64`;
  return msProblem(read, place);
}

const isHex = (text: string): boolean => /^[\da-f]+$/.test(text) && text.length % 2 === 0;

function endProblem(end: unknown): string | undefined {
  if (!isRecord(end)) return 'end is neither an object nor null';
  if (end.error !== undefined && !(isRecord(end.error) && typeof end.error.message === 'string')) {
    return 'end.error has no message';
  }
  return msProblem(end, 'end');
}

const msProblem = ({ ms }: Readonly<Record<string, unknown>>, place: string): string | undefined =>
  typeof ms === 'number' && ms >= 0 && Number.isFinite(ms)
    ? undefined
    : `${place}.ms is not a time in milliseconds`;

const isBase64 = (text: string): boolean => attempt(() => atob(text)) !== undefined;
