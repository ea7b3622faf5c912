/** Maximum length of a line, in characters. */
const MAX_WIDTH = 40;

/**
 * Formats JSON, with short values on one line.
 *
 * @param key - The text before the value on its line.
 */
export function pretty(value: unknown, indent = '', key = ''): string {
  const flat = inline(value);
  const width = indent.length + key.length + flat.length;
  if (typeof value !== 'object' || value === null || width < MAX_WIDTH) return key + flat;
  const deeper = `${indent}  `;
  const lines = Array.isArray(value)
    ? value.map((each) => deeper + pretty(each, deeper))
    : definedEntries(value).map(([name, each]) => deeper + pretty(each, deeper, `${JSON.stringify(name)}: `));
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${key}${open}\n${lines.join(',\n')}\n${indent}${close}`;
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = definedEntries(value).map(([key, each]) => `${JSON.stringify(key)}: ${inline(each)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

const definedEntries = (value: object): readonly (readonly [string, unknown])[] =>
  Object.entries(value).filter(([, each]) => each !== undefined);
