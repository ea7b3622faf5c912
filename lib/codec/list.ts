import { isLeft } from 'fp-ts/Either';
import * as t from 'io-ts';

import { TaggedType } from './TaggedType';

/** Number of errors after which a list is not read further: a report names no more than these. */
export const MAX_MISFITS = 5;

/**
 * Creates the codec of a list.
 *
 * Like `t.readonlyArray`, but stops after the first few errors: a payload of a million wrong items costs no more memory than one
 * of five.
 *
 * @param item - Codec of the items.
 */
export function list<A>(item: t.Type<A, unknown>): t.Type<readonly A[], unknown> {
  const { is } = item;
  return new TaggedType<readonly A[]>(
    'ListType',
    `ReadonlyArray<${item.name}>`,
    (json): json is readonly A[] => {
      if (!Array.isArray(json)) return false;
      for (let i = 0; i < json.length; i += 1) {
        if (!is(json[i])) return false;
      }
      return true;
    },
    (json, context) => {
      if (!Array.isArray(json)) return t.failure(json, context);
      const items: readonly unknown[] = json;
      const errors: t.ValidationError[] = [];
      let decoded: unknown[] | undefined;
      for (let i = 0; i < items.length && errors.length < MAX_MISFITS; i += 1) {
        const result = item.validate(items[i], t.appendContext(context, String(i), item, items[i]));
        if (isLeft(result)) errors.push(...result.left);
        else if (result.right !== items[i]) {
          decoded ??= [...items];
          decoded[i] = result.right;
        }
      }
      return errors.length > 0 ? t.failures(errors) : t.success((decoded ?? items) as readonly A[]);
    },
  );
}
