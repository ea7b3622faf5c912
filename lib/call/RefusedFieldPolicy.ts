import type { HttpError } from '../errors';

/** A request that the server has refused, as passed to a {@link RefusedFieldPolicy}. */
export interface RefusedRequest {
  readonly error: HttpError;
  /** Names of the fields of its body. */
  readonly sent: readonly string[];
  /** Names of the fields that this call has removed already. */
  readonly removed: readonly string[];
}

/** A field to remove from a request. */
export interface FieldRemoval {
  readonly field: string;
  /** Another name to send its value under. Default: the value is not sent. */
  readonly as?: string;
}

/**
 * A function that returns the field to remove before the request is sent again, or `null` to fail with the error.
 *
 * @example Remove a field of your own server
 * ```ts
 * import type { RefusedFieldPolicy } from 'rxjs-chat-completions';
 *
 * const withoutTag: RefusedFieldPolicy = ({ error, sent }) =>
 *   error.code === 'no_tags' && sent.includes('tag') ? { field: 'tag' } : null;
 * ```
 */
export type RefusedFieldPolicy = (refused: RefusedRequest) => FieldRemoval | null;
