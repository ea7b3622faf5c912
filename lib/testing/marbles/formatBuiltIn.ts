import { isMap, isSet } from './collectionParts';

/**
 * Formats built-in objects whose content is not in fields: `Date 2026-01-02T03:04:05.000Z`, `Map { 'a' => 1 }`.
 *
 * @returns `undefined` for any other object.
 */
export function formatBuiltIn(value: object, formatInner: (value: unknown) => string): string | undefined {
  const tag = Object.prototype.toString.call(value).slice('[object '.length, -1);
  const list = (open: string, items: readonly string[], close: string): string =>
    `${tag} ${items.length === 0 ? open + close : `${open} ${items.join(', ')} ${close}`}`;
  // A class may have the tag of another.
  if ((tag === 'Map' && !isMap(value)) || (tag === 'Set' && !isSet(value))) return undefined;
  switch (tag) {
    case 'Date':
      return `Date ${Number.isNaN(Number(value)) ? 'invalid' : (value as Date).toISOString()}`;
    case 'RegExp':
      return (value as RegExp).toString();
    case 'URL':
      return `URL ${formatInner((value as URL).href)}`;
    case 'Number':
    case 'String':
    case 'Boolean':
    case 'BigInt':
      return `${tag}(${formatInner(value.valueOf())})`;
    case 'Map':
      return list(
        '{',
        [...(value as Map<unknown, unknown>)].map(
          ([key, item]) => `${formatInner(key)} => ${formatInner(item)}`,
        ),
        '}',
      );
    case 'Set':
      return list('{', [...(value as Set<unknown>)].map(formatInner), '}');
    case 'ArrayBuffer':
    case 'DataView':
    case 'SharedArrayBuffer':
      return `${tag}(${(value as ArrayBuffer).byteLength} bytes)`;
    default:
      return ArrayBuffer.isView(value) ? list('[', Array.from(value as Int8Array, String), ']') : undefined;
  }
}
