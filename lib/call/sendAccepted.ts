import { catchError, type Observable } from 'rxjs';

import { isChatError } from '../errors';
import type { ChatHooks } from './ChatHooks';
import type { Call } from './encodeRequest';
import type { FieldRemoval, RefusedFieldPolicy } from './RefusedFieldPolicy';

/**
 * Sends a call, and again without a field that the server refuses, as far as the policy allows it.
 *
 * Each field is removed once, so the attempts end. A refusal precedes all values, so none is emitted twice.
 */
export function sendAccepted<T>(
  send: (call: Call) => Observable<T>,
  call: Call,
  policy: RefusedFieldPolicy | undefined,
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
