import type { OperatorFunction } from 'rxjs';

import type { Bytes } from '../transport/transport';

/** The fields of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** The translation between chat completions and another API of a server. */
export interface Dialect {
  /** Path of the API in place of `/v1/chat/completions`, given the one of the base URL: `/v1`, or an empty text. */
  readonly path: (base: string) => string;
  /**
   * Returns the body of the request, given that of a chat completion.
   *
   * @throws RequestError if the API has no place for a part of it.
   */
  readonly request: (fields: Fields) => Fields;
  /** Converts a streamed body to the text of server-sent events with chunks. */
  readonly events: () => OperatorFunction<Bytes, string>;
  /** Converts a body that is not streamed to a completion. */
  readonly completion: (body: Fields) => Fields;
}
