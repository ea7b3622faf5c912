import { catchError, type Observable } from 'rxjs';

import { isChatError, type HttpError } from '../errors';
import type { ChatHooks } from './ChatHooks';
import type { ChatConfig } from './config';
import type { Call } from './encodeRequest';

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

/**
 * Sends a call, and again without a field that the server refuses, as far as the policy of the config allows it.
 *
 * Each field is removed once, so the attempts end. A refusal precedes all values, so none is emitted twice.
 */
export function sendAccepted<T>(
  send: (call: Call) => Observable<T>,
  call: Call,
  { refusedFields: policy }: ChatConfig,
  hooks: ChatHooks,
): Observable<T> {
  if (policy === undefined || call.fields === undefined) return send(call);
  const attempt = (fields: NonNullable<Call['fields']>, removed: readonly string[]): Observable<T> =>
    send({ ...call, fields }).pipe(
      catchError((error: unknown) => {
        if (!isChatError(error) || error._tag !== 'HttpError') throw error;
        const sent = Object.keys(fields).filter((field) => fields[field] !== undefined);
        const removal = policy({ error, sent, removed });
        // JavaScript allows a policy that returns nothing.
        if (!removal || removed.includes(removal.field)) throw error;
        hooks.onRemovedField?.(removal.field, error);
        return attempt(without(fields, removal), [...removed, removal.field]);
      }),
    );
  return attempt(call.fields, []);
}

/** Returns the fields without one, or with its value under the other name. JSON omits `undefined`. */
const without = <F extends NonNullable<Call['fields']>>(fields: F, { field, as }: FieldRemoval): F => ({
  ...fields,
  [field]: undefined,
  ...(as !== undefined && { [as]: fields[field] }),
});
