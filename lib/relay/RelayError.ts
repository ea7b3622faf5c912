/** Options for a {@link RelayError}. */
export interface RelayErrorOptions {
  /** Headers of the response, such as `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The failure behind it. Readers do not see it: the relay passes it to `onError`. */
  readonly cause?: unknown;
}

/**
 * An error that refuses a request, with a status and a message for the reader.
 *
 * A relay refuses with it by itself, and so may `answer`: it throws one, or its Observable errors with one.
 *
 * @example A model of one plan only
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { RelayError, relay } from 'rxjs-chat-completions/relay';
 *
 * const chat = relay({
 *   answer: ({ request, user, gate }) => {
 *     if (user.plan === 'free' && request.model === 'large')
 *       throw new RelayError(403, 'plan', 'your plan does not have this model: use another one');
 *     return chatCompletion$({ gate }, request);
 *   },
 *   authorize: () => ({ id: 'anna', plan: 'free' }),
 *   allow: { models: ['small', 'large'] },
 * });
 * ```
 */
export class RelayError extends Error {
  readonly _tag = 'RelayError';
  /** Status of the response: 400 to 599. */
  readonly status: number;
  /** A name for programs. */
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  /**
   * Creates an error that refuses a request.
   *
   * @param status - Status of the response: 400 to 599.
   * @param code - A name for programs.
   * @param message - The message for the reader.
   * @param options - Headers of the response, and the cause, which the reader does not see.
   * @throws RangeError for another status, and TypeError for a header that HTTP does not allow.
   */
  constructor(status: number, code: string, message: string, options: RelayErrorOptions = {}) {
    const { headers = {}, cause } = options;
    super(message, cause === undefined ? undefined : { cause });
    if (!(status >= 400 && status <= 599)) throw new RangeError('status must be 400 to 599');
    new Headers(headers); // Throws for what HTTP does not allow.
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** Whether an error is a {@link RelayError}, of any copy of this library. */
export const isRelayError = (error: unknown): error is RelayError =>
  (Object(error) as Partial<RelayError>)._tag === 'RelayError';
