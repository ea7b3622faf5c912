/** How wide a line may be, in characters, before it is broken up. */
const WIDTH = 40;

/**
 * JSON to read: what is short stands on one line.
 *
 * @param key - What stands before it on its line.
 */
export function pretty(value: unknown, indent = '', key = ''): string {
  const flat = inline(value);
  const width = indent.length + key.length + flat.length;
  if (typeof value !== 'object' || value === null || width < WIDTH) return key + flat;
  const deeper = `${indent}  `;
  const lines = Array.isArray(value)
    ? value.map((each) => deeper + pretty(each, deeper))
    : entriesOf(value).map(([name, each]) => deeper + pretty(each, deeper, `${JSON.stringify(name)}: `));
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${key}${open}\n${lines.join(',\n')}\n${indent}${close}`;
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = entriesOf(value).map(([key, each]) => `${JSON.stringify(key)}: ${inline(each)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

const entriesOf = (value: object): readonly (readonly [string, unknown])[] =>
  Object.entries(value).filter(([, each]) => each !== undefined);
