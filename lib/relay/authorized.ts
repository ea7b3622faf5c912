import { catchError, defer, first, map, type Observable } from 'rxjs';

import { isRecord } from '../codec/isRecord';
import { classOf } from '../errors';
import { valuesOf } from '../rx/valuesOf';
import { isRelayError, RelayError } from './RelayError';
import type { RelayOptions, RelayUser } from './RelayOptions';

/**
 * Emits the user of a request, or the response that refuses it.
 *
 * Only a user with an id lets a request in: everything else is a {@link RelayError}.
 */
export const authorized = <User extends RelayUser>(
  http: Request,
  options: Pick<RelayOptions<User>, 'authorize'>,
): Observable<User | Response> =>
  defer(() => valuesOf(options.authorize(http))).pipe(
    first(null, undefined),
    map((user) => {
      const id = idOf(user);
      if (isResponse(user) || (typeof id === 'string' && id !== '')) return user as User | Response;
      if (id) throw new TypeError('authorize must return a string, or an object whose id is a string');
      throw new RelayError(401, 'unauthorized', 'there is no user: sign in', {
        headers: { 'www-authenticate': 'Bearer' },
      });
    }),
    catchError((cause: unknown) => {
      if (isRelayError(cause)) throw cause;
      throw new RelayError(500, 'authorize_failed', 'the relay failed: see its log', {
        headers: { 'x-should-retry': 'false' },
        cause,
      });
    }),
  );

/** Whether a value is a Response of any realm. */
export const isResponse = (value: unknown): value is Response => classOf(value) === 'Response';

/** Returns the id of a user, of any type: JavaScript allows a number, and an object without one, such as the payload of a JWT. */
const idOf = (user: unknown): unknown => (isRecord(user) && 'id' in user ? user['id'] : user);
