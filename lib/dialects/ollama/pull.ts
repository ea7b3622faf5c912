import { defer, type Observable, type OperatorFunction } from 'rxjs';

import { isRecord } from '../../codec/isRecord';
import { deferCounted } from '../../rx/deferCounted';
import { call$ } from '../../call/call';
import type { ChatConfig } from '../../call/config';
import { ProtocolError, TruncatedError, type ChatError } from '../../errors';
import { parseJson } from '../../response/errorShapes';
import { hasError, serverErrorOf } from '../../response/serverError';
import { concatItems } from '../../rx/concatItems';
import { toLines } from '../../sse/toLines';
import type { Bytes } from '../../transport/transport';
import { apiOf } from './apiOf';

/** The progress of a download. */
export interface PullProgress {
  /** The step, in Ollama's words: `pulling manifest`, `verifying sha256 digest`, `success`. */
  readonly status: string;
  /** Digest of the file that is being downloaded. */
  readonly digest?: string;
  /** Bytes downloaded so far, of all files that have begun. */
  readonly completed: number;
  /** Bytes of all files that have begun. */
  readonly total: number;
}

/**
 * Downloads a model with Ollama, and emits its progress.
 *
 * Unsubscribing aborts the download; Ollama keeps what it has, and the next call continues.
 *
 * ```text
 * pull$: --m--a-a-b-b--v-(s|)  m = pulling manifest, a, b = files, v = verifying, s = success
 * ```
 *
 * @param config - Address and settings of the server; its base URL may end in `/v1`. `{}` is Ollama on this machine.
 * @param model - Name of the model, such as `llama3.2`.
 * @returns A cold Observable that completes when the model is installed. It errors with {@link ServerError} if Ollama reports a
 * failure, with {@link TruncatedError} if the response ends before that, and otherwise as {@link chatCompletion$} does.
 *
 * @example
 * ```ts
 * import { pull$ } from 'rxjs-chat-completions/dialects';
 *
 * pull$({}, 'llama3.2').subscribe({
 *   next: ({ status, completed, total }) => console.log(status, total > 0 ? completed / total : ''),
 *   error: console.error,
 * });
 * ```
 *
 * @see https://docs.ollama.com/api/pull
 */
export const pull$ = (config: ChatConfig, model: string): Observable<PullProgress> =>
  deferCounted((attempt) =>
    call$(
      apiOf(config),
      {
        operation: 'pull',
        attempt,
        method: 'POST',
        path: '/api/pull',
        accept: 'application/json',
        fields: { model, stream: true },
      },
      (_, { limits }) => toProgress(limits.line),
    ),
  );

const toProgress =
  (limit: number): OperatorFunction<Bytes, PullProgress> =>
  (read$) =>
    defer(() => {
      const files = new Files();
      return read$.pipe(
        toLines(limit),
        concatItems<string, PullProgress>(
          (line) => files.read(line),
          () => (files.isInstalled ? [] : [new TruncatedError()]),
        ),
      );
    });

/** The files of one download. */
class Files {
  isInstalled = false;
  readonly #sizes = new Map<string, { readonly completed: number; readonly total: number }>();

  read(line: string): ReadonlyArray<PullProgress | ChatError> {
    if (line.trim() === '') return [];
    const step = parseJson(line);
    if (hasError(step)) return [serverErrorOf(step, line)];
    if (!isRecord(step)) return [new ProtocolError('Ollama sent a line that is not JSON', line)];
    const { status, digest, completed, total } = step;
    if (typeof digest === 'string' && typeof total === 'number') {
      this.#sizes.set(digest, { completed: typeof completed === 'number' ? completed : 0, total });
    }
    this.isInstalled = status === 'success';
    const sizes = [...this.#sizes.values()];
    return [
      {
        status: String(status),
        ...(typeof digest === 'string' && { digest }),
        completed: sizes.reduce((sum, file) => sum + file.completed, 0),
        total: sizes.reduce((sum, file) => sum + file.total, 0),
      },
    ];
  }
}
