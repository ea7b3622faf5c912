import type * as t from 'io-ts';

import { taggedOf } from '../decode/Tagged';
import { keywordsOf } from './annotate';

/**
 * Whether the JSON of a codec is an object. The annotated `type` decides first.
 *
 * `responseFormatOf` requests an object unchanged and anything else as `{ value: … }`, because OpenAI's strict mode accepts only
 * objects at the root.
 */
export function isObjectCodec(codec: t.Any): boolean {
  const type = keywordsOf(codec)?.['type'];
  if (type === 'object' || type === 'array') return type === 'object';
  const tagged = taggedOf(codec);
  switch (tagged._tag) {
    case 'InterfaceType':
    case 'PartialType':
    case 'StrictType':
    case 'DictionaryType':
    case 'AnyDictionaryType':
      return true;
    case 'IntersectionType':
      return tagged.types.every(isObjectCodec);
    case 'ExactType':
    case 'ReadonlyType':
    case 'RefinementType':
    case 'RecursiveType':
      return isObjectCodec(tagged.type);
    default:
      return false;
  }
}
