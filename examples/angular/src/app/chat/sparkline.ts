/** Maximum number of points. More values are averaged. */
const MAX_POINTS = 40;

/**
 * Returns the SVG path of a small line chart that starts at zero, in a box of the given size.
 *
 * @returns `''` for fewer than two values.
 */
export function sparkline(values: readonly number[], width: number, height: number): string {
  if (values.length < 2) return '';
  const size = Math.ceil(values.length / MAX_POINTS);
  const points = Array.from({ length: Math.ceil(values.length / size) }, (_, i) =>
    mean(values.slice(i * size, (i + 1) * size)),
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
