/** A row of a report. */
export interface Row {
  /** The value that the row describes. */
  readonly item: unknown;
  readonly frame: number;
  /** The same for equal rows, and only for those. */
  readonly key: string;
  /** The part that a reader compares. Rows with different keys may have the same summary. */
  readonly summary: string;
  readonly line: string;
}

/** A row of the merged list: in both lists, only expected (`-`), or only received (`+`). */
export interface AlignedRow {
  readonly sign: ' ' | '-' | '+';
  readonly row: Row;
  /** The expected row of a received one, where their lines do not show the difference. */
  readonly counterpart?: Row | undefined;
}

/**
 * Merges received and expected rows into one list. Rows in both lists appear once, the others in the order of their frames.
 *
 * @param limit - Number of rows to compare after the common beginning. Later rows count as different.
 */
export function alignRows(
  actual: readonly Row[],
  expected: readonly Row[],
  limit: number,
): readonly AlignedRow[] {
  const aligned: AlignedRow[] = [];
  let [actualStart, expectedStart] = [0, 0];
  for (const [actualEnd, expectedEnd] of [
    ...commonRows(actual, expected, limit),
    [actual.length, expected.length] as const,
  ]) {
    const missing = expected.slice(expectedStart, expectedEnd);
    const extra = actual.slice(actualStart, actualEnd);
    const others: readonly AlignedRow[] = [
      ...missing.map((row) => ({ sign: '-', row }) as const),
      ...extra.map((row) => ({ sign: '+', row, counterpart: counterpartOf(row, missing) }) as const),
    ];
    aligned.push(...[...others].sort((a, b) => a.row.frame - b.row.frame));
    const common = actual[actualEnd];
    if (common !== undefined) aligned.push({ sign: ' ', row: common });
    [actualStart, expectedStart] = [actualEnd + 1, expectedEnd + 1];
  }
  return aligned;
}

/** Returns the row that reads the same, or the only one at its frame where one of the two lines is cut. */
function counterpartOf(row: Row, missing: readonly Row[]): Row | undefined {
  const [same, ...others] = missing.filter(({ frame }) => frame === row.frame);
  const isOnly = same !== undefined && others.length === 0;
  return isOnly && (isCut(same) || isCut(row))
    ? same
    : missing.find(({ summary }) => summary === row.summary);
}

const isCut = ({ line }: Row): boolean => line.endsWith('…');

type IndexPair = readonly [actual: number, expected: number];

/** Returns the longest common subsequence as pairs of indices. The common beginning is not part of the search. */
function commonRows(actual: readonly Row[], expected: readonly Row[], limit: number): readonly IndexPair[] {
  const firstOther = actual.findIndex(({ key }, index) => key !== expected[index]?.key);
  const start = firstOther === -1 ? actual.length : firstOther;
  const [a, b] = [actual, expected].map((rows) => rows.slice(start, start + limit).map(({ key }) => key)) as [
    string[],
    string[],
  ];
  const lengths = commonLengths(a, b);
  const pairs: IndexPair[] = Array.from({ length: start }, (_, index) => [index, index]);
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) pairs.push([start + i++, start + j++]);
    else if ((lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0)) i++;
    else j++;
  }
  return pairs;
}

/** Returns the table of the longest common subsequence: at `[i][j]` its length for the keys from `i` and from `j`. */
function commonLengths(a: readonly string[], b: readonly string[]): readonly (readonly number[])[] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    const [row, below] = [lengths[i] as number[], lengths[i + 1] as number[]];
    for (let j = b.length - 1; j >= 0; j--) {
      row[j] =
        a[i] === b[j] ? (below[j + 1] as number) + 1 : Math.max(below[j] as number, row[j + 1] as number);
    }
  }
  return lengths;
}
