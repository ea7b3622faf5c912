import { isRight } from 'fp-ts/Either';
import type { Observable } from 'rxjs';

import { call$ } from '../call/call';
import type { ChatConfig } from '../call/config';
import { deferCall } from '../call/deferCall';
import { attempt } from '../codec/attempt';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Decoded } from '../decode/decode';
import { RequestError } from '../errors';
import { hasOutput } from '../fold/hasOutput';
import { readChunks } from '../response/readChunks';
import { fetchTransport } from '../transport/fetchTransport';
import { resumable } from './resumable';

/**
 * Joins an answer that a relay keeps, from its start, and emits its chunks as `chatCompletion$` does.
 *
 * For a page that was reloaded, and for a second tab. It follows an answer that is still being written, and replays one that has ended.
 * A relay that is unavailable at first is tried again, like one whose connection is lost.
 * Unsubscribing stops the answer, unless the transport has `leave: true`.
 *
 * ```text
 * the answer: -a-b-c------d|
 * resume$:          (abc)-d|   joined after c
 * ```
 *
 * @param config - The config of the call that started the answer. Its transport is used as it is; the default is {@link resumable}.
 * @param id - The `idempotency-key` of that call.
 * @returns An Observable that errors as `chatCompletion$` does, with a 404 `HttpError` when the relay does not have the answer, and with
 * `RequestError` for an id that no URL can contain.
 *
 * @example
 * ```ts
 * import { accumulateContent } from 'rxjs-chat-completions';
 * import { resume$ } from 'rxjs-chat-completions/resume';
 *
 * const afterReload = (messageId: string) => resume$({ baseURL: '/api' }, messageId).pipe(accumulateContent());
 * ```
 */
export const resume$ = (config: ChatConfig, id: string): Observable<Decoded<ChatCompletionChunk>> =>
  deferCall(config, (checked, subscription) =>
    call$(
      { ...checked, transport: checked.transport ?? resumable(fetchTransport({ fetch: checked.fetch })) },
      {
        operation: 'chat',
        attempt: subscription,
        path: pathOf(id),
        accept: 'text/event-stream',
      },
      (head, context) => readChunks(head, context, { isOne: false, hasUsage: false }),
      (decoded, report) => {
        if (isRight(decoded)) report.add(decoded.right, hasOutput);
      },
    ),
  );

function pathOf(id: string): string {
  // A lone surrogate cannot be escaped, and a URL parser removes dots. Storage returns null for what it does not have.
  const segment = typeof (id as unknown) === 'string' && attempt(() => encodeURIComponent(id));
  if (!segment || segment === '.' || segment === '..') {
    throw new RequestError('id must be the idempotency-key of the call that started the answer');
  }
  return `/chat/completions/${segment}`;
}
