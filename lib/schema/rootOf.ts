import type * as t from 'io-ts';

import { keywordsOf } from './annotate';
import { taggedOf } from './Tagged';

/**
 * The kind of JSON at the root of what a codec describes: an object, an array, or another value.
 *
 * `responseFormatOf` asks for an object as it is and for anything else as `{ value: … }`, because OpenAI's strict mode takes
 * only objects at the root.
 *
 * @param codec - Any codec. One without a schema of its own is what it is annotated as.
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
    case 'IntersectionType':
      return 'object';
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
