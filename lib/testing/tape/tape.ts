import type { Bytes } from '../../transport/transport';

/**
 * A recorded HTTP answer: plain JSON, so that it can lie beside a spec.
 *
 * Every `ms` is counted from the entry before; the head's from the request. Request headers are never on a tape, and of the
 * response's only those that say what the answer is, when to ask again and which request it was.
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
  /** 1, so far. */
  readonly version: number;
  readonly request: {
    readonly method: string;
    /** Without host and query. */
    readonly path: string;
    /** The JSON sent; only on a tape that was asked to keep it. */
    readonly body?: unknown;
  };
  /** `null` where no answer came. */
  readonly head: {
    readonly ms: number;
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
  } | null;
  readonly reads: readonly TapeRead[];
  /** How it ended; `null` where the recorder was let go of before that. */
  readonly end: {
    readonly ms: number;
    readonly error?: Readonly<Record<string, unknown>> | undefined;
  } | null;
}

/** One read of the body: text, with the bytes of characters that the read cuts; or `base64`, where it is no text. */
export interface TapeRead {
  readonly ms: number;
  /** The bytes, in hex, of a character that the read before began. */
  readonly begins?: string | undefined;
  readonly text?: string | undefined;
  /** The bytes, in hex, of a character that the next read goes on with. */
  readonly ends?: string | undefined;
  readonly base64?: string | undefined;
}

/** What version of tapes this library writes and reads. */
export const TAPE_VERSION = 1;

/**
 * A tape as text: a read a line, the same for the same tape, so that two recordings can be compared.
 *
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
 * @param json - What `JSON.parse` gave, or an imported JSON module.
 * @throws TypeError that says what is wrong, and where.
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
  if (!isObject(json)) return 'it is no object';
  const { version, request, head, reads, end } = json;
  if (typeof version !== 'number') return 'version is missing';
  if (version !== TAPE_VERSION)
    return `version ${version} is not one this library reads, which is ${TAPE_VERSION}`;
  if (!isObject(request) || typeof request.method !== 'string' || typeof request.path !== 'string') {
    return 'request has no method and path';
  }
  if (!Array.isArray(reads)) return 'reads is no list';
  const places: readonly (string | undefined)[] = [
    head === null ? undefined : headProblem(head),
    ...reads.map((read: unknown, at) => readProblem(read, `reads[${at}]`)),
    head === null && reads.length > 0 ? 'there are reads, but head is null' : undefined,
    end === null ? undefined : endProblem(end),
  ];
  return places.find((problem) => problem !== undefined);
}

function headProblem(head: unknown): string | undefined {
  if (!isObject(head)) return 'head is neither an object nor null';
  if (!Number.isInteger(head.status)) return 'head.status is no number';
  if (!isObject(head.headers) || !Object.values(head.headers).every((value) => typeof value === 'string')) {
    return 'head.headers are no texts by name';
  }
  return msProblem(head, 'head');
}

function readProblem(read: unknown, place: string): string | undefined {
  if (!isObject(read)) return `${place} is no object`;
  const { begins, text, ends, base64 } = read;
  for (const [name, hex] of Object.entries({ begins, ends })) {
    if (hex !== undefined && (typeof hex !== 'string' || !/^([\da-f]{2})+$/.test(hex)))
      return `${place}.${name} is no hex`;
  }
  if (base64 === undefined) {
    const isText = typeof text === 'string' || (text === undefined && (begins ?? ends) !== undefined);
    if (!isText) return `${place} has neither text nor base64`;
  } else if (typeof base64 !== 'string' || !isBase64(base64)) return `${place}.base64 is none`;
  else if ((begins ?? text ?? ends) !== undefined) return `${place} has both text and base64`;
  return msProblem(read, place);
}

function endProblem(end: unknown): string | undefined {
  if (!isObject(end)) return 'end is neither an object nor null';
  if (end.error !== undefined && !(isObject(end.error) && typeof end.error.message === 'string')) {
    return 'end.error has no message';
  }
  return msProblem(end, 'end');
}

const msProblem = ({ ms }: Fields, place: string): string | undefined =>
  typeof ms === 'number' && ms >= 0 && Number.isFinite(ms)
    ? undefined
    : `${place}.ms is no time in milliseconds`;

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isBase64(text: string): boolean {
  try {
    atob(text);
    return true;
  } catch {
    return false;
  }
}

/** A read as it is written: as text wherever it is text, but for the characters it cuts. */
export function writtenRead(ms: number, bytes: Bytes): TapeRead {
  const begun = leading(bytes);
  const cut = trailing(bytes.subarray(begun));
  const text = decoded(bytes.subarray(begun, bytes.length - cut));
  if (text === undefined) return { ms, base64: btoa(latin1(bytes)) };
  return {
    ms,
    ...(begun > 0 && { begins: hexOf(bytes.subarray(0, begun)) }),
    ...((text !== '' || (begun === 0 && cut === 0)) && { text }),
    ...(cut > 0 && { ends: hexOf(bytes.subarray(bytes.length - cut)) }),
  };
}

/** The bytes of a read that was written. */
export function bytesOfRead({ begins = '', text = '', ends = '', base64 }: TapeRead): Bytes {
  if (base64 !== undefined) return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Uint8Array([...bytesOfHex(begins), ...new TextEncoder().encode(text), ...bytesOfHex(ends)]);
}

/** Bytes as a text with a character for each, whatever they mean. */
export const latin1 = (bytes: Iterable<number>): string =>
  Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');

/** How many bytes at the beginning go on with a character. */
function leading(bytes: Bytes): number {
  const first = bytes.findIndex((byte) => !isContinuation(byte));
  return Math.min(first === -1 ? bytes.length : first, 3);
}

/** How many bytes at the end begin a character that is not whole. */
function trailing(bytes: Bytes): number {
  const there = [1, 2, 3].find((back) => !isContinuation(bytes[bytes.length - back] ?? 0)) ?? 0;
  const lead = bytes[bytes.length - there] ?? 0;
  const size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return there < size ? there : 0;
}

const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80;

function decoded(bytes: Bytes): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const hexOf = (bytes: Bytes): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const bytesOfHex = (hex: string): readonly number[] =>
  (hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
