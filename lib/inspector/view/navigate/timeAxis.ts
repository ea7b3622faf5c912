/** The visible part of the time axis, in milliseconds. */
export interface View {
  readonly from: number;
  readonly to: number;
}

/** Shortest visible part, in milliseconds. */
const SHORTEST = 5;

/** Returns the position of a time, as a share of the width. */
export const shareOf = ({ from, to }: View, at: number): number => (at - from) / (to - from);

/** Returns the time at a share of the width. */
export const timeAt = ({ from, to }: View, share: number): number => from + share * (to - from);

/**
 * Zooms around a time, within limits.
 *
 * @param factor - More than 1 to show less.
 * @param limits - The longest visible part.
 */
export function zoom(view: View, factor: number, at: number, limits: View): View {
  const longest = limits.to - limits.from;
  const length = Math.min(Math.max((view.to - view.from) / factor, SHORTEST), longest);
  const from = at - shareOf(view, at) * length;
  return within({ from, to: from + length }, limits);
}

/** Moves the visible part by milliseconds, within limits. */
export const pan = ({ from, to }: View, ms: number, limits: View): View =>
  within({ from: from + ms, to: to + ms }, limits);

/** Moves the visible part so that it contains a time, with a margin. */
export function reveal(view: View, at: number, limits: View): View {
  const margin = (view.to - view.from) * 0.08;
  if (at < view.from + margin) return pan(view, at - margin - view.from, limits);
  return at > view.to - margin ? pan(view, at + margin - view.to, limits) : view;
}

function within({ from, to }: View, limits: View): View {
  const length = to - from;
  const start = Math.max(Math.min(from, limits.to - length), limits.from);
  return { from: start, to: start + length };
}

/** A mark of the ruler. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

/**
 * Returns the marks of the ruler, at steps of 1, 2 or 5.
 *
 * @param origin - The time that is labelled 0.
 */
export function ticksOf({ from, to }: View, count: number, origin: number): readonly Tick[] {
  const rough = (to - from) / Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (rough / power > 5 ? 10 : rough / power > 2 ? 5 : rough / power > 1 ? 2 : 1);
  const first = Math.ceil((from - origin) / step);
  const last = Math.floor((to - origin) / step);
  return Array.from({ length: Math.max(last - first + 1, 0) }, (_, i) => {
    const ms = (first + i) * step;
    return { at: origin + ms, label: formatMs(ms, step) };
  });
}

/** Formats milliseconds. `step` decides the number of decimals. */
export function formatMs(ms: number, step = ms / 10): string {
  if (Math.abs(ms) < 1_000 && step < 1_000) return `${Number(ms.toFixed(step < 1 ? 1 : 0))} ms`;
  const decimals = step >= 1_000 ? 0 : step >= 100 ? 1 : step >= 10 ? 2 : 3;
  return `${(ms / 1_000).toFixed(decimals)} s`;
}
