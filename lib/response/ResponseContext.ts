import type { Limits } from '../transport/limits';

/** What the readers of a body need to know of its call. */
export interface ResponseContext {
  readonly limits: Required<Limits>;
  /** Blots the call's secrets out of a text that an error will show. */
  readonly redact: (text: string) => string;
}
