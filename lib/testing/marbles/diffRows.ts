import { completeLength } from '../../fold/surrogates';
import { alignRows, type Row } from './alignRows';
import { diff, type Difference } from './diff';
import { formatValue } from './formatValue';

/** Number of equal rows shown around a difference. */
const CONTEXT = 3;
const MAX_LINES = 60;
const MAX_DIFFERENCES = 8;

/** Formats the difference of two lists of rows, as `diff -u` does. Equal rows far from a difference are left out. */
export function diffRows(actual: readonly Row[], expected: readonly Row[]): readonly string[] {
  const aligned = alignRows(actual, expected, MAX_LINES * 4);
  const isNear = (index: number): boolean =>
    aligned.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ sign }) => sign !== ' ');
  const lines = aligned.flatMap(({ sign, row, counterpart }, index) => {
    if (!isNear(index)) return isNear(index + 1) ? ['   …'] : [];
    const inside = counterpart ? formatDifferences(diff(row.item, counterpart.item)) : [];
    return [`${sign} ${row.line}`.trimEnd(), ...inside];
  });
  return limitLines(lines, MAX_LINES, (more) => `   … and ${more} more lines`);
}

/** Formats each difference as a line: its path, the received value and the expected one. */
export function formatDifferences(differences: readonly Difference[]): readonly string[] {
  const lines = differences.map(({ path, actual, expected }) => {
    const [received, wanted] = fromDifference(actual, expected).map(formatValue);
    return `    at ${formatPath(path)}: received ${received}, expected ${wanted}`;
  });
  return limitLines(lines, MAX_DIFFERENCES, (more) => `    … and ${more} more`);
}

/** The longest common beginning of two texts that is shown, and the part of a longer one. */
const MAX_COMMON = 40;
const SHOWN_COMMON = 20;

/** Leaves out the common beginning of two long texts: their difference would be cut. */
function fromDifference(actual: unknown, expected: unknown): readonly unknown[] {
  if (typeof actual !== 'string' || typeof expected !== 'string') return [actual, expected];
  let common = 0;
  while (common < actual.length && actual[common] === expected[common]) common += 1;
  if (common <= MAX_COMMON) return [actual, expected];
  const start = completeLength(actual.slice(0, common - SHOWN_COMMON));
  return [actual, expected].map((text) => `…${text.slice(start)}`);
}

/** Leaves out the notification that a scheduler wraps around the value. */
const formatPath = (path: string): string =>
  path.replace(/^\.notification\.(value|error)/, '').trimStart() || 'the top';

const limitLines = (
  lines: readonly string[],
  max: number,
  summary: (more: number) => string,
): readonly string[] => (lines.length > max ? [...lines.slice(0, max), summary(lines.length - max)] : lines);
