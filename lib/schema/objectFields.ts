import type * as t from 'io-ts';

import { taggedOf } from '../decode/Tagged';
import type { RequestError } from '../errors';
import { isOptional } from './accepts';
import { keywordsOf } from './annotate';
import { below, impossible, type SchemaContext } from './SchemaContext';

/** A field of an object. */
export interface Field {
  readonly codec: t.Any;
  readonly optional: boolean;
}

/**
 * Adds the fields and the keywords of a codec and its parts.
 *
 * @returns The error of a part that is not an object; `undefined` without one.
 */
export function collectFields(
  codec: t.Any,
  context: SchemaContext,
  fields: Map<string, Field>,
  keywords: Record<string, unknown>,
): RequestError | undefined {
  Object.assign(keywords, keywordsOf(codec));
  const tagged = taggedOf(codec);
  switch (tagged._tag) {
    case 'InterfaceType':
    case 'PartialType':
    case 'StrictType':
      for (const [name, field] of Object.entries<t.Any>(tagged.props)) {
        const other = fields.get(name);
        if (other !== undefined && other.codec !== field)
          return impossible(
            below(context, name),
            'a field in two parts of an intersection: leave it out of one',
          );
        const optional = tagged._tag === 'PartialType' || isOptional(field);
        fields.set(name, { codec: field, optional: optional && (other?.optional ?? true) });
      }
      return undefined;
    case 'IntersectionType':
      for (const part of tagged.types) {
        const problem = collectFields(part, context, fields, keywords);
        if (problem !== undefined) return problem;
      }
      return undefined;
    case 'ReadonlyType':
    case 'ExactType':
    case 'RefinementType':
    case 'RecursiveType':
      return collectFields(tagged.type, context, fields, keywords);
    default:
      return impossible(
        context,
        `no schema for an intersection with ${codec.name}: annotate(codec, { type: … })`,
      );
  }
}
