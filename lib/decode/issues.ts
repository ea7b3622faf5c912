import type * as t from 'io-ts';

/** How many misfits a report names; one wrong field of a long list would otherwise fill pages. */
export const MAX_ISSUES = 5;
/** How many of io-ts's errors are looked at. */
const LOOKED_AT = 200;
/** Longest string of the payload that a report quotes. */
const QUOTED = 40;

interface Misfit {
  readonly path: string;
  readonly expected: Set<string>;
  readonly got: unknown;
}

/**
 * Says in words what io-ts found: where, what was expected, what was there.
 *
 * `choices/0/delta/content: expected string or array, got 5`. The branches of a union are one misfit, and only the
 * deepest are told: where a list was meant, that it is no string is no news.
 *
 * @param errors - What a codec's `decode` gave.
 * @param root - The path of the value that was decoded, when it is a part of another.
 */
export function issuesOf(errors: t.Errors, root = ''): readonly string[] {
  const misfits = new Map<string, Misfit>();
  for (const { context, value, message } of errors.slice(0, LOOKED_AT)) {
    const path = [root, pathOf(context)].filter(Boolean).join('/');
    const misfit = misfits.get(path) ?? { path, expected: new Set(), got: value };
    misfits.set(path, misfit);
    const expected = message ?? expectedBy(context[context.length - 1]?.type);
    if (expected !== 'null') misfit.expected.add(expected);
  }
  const all = [...misfits.values()];
  return all
    .filter(({ path }) => !all.some((other) => other.path.startsWith(`${path}/`)))
    .slice(0, MAX_ISSUES)
    .map(({ path, expected, got }) => issueOf(path, [...expected], got));
}

/** Says that one value does not fit: where, what was expected, what was there. */
export const issueOf = (path: string, expected: readonly string[], got: unknown): string =>
  `${path || 'the payload'}: expected ${expected.join(' or ')}, got ${wordsOf(got)}`;

/** The names of the fields on the way, without the numbers io-ts gives to the parts of unions and intersections. */
function pathOf(context: t.Context): string {
  return context
    .filter((_, i) => i > 0 && !hasParts(context[i - 1]?.type))
    .map(({ key }) => key)
    .join('/');
}

const hasParts = (codec: t.Decoder<never, unknown> | undefined): boolean =>
  ['UnionType', 'IntersectionType'].includes(tagOf(codec));

type Tagged = { readonly _tag?: string; readonly type?: Tagged; readonly name?: string };

function tagOf(codec: Tagged | undefined): string {
  const { _tag = '', type } = codec ?? {};
  return _tag === 'ReadonlyType' ? tagOf(type) : _tag;
}

/** JSON's own words for what a codec wants, or the codec's name. */
export function expectedBy(codec: Tagged | undefined): string {
  switch (tagOf(codec)) {
    case 'ArrayType':
    case 'ReadonlyArrayType':
    case 'AnyArrayType':
      return 'array';
    case 'InterfaceType':
    case 'PartialType':
    case 'DictionaryType':
    case 'AnyDictionaryType':
      return 'object';
    default:
      return codec?.name ?? 'something else';
  }
}

/** What a value is, in a few characters whatever its size and depth. */
function wordsOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  const cut = typeof value === 'string' && value.length > QUOTED ? `${value.slice(0, QUOTED)}…` : value;
  return JSON.stringify(cut);
}
