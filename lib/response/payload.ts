import { isRight, right, type Left } from 'fp-ts/Either';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { parseJson } from '../codec/parseJson';
import { TemplateDecoder } from '../decode/TemplateDecoder';
import { decodeChunk, type Decoded } from '../decode/decode';
import { TruncatedError, type ChunkError, type ServerError } from '../errors';
import type { Redact } from '../request/redact';
import type { ServerSentEvent } from '../sse/ServerSentEvent';
import { ChoiceReader } from './ChoiceReader';
import { isErrorName } from './errors/errorFields';
import { errorBesideChoices, explainsError, hasError, serverErrorOf } from './errors/serverError';

/** The payload that ends an answer, whether the connection stays open or not. */
export const DONE = Symbol('[DONE]');

/** A payload that reports an error, and its chunk, if it is one as well (OpenRouter). */
export class Failure {
  readonly error: ServerError;
  readonly chunk: ChatCompletionChunk | undefined;

  constructor(error: ServerError, chunk?: ChatCompletionChunk) {
    this.error = error;
    this.chunk = chunk;
  }
}

/** A payload of a stream, decoded. */
export type Payload = Decoded<ChatCompletionChunk> | Failure | typeof DONE;

/**
 * Whether an event carries a payload.
 *
 * Blank events and empty objects are heartbeats, and so are named events (`ping`) whose data does not look like a chunk.
 */
export const isPayload = ({ event, data }: ServerSentEvent): boolean =>
  event === 'message' || event === ''
    ? !/^\s*(?:\{\s*\}\s*)?$/.test(data)
    : isDone(data) || isErrorName(event) || /"(choices|error)"\s*:/.test(data);

/**
 * Decodes the payloads of one stream: JSON, then the codec.
 *
 * A payload that is an error, or a chunk that reports one beside its choices, is a {@link Failure}.
 */
export class PayloadDecoder {
  readonly #redact: Redact;
  readonly #template = new TemplateDecoder();
  readonly #choices: ChoiceReader;

  /**
   * @param redact - Redacts secrets, since a `Left` quotes the payload that it could not decode.
   * @param isOneAnswer - Whether the request wants one answer.
   */
  constructor(redact: Redact, isOneAnswer = false) {
    this.#redact = redact;
    this.#choices = new ChoiceReader(isOneAnswer);
  }

  /** @throws TruncatedError at a payload that the end of the body cuts. */
  decode(received: ServerSentEvent): Payload {
    const { event, data } = received;
    const isError = event !== 'message' && isErrorName(event);
    const similar = isError ? undefined : this.#template.decode(data);
    if (similar !== undefined) return right(similar);
    if (isDone(data)) return DONE;
    const decoded = decodeChunk(data);
    if (!isRight(decoded)) return this.#readMisfit(decoded, isError, received);
    const sent = decoded.right;
    if (isError || (!sent.choices?.length && explainsError(sent)))
      return new Failure(serverErrorOf(sent, data));
    const chunk = this.#choices.read(sent);
    const error = errorBesideChoices(chunk);
    if (error !== undefined) return new Failure(error, chunk);
    if (chunk !== sent) return right(chunk);
    // Only a chunk that is emitted as it is: the same holds for one that differs in a text, an id or a time.
    this.#template.learn(data, chunk);
    return decoded;
  }

  /** Reads a payload that is not a chunk. */
  #readMisfit(decoded: Left<ChunkError>, isError: boolean, received: ServerSentEvent): Payload {
    const { data } = received;
    if (isError) return new Failure(serverErrorOf(parseJson(data) ?? data, data));
    if (decoded.left._tag === 'SchemaMismatch') {
      const json: unknown = JSON.parse(data);
      if (hasError(json)) return new Failure(serverErrorOf(json, data));
      // A relay has serialized the chunk twice.
      if (typeof json === 'string' && json.startsWith('{')) return this.decode({ ...received, data: json });
    } else if (received.incomplete) {
      throw new TruncatedError(
        'the stream ended in the middle of an event: retry, or read the log of the server or proxy',
      );
    }
    const redacted = this.#redact(data);
    return redacted === data ? decoded : decodeChunk(redacted);
  }
}

/** Some gateways send it as a JSON string, in quotes, or with an escaped line break. */
const isDone = (data: string): boolean => /^\s*["']?\[DONE\]/i.test(data);
