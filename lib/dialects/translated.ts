import { connect, defer, identity, map, merge, pipe, startWith, type OperatorFunction } from 'rxjs';

import { settingsOf } from '../call/defaults';
import { fieldsOf, isRecord } from '../codec/isRecord';
import { parseJson } from '../codec/parseJson';
import { recordsIn } from '../codec/recordsIn';
import { isChatError, messageOf, ProtocolError, RequestError, type LimitError } from '../errors';
import type { BodyKind } from '../response/bodyKind';
import { fullText } from '../response/bodyText';
import { readByKind } from '../response/readByKind';
import { readResponse } from '../response/readResponse';
import { concatItems, type Items } from '../rx/concatItems';
import { writeEvent } from '../sse/writeEvent';
import type { Limits } from '../transport/limits';
import { isSuccess, type Bytes, type ResponseHead, type Transport } from '../transport/transport';
import type { PayloadReader, Payloads } from './PayloadReader';

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** The payload that ends a stream of chat completions. */
export const DONE = '[DONE]';

/**
 * The chunks of a payload, or the JSON to send in their place: an error, or a payload that is not of the dialect, unchanged.
 *
 * A {@link LimitError} is the last item. It ends the stream.
 */
export type Chunks = ReadonlyArray<Json | typeof DONE | LimitError>;

/** A protocol that is translated from and to chat completions. */
export interface Dialect {
  /** Matches the end of the path that `path` replaces. */
  readonly replaces: RegExp;
  readonly path: string;
  /** Returns the body to send, given that of a chat completion. */
  readonly request: (fields: Json) => Json;
  /** The kind of body that is a stream. */
  readonly streams: BodyKind;
  readonly payloads: (limits: Required<Limits>) => PayloadReader;
  /** Creates a function that returns the chunks of each payload of one stream; one for a response that is not streamed. */
  readonly chunks: (limits: Required<Limits>) => (payload: Json) => Chunks;
}

/**
 * Creates a transport that speaks another protocol in place of `/chat/completions`.
 *
 * Other calls and failed responses pass unchanged. So does a body that its beginning shows to be of neither protocol, such as a web
 * page. The reads are translated one by one, so the gate and an abort reach the transport below.
 */
export function translated(transport: Transport, dialect: Dialect): Transport {
  const addressOf = (url: string): string => url.replace(dialect.replaces, dialect.path);
  const send: Transport = (request) => {
    if (request.body === undefined || !dialect.replaces.test(request.url)) return transport(request);
    const fields = JSON.parse(request.body) as Json;
    const sent = { ...request, url: addressOf(request.url), body: bodyOf(fields, dialect) };
    const isStreamed = fields.stream === true;
    const { limits } = settingsOf(request);
    return transport(sent).pipe(
      readResponse<ResponseHead | Bytes>(
        (head) =>
          isSuccess(head)
            ? pipe(
                readByKind(head, (kind) => translatedBody(kind, isStreamed, dialect, limits)),
                startWith(withoutLength(head)),
              )
            : startWith(head),
        () => false, // The call decides at another head, which is passed on.
      ),
    );
  };
  return Object.assign(send, { addressOf });
}

/** JavaScript, and histories that were stored, have messages and tools of any form. */
function bodyOf(fields: Json, { request }: Dialect): string {
  try {
    return JSON.stringify(request(fields));
  } catch (error) {
    if (isChatError(error)) throw error;
    throw new RequestError(`the request cannot be translated: ${messageOf(error)}; check messages and tools`);
  }
}

const translatedBody = (
  kind: BodyKind,
  isStreamed: boolean,
  dialect: Dialect,
  limits: Required<Limits>,
): OperatorFunction<Bytes, Bytes> =>
  isStreamed && kind === dialect.streams
    ? toChunkEvents(dialect, limits)
    : kind === 'json'
      ? toCompletion(dialect, limits)
      : identity;

/** Translates a stream. */
const toChunkEvents =
  ({ payloads, chunks }: Dialect, limits: Required<Limits>): OperatorFunction<Bytes, Bytes> =>
  (read$) =>
    defer(() => {
      const reader = payloads(limits);
      const chunksOf = chunks(limits);
      const itemsOf = (ended: Payloads, other: (text: string) => string): Items<Bytes> =>
        ended.flatMap((payload): Items<Bytes> =>
          payload instanceof Error
            ? [payload]
            : itemsIn(payload, (json) => chunksOf(json).map(itemOf), other),
        );
      return read$.pipe(
        concatItems<Bytes, Bytes>(
          (read) => {
            const items = itemsOf(reader.take(read), writeEvent);
            // A comment: bytes without a payload are activity.
            return items.length > 0 ? items : [encode(':\n\n')];
          },
          // An event without its blank line is one that the end of the body cuts.
          () => itemsOf(reader.end(), (text) => writeEvent(text).trimEnd()),
        ),
      );
    });

/** Translates a response that is not streamed. */
const toCompletion = ({ chunks }: Dialect, limits: Required<Limits>): OperatorFunction<Bytes, Bytes> =>
  connect((read$) =>
    merge(
      // A blank: bytes are activity, and JSON may begin with any number of blanks.
      read$.pipe(map(() => encode(' '))),
      read$.pipe(
        fullText(limits.answer),
        concatItems<string, Bytes>((text) =>
          itemsIn(
            text,
            (json) => [encode(JSON.stringify(completionOf(json, chunks(limits)(json)[0])))],
            identity,
          ),
        ),
      ),
    ),
  );

/**
 * Returns the items for a payload.
 *
 * @param other - Returns the text to send for a payload that is not a JSON object.
 */
function itemsIn(
  payload: string,
  itemsOf: (json: Json) => Items<Bytes>,
  other: (text: string) => string,
): Items<Bytes> {
  const json = parseJson(payload);
  if (!isRecord(json)) return [encode(other(payload))];
  try {
    return itemsOf(json);
  } catch (error) {
    // Engines parse JSON that is nested deeper than they write.
    return [new ProtocolError(`the response cannot be translated: ${messageOf(error)}`, payload)];
  }
}

/** Returns the completion that consists of one chunk; other JSON is not changed. */
function completionOf(json: Json, chunk: Chunks[number] | undefined): unknown {
  const [choice] = recordsIn(fieldsOf(chunk).choices) as readonly unknown[] as readonly Choice[];
  if (choice === undefined || chunk === json) return chunk;
  const { delta, ...others } = choice;
  const tool_calls = delta.tool_calls?.map(({ index: _, ...call }) => call);
  const message = { role: 'assistant', content: null, ...delta, tool_calls };
  return { ...(chunk as Json), object: 'chat.completion', choices: [{ ...others, message }] };
}

/** A choice of a chunk. */
interface Choice {
  readonly delta: { readonly tool_calls?: readonly Json[] };
}

/** The length is that of the body before its translation. */
const withoutLength = ({
  headers: { 'content-length': _, ...headers },
  ...head
}: ResponseHead): ResponseHead => ({ ...head, headers });

const itemOf = (chunk: Chunks[number]): Items<Bytes>[number] =>
  chunk instanceof Error
    ? chunk
    : encode(writeEvent(typeof chunk === 'string' ? chunk : JSON.stringify(chunk)));

const encode = (text: string): Bytes => new TextEncoder().encode(text);
