import type * as t from 'io-ts';

import { taggedOf } from '../decode/Tagged';
import { keywordsOf } from './annotate';

/**
 * Returns the kind of JSON that a codec describes: an object, an array, or another value.
 *
 * `responseFormatOf` requests an object unchanged and anything else as `{ value: … }`, because OpenAI's strict mode accepts only
 * objects at the root.
 *
 * @param codec - Any codec. The annotated `type` applies first.
 */
export function rootOf(codec: t.Any): 'object' | 'array' | 'value' {
  const type = keywordsOf(codec)?.['type'];
  if (type === 'object' || type === 'array') return type;
  const tagged = taggedOf(codec);
  switch (tagged._tag) {
    case 'InterfaceType':
    case 'PartialType':
    case 'StrictType':
    case 'DictionaryType':
    case 'AnyDictionaryType':
      return 'object';
    case 'IntersectionType':
      return tagged.types.every((type) => rootOf(type) === 'object') ? 'object' : 'value';
    case 'ArrayType':
    case 'ReadonlyArrayType':
    case 'AnyArrayType':
    case 'TupleType':
      return 'array';
    case 'ExactType':
    case 'ReadonlyType':
    case 'RefinementType':
    case 'RecursiveType':
      return rootOf(tagged.type);
    default:
      return 'value';
  }
}
