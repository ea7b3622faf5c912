import { isLeft } from 'fp-ts/Either';
import { defer, map, pipe, scan, tap, type Observable, type OperatorFunction } from 'rxjs';

import { call$ } from '../../call/call';
import type { ChatConfig } from '../../call/config';
import { deferCall } from '../../call/deferCall';
import { parseJson } from '../../codec/parseJson';
import { decodeWith } from '../../decode/decode';
import { ProtocolError, TruncatedError } from '../../errors';
import { hasError, serverErrorOf } from '../../response/errors/serverError';
import { COMPLETE, concatItems } from '../../rx/concatItems';
import type { Limits } from '../../transport/limits';
import type { Bytes } from '../../transport/transport';
import type { Payloads } from '../PayloadReader';
import { apiConfig } from './apiConfig';
import { LinePayloads } from './LinePayloads';
import { addPullStatus, emptyPull, PullStatus, SUCCESS, type PullProgress } from './PullProgress';

/**
 * Downloads a model to an Ollama, and emits the progress.
 *
 * Cold: each subscription sends one request. Unsubscribing aborts it, and the next pull of the same model continues where that
 * one ended. A model that is up to date completes at once. The timeout `idle` does not apply, since Ollama sends nothing while it
 * verifies a large model.
 *
 * ```text
 * pull$: -a-b-c---d|    a = pulling manifest, b, c = pulling 6a0746a1ec1a, d = success
 * ```
 *
 * @param config - Address and settings of the server. `{}` is Ollama on this machine. A `/v1` at the end of `baseURL` is left out.
 * @param model - Name of the model, such as `llama3.2` or `qwen3:8b`.
 * @returns An Observable that completes after the status `success`. It errors with `ServerError` and the message of Ollama for a model
 * that does not exist or a download that fails, with `TruncatedError` if the body ends before, and otherwise as `models$` does. To
 * retry it, use RxJS's `retry`: `retryChat` does not retry after a value, and a pull that is sent again continues.
 *
 * @example Print the percentage
 * ```ts
 * import { pull$ } from 'rxjs-chat-completions/dialects';
 *
 * pull$({}, 'llama3.2').subscribe(({ status, fraction }) => console.log(`${status} ${Math.floor(100 * fraction)} %`));
 * ```
 *
 * @example Continue after a lost connection
 * ```ts
 * import { retry, throwError, timer } from 'rxjs';
 * import { isChatError } from 'rxjs-chat-completions';
 * import { pull$ } from 'rxjs-chat-completions/dialects';
 *
 * pull$({}, 'llama3.2').pipe(
 *   retry({
 *     count: 5,
 *     delay: (error) => (isChatError(error) && error.retryable ? timer(2_000) : throwError(() => error)),
 *   }),
 * );
 * ```
 *
 * @see https://docs.ollama.com/api/pull
 */
export const pull$ = (config: ChatConfig, model: string): Observable<PullProgress> =>
  deferCall(config, (checked, attempt) =>
    call$(
      apiConfig(checked),
      {
        operation: 'pull',
        attempt,
        path: '/api/pull',
        // A call for JSON has no timeout `first`.
        accept: 'text/event-stream',
        fields: { model, stream: true },
      },
      (_, { limits, onFirst }) =>
        pipe(
          toPullStatus(limits),
          tap(() => onFirst()), // ends the timeout `first`
          scan(addPullStatus, emptyPull),
          map(({ progress }) => progress),
        ),
    ),
  );

/** Decodes the records of a pull, up to the last. */
const toPullStatus =
  (limits: Required<Limits>): OperatorFunction<Bytes, PullStatus> =>
  (read$) =>
    defer(() => {
      const lines = new LinePayloads(limits);
      return read$.pipe(
        concatItems<Bytes, PullStatus>(
          (read) => itemsOf(lines.take(read)),
          // A record that the end of the body cuts is not JSON. A web page is none.
          () => [
            ...itemsOf(lines.end()).filter(
              (item) => !(item instanceof ProtocolError && item.body.startsWith('{')),
            ),
            new TruncatedError('the pull ended without the status success: pull again to continue it'),
          ],
        ),
      );
    });

type Items = ReadonlyArray<PullStatus | Error | typeof COMPLETE>;

const itemsOf = (payloads: Payloads): Items =>
  payloads.flatMap((payload): Items => {
    const item = typeof payload === 'string' ? statusOf(payload) : payload;
    return !(item instanceof Error) && item.status === SUCCESS ? [item, COMPLETE] : [item];
  });

function statusOf(line: string): PullStatus | Error {
  const json = parseJson(line);
  if (json === undefined) {
    return new ProtocolError(
      'the response is not what was requested, but text that is not JSON; check baseURL',
      line,
    );
  }
  if (hasError(json)) return serverErrorOf(json, line);
  const decoded = decodeWith(PullStatus)(json, line);
  return isLeft(decoded)
    ? new ProtocolError(`the response does not fit PullStatus: ${decoded.left.message}; check baseURL`, line)
    : decoded.right;
}
