import type * as t from 'io-ts';

import { MAX_MISFITS } from '../codec/list';
import { cut, SchemaMismatch } from '../errors';

/** Number of io-ts's errors that a report reads: those of one misfit may be as many as a union has branches. */
const MAX_ERRORS = 200;
/** Longest string of the payload that a report quotes. */
const MAX_QUOTED = 40;

interface Misfit {
  readonly path: string;
  readonly expected: Set<string>;
  readonly got: unknown;
}

/**
 * Returns the first few misfits as text: path, expected types, received value.
 *
 * For example `choices/0/delta/content: expected string or array, got true`. The branches of a union are one misfit, and only
 * the deepest misfits are reported: those inside a list, and not that the list is not a string.
 *
 * @param errors - The errors of a codec's `decode`.
 * @param root - The path of the decoded value, as that of {@link pathOf}.
 */
function issuesOf(errors: t.Errors, root: string): readonly string[] {
  const misfits = new Map<string, Misfit>();
  for (const { context, value, message } of errors.slice(0, MAX_ERRORS)) {
    const path = root + pathOf(context);
    const misfit = misfits.get(path) ?? { path, expected: new Set(), got: value };
    misfits.set(path, misfit);
    const expected = message ?? expectedBy(context[context.length - 1]?.type);
    if (!/^(null|undefined|void)$/.test(expected)) misfit.expected.add(expected);
  }
  const all = [...misfits.values()];
  return all
    .filter(({ path }) => !all.some((other) => other.path.startsWith(`${path}/`)))
    .slice(0, MAX_MISFITS)
    .map(({ path, expected, got }) => issueOf(path.slice(1), [...expected], got));
}

/**
 * Returns the error of a value that a codec rejects.
 *
 * @param text - The text that the value was parsed from.
 * @param root - The path of the value, if it is a part of another.
 */
export const mismatchOf = (errors: t.Errors, text: string, root?: string): SchemaMismatch =>
  new SchemaMismatch(issuesOf(errors, root ? `/${root}` : ''), text, errors);

/** Returns one misfit as text: path, expected types, received value. */
export const issueOf = (path: string, expected: readonly string[], got: unknown): string =>
  `${path || 'the payload'}: expected ${expected.join(' or ') || 'null'}, got ${describe(got)}`;

/**
 * Returns the path of field names, a slash before each, without the numbers of io-ts for the parts of unions and intersections.
 */
export function pathOf(context: t.Context): string {
  return context
    .filter((entry, i) => i > 0 && !isPart(entry, context[i - 1] as t.ContextEntry))
    .map(({ key }) => `/${key}`)
    .join('');
}

/** Whether an entry is a part of the codec before it: it has the same value, unless that codec has coerced it. */
const isPart = ({ actual }: t.ContextEntry, before: t.ContextEntry): boolean =>
  actual === before.actual || /^(Union|Intersection)/.test(tagOf(before.type));

/** A codec of io-ts or of this library, as far as a report reads it. */
type NamedCodec = { readonly _tag?: string; readonly type?: NamedCodec; readonly name?: string };

/** Returns the tag of a codec, or of the one within that it adds a rule to. */
function tagOf({ _tag = '', type }: NamedCodec = {}): string {
  return /^(Readonly|Wrapped)Type/.test(_tag) ? tagOf(type) : _tag;
}

/** Returns JSON's name for the type of a codec, or the name of the codec. */
export function expectedBy(codec: NamedCodec | undefined): string {
  const tag = tagOf(codec);
  if (/(Array|List)Type$/.test(tag)) return 'array';
  if (/(Interface|Partial|Dictionary|Fields)Type$/.test(tag)) return 'object';
  return codec?.name ?? 'another type';
}

/** Returns a value as a few characters, whatever its size and depth. */
function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return JSON.stringify(typeof value === 'string' ? cut(value, MAX_QUOTED) : value);
}
