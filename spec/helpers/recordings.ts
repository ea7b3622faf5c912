import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, relative, resolve, sep } from 'node:path';

import { concat, map, of, range, type Observable } from 'rxjs';

import type { Bytes, ResponseHead } from '../../lib/transport/transport';
import { sharedFolder } from './shared';

/** The expected result of one choice of a recorded answer. */
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

/** The expected result of a recorded answer; of its first choice, if there are several. */
interface ExpectedAnswer extends ExpectedChoice {
  readonly usage: unknown;
  readonly choices?: readonly ExpectedChoice[];
  /** The error frame that ends the stream. */
  readonly error?: { readonly message: string; readonly code?: string | number; readonly type?: string };
}

/** A recorded body of a response with a good status. */
export interface RecordedAnswer {
  /** Its server or provider, and its file. */
  readonly name: string;
  readonly kind: 'stream' | 'completion';
  readonly head: ResponseHead;
  readonly body: Bytes;
  readonly expect: ExpectedAnswer;
  /** The sizes of its reads, if known. */
  readonly networkChunks?: readonly number[];
}

/** An entry of a manifest, in either of their two forms. */
interface Entry extends Pick<RecordedAnswer, 'expect' | 'networkChunks'> {
  readonly file: string;
  readonly kind: RecordedAnswer['kind'] | 'error';
  readonly contentType?: string;
  readonly response?: { readonly headers: ResponseHead['headers'] };
}

const wire = sharedFolder === undefined ? [] : answersBelow(resolve(sharedFolder, 'wire'));

/**
 * All recorded answers: those of `spec/fixtures`, from some servers and one of each oddity, and those beside the
 * checkout, if there are any.
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

/** Plays an answer: its head, then its body in reads of one size; by default in one read. */
export function played({ head, body }: RecordedAnswer, size = body.length): Observable<ResponseHead | Bytes> {
  const reads = Math.ceil(body.length / size);
  return concat(of(head), range(0, reads).pipe(map((i) => body.subarray(i * size, (i + 1) * size))));
}

/** Plays an answer in reads of these sizes; the rest is one more read. */
export function playedIn(
  sizes: readonly number[],
  { head, body }: RecordedAnswer,
): Observable<ResponseHead | Bytes> {
  let at = 0;
  const reads = [...sizes, body.length].map((size) => body.subarray(at, (at += size)));
  return of(head, ...reads.filter(({ length }) => length > 0));
}
