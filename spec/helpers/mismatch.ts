import { isLeft } from 'fp-ts/Either';
import type * as t from 'io-ts';

import { mismatchOf as errorOf } from '../../lib/decode/issues';
import type { SchemaMismatch } from '../../lib/errors';

/** The error of a value that does not fit a codec. */
export function mismatchOf(codec: t.Mixed, text: string, root?: string): SchemaMismatch {
  const decoded = codec.decode(JSON.parse(text));
  if (!isLeft(decoded)) throw new Error(`${text} fits`);
  return errorOf(decoded.left, text, root);
}
