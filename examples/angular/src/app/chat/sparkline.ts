/** How many points are drawn at most; of a longer line some are drawn as one. */
const MOST = 40;

/**
 * The path of a small line chart from zero up, in a box of the given size.
 *
 * @returns `''` when there is nothing to draw yet.
 */
export function sparkline(values: readonly number[], width: number, height: number): string {
  if (values.length < 2) return '';
  const each = Math.ceil(values.length / MOST);
  const points = Array.from({ length: Math.ceil(values.length / each) }, (_, i) =>
    mean(values.slice(i * each, (i + 1) * each)),
  );
  const top = Math.max(...points) || 1;
  const step = width / Math.max(points.length - 1, 1);
  return points
    .map((value, i) => `${i === 0 ? 'M' : 'L'}${round(i * step)} ${round(height - (value / top) * height)}`)
    .join('');
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const round = (length: number): number => Math.round(length * 10) / 10;
