import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, relative, resolve, sep } from 'node:path';

import { concat, map, of, range, type Observable } from 'rxjs';

import type { Bytes, ResponseHead } from '../../lib/transport/transport';
import { sharedFolder } from './shared';

/** What a reader should get out of one choice of a recorded answer. */
export interface ExpectedChoice {
  readonly content: string;
  readonly reasoning?: string;
  readonly refusal?: string;
  readonly toolCalls: ReadonlyArray<{
    readonly id: string;
    readonly name: string;
    readonly arguments: string;
  }>;
  readonly finishReason: string | null;
  readonly audio?: {
    readonly id: string;
    readonly transcript: string;
    readonly dataLength: number;
    readonly expiresAt: number;
  };
}

/** What a reader should get out of a recorded answer; of its first choice, if there are several. */
interface ExpectedAnswer extends ExpectedChoice {
  readonly usage: unknown;
  readonly choices?: readonly ExpectedChoice[];
  /** The error that ends the stream, as the server wrote it. */
  readonly error?: { readonly message: string; readonly code?: string | number; readonly type?: string };
}

/** The body of an answer with a good status, as it was recorded. */
export interface RecordedAnswer {
  /** Where it is from: server or provider, and file. */
  readonly name: string;
  readonly kind: 'stream' | 'completion';
  readonly head: ResponseHead;
  readonly body: Bytes;
  readonly expect: ExpectedAnswer;
  /** The sizes of the reads it came in, where they are known. */
  readonly networkChunks?: readonly number[];
}

/** An entry of a manifest, in either of the forms that they have. */
interface Entry extends Pick<RecordedAnswer, 'expect' | 'networkChunks'> {
  readonly file: string;
  readonly kind: RecordedAnswer['kind'] | 'error';
  readonly contentType?: string;
  readonly response?: { readonly headers: ResponseHead['headers'] };
}

const wire = sharedFolder === undefined ? [] : answersBelow(resolve(sharedFolder, 'wire'));

/**
 * Every recorded answer there is: those of `spec/fixtures`, which are from some servers and one of each oddity, and
 * those beside the checkout if it has any.
 */
export const recordings: readonly RecordedAnswer[] = [
  ...new Map(
    [...answersBelow(resolve(__dirname, '../fixtures')), ...wire].map((answer) => [answer.name, answer]),
  ).values(),
];

function answersBelow(root: string): readonly RecordedAnswer[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => basename(path).toLowerCase() === 'manifest.json')
    .sort()
    .flatMap((path) => {
      const folder = dirname(resolve(root, path));
      const entries = JSON.parse(readFileSync(resolve(root, path), 'utf8')) as readonly Entry[];
      return entries.flatMap((entry) => answerOf(entry, resolve(folder, entry.file), root));
    });
}

function answerOf(
  { kind, contentType, response, expect, networkChunks }: Entry,
  path: string,
  root: string,
): RecordedAnswer[] {
  if (kind === 'error') return [];
  const type = contentType ?? response?.headers['content-type'];
  const head = { status: 200, headers: { ...(type === undefined ? undefined : { 'content-type': type }) } };
  return [
    {
      name: relative(root, path).replaceAll(sep, '/'),
      kind,
      head,
      body: readFileSync(path),
      expect,
      networkChunks,
    },
  ];
}

/** Plays an answer: its head, then its body in reads of one size; in one read, unless told otherwise. */
export function played({ head, body }: RecordedAnswer, size = body.length): Observable<ResponseHead | Bytes> {
  const reads = Math.ceil(body.length / size);
  return concat(of(head), range(0, reads).pipe(map((i) => body.subarray(i * size, (i + 1) * size))));
}

/** Plays an answer in reads of these sizes; what is left over comes in one more. */
export function playedIn(
  sizes: readonly number[],
  { head, body }: RecordedAnswer,
): Observable<ResponseHead | Bytes> {
  let at = 0;
  const reads = [...sizes, body.length].map((size) => body.subarray(at, (at += size)));
  return of(head, ...reads.filter(({ length }) => length > 0));
}
