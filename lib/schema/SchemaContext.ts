import type * as t from 'io-ts';

import { RequestError } from '../errors';
import type { JsonSchema } from '../request/JsonSchema';

/** A schema under a name of its own. */
interface Definition {
  readonly name: string;
  readonly schema: JsonSchema;
}

/** The place of a codec, and the schema around it. */
export interface SchemaContext {
  readonly strict: boolean;
  /** The schemas of references, by the codec passed to `t.recursion`. */
  readonly defs: Map<t.Any, Definition>;
  readonly path: readonly string[];
}

/** Returns the context of a part. */
export const below = (context: SchemaContext, name: string): SchemaContext => ({
  ...context,
  path: [...context.path, name],
});

/** Returns the error of a codec without a schema, with its path. */
export const impossible = ({ path }: SchemaContext, problem: string): RequestError =>
  new RequestError(`${path.join('/') || 'the codec'}: ${problem}`);
