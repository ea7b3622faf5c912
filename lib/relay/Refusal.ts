/** Options for a {@link Refusal}. */
interface RefusalOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** The failure behind it, for the log of the relay only. */
  readonly cause?: unknown;
}

/** A request that a relay refuses by itself. Its message is for the reader. */
export class Refusal extends Error {
  readonly status: number;
  /** A name for programs. */
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, { headers = {}, cause }: RefusalOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}
