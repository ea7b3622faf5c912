import { defer } from 'rxjs';

import { isRecord } from '../codec/isRecord';
import { parseJson } from '../codec/parseJson';
import { LimitError } from '../errors';
import { mediaTypeOf } from '../response/mediaType';
import { concatItems } from '../rx/concatItems';
import { Utf8Decoder } from '../sse/utf8';
import { defaultLimits } from '../transport/limits';
import { isResponseHead, type Bytes, type ResponseHead, type Transport } from '../transport/transport';
import type { PayloadReader, Payloads } from './payloads';

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** The payload that ends a stream of chat completions. */
export const DONE = '[DONE]';

/** A protocol that is translated from and to chat completions. */
export interface Dialect {
  /** Matches the end of the path that `path` replaces. */
  readonly replaces: RegExp;
  readonly path: string;
  /** Returns the body to send, given that of a chat completion. */
  readonly request: (fields: Json) => Json;
  /** Matches the media types of a streamed body. */
  readonly streams: RegExp;
  readonly payloads: () => PayloadReader;
  /** Creates a function that returns the chunks of each payload of one stream. */
  readonly chunks: () => (payload: Json) => ReadonlyArray<Json | typeof DONE>;
  /** Returns the completion of a response that is not streamed, or the JSON itself if it is an error. */
  readonly completion: (json: Json) => Json;
}

/**
 * Creates a transport that speaks another protocol in place of `/chat/completions`.
 *
 * Other calls, failed responses and bodies of an unexpected media type pass unchanged. The reads are translated one by one, so
 * the gate and an abort reach the transport below.
 */
export function translated(transport: Transport, dialect: Dialect): Transport {
  return (request) => {
    if (request.body === undefined || !dialect.replaces.test(request.url)) return transport(request);
    const fields = JSON.parse(request.body) as Json;
    const url = request.url.replace(dialect.replaces, dialect.path);
    const sent = { ...request, url, body: JSON.stringify(dialect.request(fields)) };
    return defer(() => {
      let reader: PartReader | undefined;
      return transport(sent).pipe(
        concatItems<ResponseHead | Bytes, ResponseHead | Bytes>(
          (part) => {
            if (!isResponseHead(part)) return reader?.take(part) ?? [part];
            reader = readerOf(part, fields.stream === true, dialect);
            return [reader === undefined ? part : { ...part, headers: reader.headers(part) }];
          },
          () => reader?.end() ?? [],
        ),
      );
    });
  };
}

/** Translates the reads of one body. */
interface PartReader {
  readonly headers: (head: ResponseHead) => ResponseHead['headers'];
  readonly take: (read: Bytes) => Items;
  readonly end: () => Items;
}
type Items = ReadonlyArray<Bytes | Error>;

function readerOf(head: ResponseHead, isStreamed: boolean, dialect: Dialect): PartReader | undefined {
  if (head.status < 200 || head.status > 299) return undefined;
  const type = mediaTypeOf(head);
  if (isStreamed && dialect.streams.test(type)) return new StreamReader(dialect);
  return /json$/.test(type) ? new CompletionReader(dialect) : undefined;
}

class StreamReader implements PartReader {
  readonly #payloads: PayloadReader;
  readonly #chunks: ReturnType<Dialect['chunks']>;

  constructor({ payloads, chunks }: Dialect) {
    this.#payloads = payloads();
    this.#chunks = chunks();
  }

  headers(head: ResponseHead): ResponseHead['headers'] {
    return headersWith(head, 'text/event-stream');
  }

  take(read: Bytes): Items {
    // A comment: bytes without a payload are activity.
    return this.#translate(this.#payloads.take(read), (text) => frame(text), ':\n\n');
  }

  end(): Items {
    // An event without its blank line is one that the end of the body cuts.
    return this.#translate(this.#payloads.end(), (text) => frame(text).trimEnd(), '');
  }

  #translate(payloads: Payloads, invalid: (text: string) => string, otherwise: string): Items {
    let text = '';
    for (const payload of payloads) {
      if (payload instanceof LimitError) return [encode(text || otherwise), payload];
      const json = parse(payload);
      text += json === undefined ? invalid(payload) : this.#chunks(json).map(frameOf).join('');
    }
    return text === '' && otherwise === '' ? [] : [encode(text || otherwise)];
  }
}

class CompletionReader implements PartReader {
  readonly #decoder = new Utf8Decoder();
  readonly #completion: Dialect['completion'];
  #text = '';

  constructor({ completion }: Dialect) {
    this.#completion = completion;
  }

  headers(head: ResponseHead): ResponseHead['headers'] {
    return headersWith(head, 'application/json');
  }

  take(read: Bytes): Items {
    this.#text += this.#decoder.decode(read);
    const limit = defaultLimits.answer;
    // A blank: bytes are activity, and JSON may begin with any number of blanks.
    return [this.#text.length > limit ? new LimitError('answer', limit) : encode(' ')];
  }

  end(): Items {
    const text = this.#text + this.#decoder.end();
    const json = parse(text);
    return [encode(json === undefined ? text : JSON.stringify(this.#completion(json)))];
  }
}

/** The length is that of the body before its translation. */
const headersWith = (
  { headers: { 'content-length': _, ...headers } }: ResponseHead,
  type: string,
): ResponseHead['headers'] => ({ ...headers, 'content-type': type });

/** Returns the event of a payload, which may have several lines. */
const frame = (payload: string): string => `data: ${payload.replace(/\n/g, '\ndata: ')}\n\n`;

const frameOf = (chunk: Json | typeof DONE): string =>
  frame(typeof chunk === 'string' ? chunk : JSON.stringify(chunk));

const encode = (text: string): Bytes => new TextEncoder().encode(text);

/** Returns a JSON object, or `undefined` for any other text. */
function parse(text: string): Json | undefined {
  const json = parseJson(text);
  return isRecord(json) ? json : undefined;
}
