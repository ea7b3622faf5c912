import { isSameJson } from '../../../fold/isSameJson';

/** A line of a formatted value: unchanged, added or changed since the value before, or removed. */
export interface DiffLine {
  readonly sign: ' ' | '+' | '-';
  readonly text: string;
}

/** Maximum length of a line with a whole object, in characters. */
const MAX_WIDTH = 44;

/** Maximum number of lines. */
const MAX_LINES = 400;

/** Deepest indent. A server cannot exhaust the stack. */
const MAX_INDENT = 200;

/**
 * Formats a JSON value, and marks what differs from the value before.
 *
 * @param before - The value before; `undefined` if there is none, and then nothing is marked.
 */
export function jsonDiff(value: unknown, before: unknown): readonly DiffLine[] {
  const lines = before === undefined ? format(value, '', '', ' ') : compare(value, before, '', '');
  return lines.length <= MAX_LINES
    ? lines
    : [...lines.slice(0, MAX_LINES), { sign: ' ', text: `… ${lines.length - MAX_LINES} more lines` }];
}

function compare(value: unknown, before: unknown, indent: string, key: string): readonly DiffLine[] {
  if (indent.length > MAX_INDENT || isSameJson(value, before)) return format(value, indent, key, ' ');
  if (!isNested(value) || !isNested(before) || Array.isArray(value) !== Array.isArray(before)) {
    return [...format(before, indent, key, '-'), ...format(value, indent, key, '+')];
  }
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const names = [...new Set([...Object.keys(before), ...Object.keys(value)])];
  const [now, then] = [value, before] as readonly Readonly<Record<string, unknown>>[];
  const inner = names.flatMap((name) => {
    const label = labelOf(value, name);
    if (now?.[name] === undefined) return format(then?.[name], `${indent}  `, label, '-');
    if (then?.[name] === undefined) return format(now[name], `${indent}  `, label, '+');
    return compare(now[name], then[name], `${indent}  `, label);
  });
  return [line(' ', `${indent}${key}${open}`), ...inner, line(' ', `${indent}${close}`)];
}

function format(value: unknown, indent: string, key: string, sign: DiffLine['sign']): readonly DiffLine[] {
  if (!isNested(value)) return [line(sign, `${indent}${key}${JSON.stringify(value)}`)];
  if (indent.length > MAX_INDENT) return [line(sign, `${indent}${key}…`)];
  const entries = Object.entries(value);
  const inner = entries.flatMap(([name, each]) => format(each, `${indent}  `, labelOf(value, name), sign));
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  if (inner.length === entries.length) {
    const items = inner.map(({ text }) => text.trimStart()).join(', ');
    const text = `${indent}${key}${open}${open === '[' || items === '' ? items : ` ${items} `}${close}`;
    if (text.length < MAX_WIDTH) return [line(sign, text)];
  }
  return [line(sign, `${indent}${key}${open}`), ...inner, line(sign, `${indent}${close}`)];
}

const labelOf = (parent: object, name: string): string =>
  Array.isArray(parent) ? '' : `${JSON.stringify(name)}: `;

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null;

const line = (sign: DiffLine['sign'], text: string): DiffLine => ({ sign, text });
