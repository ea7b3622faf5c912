import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';

import { concat, map, of, range, type Observable } from 'rxjs';

import type { Bytes, Head } from '../../lib/body/transport';
import { sharedFolder } from './shared';

/** What a reader should get out of one choice of a recorded answer. */
export interface ExpectedChoice {
  readonly content: string;
  readonly reasoning?: string;
  readonly refusal?: string;
  readonly toolCalls: ReadonlyArray<{ readonly id: string; readonly name: string; readonly arguments: string }>;
  readonly finishReason: string | null;
  readonly audio?: { readonly id: string; readonly transcript: string; readonly dataLength: number };
}

/** What a reader should get out of a recorded answer; of its first choice, if there are several. */
export interface ExpectedAnswer extends ExpectedChoice {
  readonly usage: unknown;
  readonly choices?: readonly ExpectedChoice[];
  /** The error that ends the stream, as the server wrote it. */
  readonly error?: { readonly message: string; readonly code?: string | number; readonly type?: string };
}

/** What the body of a failed answer says. */
export interface ExpectedWords {
  readonly message: string;
  readonly code: string | number | null;
  readonly type: string | null;
  readonly param: string | null;
}

interface Recorded {
  /** Where it is from: server or provider, and file. */
  readonly name: string;
  readonly head: Head;
  readonly body: Bytes;
}

export interface RecordedAnswer extends Recorded {
  readonly kind: 'stream' | 'completion';
  readonly expect: ExpectedAnswer;
  /** The sizes of the reads it came in, where they are known. */
  readonly networkChunks?: readonly number[];
}

export interface RecordedError extends Recorded {
  readonly kind: 'error';
  /** Absent where the recorder did not say. */
  readonly expect?: ExpectedWords;
}

/** An entry of a manifest, in either of the forms that they have. */
interface Entry {
  readonly file: string;
  readonly kind: 'stream' | 'completion' | 'error';
  readonly contentType?: string;
  readonly response?: { readonly headers: Head['headers'] };
  readonly networkChunks?: readonly number[];
  readonly expect?: unknown;
}

/** Recordings of some servers and one of each oddity, which come with the specs. */
const here = resolve(__dirname, '../fixtures/recordings');

/** Every recorded answer there is: those that come with the specs, and those beside the checkout if it has any. */
export const recordings: ReadonlyArray<RecordedAnswer | RecordedError> = [
  ...recordingsBelow(here),
  ...(sharedFolder === undefined ? [] : recordingsBelow(resolve(sharedFolder, 'wire'))),
];

function recordingsBelow(root: string): Array<RecordedAnswer | RecordedError> {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => basename(path).toLowerCase() === 'manifest.json')
    .sort()
    .flatMap((path) => {
      const folder = dirname(resolve(root, path));
      const entries = JSON.parse(readFileSync(resolve(root, path), 'utf8')) as readonly Entry[];
      return entries.map((entry) => recordingOf(entry, resolve(folder, entry.file), root));
    });
}

function recordingOf({ kind, contentType, response, ...entry }: Entry, path: string, root: string): RecordedAnswer | RecordedError {
  const name = relative(root, path);
  const bytes = readFileSync(path);
  if (kind !== 'error') {
    const type = contentType ?? response?.headers['content-type'] ?? '';
    const head = { status: 200, headers: { 'content-type': type } };
    return { name, kind, head, body: bytes, networkChunks: entry.networkChunks, expect: entry.expect as ExpectedAnswer };
  }
  const { body, ...head } = JSON.parse(bytes.toString()) as Head & { readonly body: unknown };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { name, kind, head, body: new TextEncoder().encode(text), expect: entry.expect as ExpectedWords | undefined };
}

/** Plays a recording: its head, then its body in reads of one size; in one read, unless told otherwise. */
export function played({ head, body }: Recorded, size = body.length): Observable<Head | Bytes> {
  return concat(of(head), range(0, Math.ceil(body.length / size)).pipe(map((i) => body.subarray(i * size, (i + 1) * size))));
}

/** Plays a recording in reads of these sizes; what is left over comes in one more. */
export function playedIn(sizes: readonly number[], { head, body }: Recorded): Observable<Head | Bytes> {
  let at = 0;
  const reads = [...sizes, body.length].map((size) => body.subarray(at, (at += size)));
  return of(head, ...reads.filter(({ length }) => length > 0));
}
