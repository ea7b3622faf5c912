import { fieldsOf } from '../codec/isRecord';
import { requireFunction } from '../codec/require';

/** @throws RequestError for a value that is not a codec, such as a JSON schema, which JavaScript allows. */
export function requireCodec(codec: unknown, name = 'codec'): void {
  // Schemas of other libraries have `decode` too.
  requireFunction(
    fieldsOf(codec)['is'],
    `${name} must be a codec of io-ts, such as t.type({ name: t.string }), not a JSON schema`,
  );
}
