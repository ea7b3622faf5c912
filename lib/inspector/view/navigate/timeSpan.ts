import type { Lane } from '../../log/Lane';
import type { View } from './timeAxis';

/** Longest pause between calls that are shown together, in milliseconds. */
const LONGEST_PAUSE = 500;
/** Shortest time that is shown, in milliseconds. */
const SHORTEST = 100;

/** Returns the time of all lanes. */
export function timeOf(lanes: readonly Lane[], now: number): View {
  if (lanes.length === 0) return withMargin(0, SHORTEST);
  const from = Math.min(...lanes.map(({ startedAt }) => startedAt));
  return withMargin(from, Math.max(...lanes.map((lane) => endOf(lane, now)), from + SHORTEST));
}

/** Returns the time of the newest calls: those that follow each other without a pause. */
export function newestTime(lanes: readonly Lane[], now: number): View {
  let first = lanes.length - 1;
  for (; first > 0; first -= 1) {
    const [before, lane] = [lanes[first - 1], lanes[first]];
    if (before === undefined || lane === undefined) break;
    if (before.call !== lane.call && endOf(before, now) + LONGEST_PAUSE < lane.startedAt) break;
  }
  return timeOf(lanes.slice(Math.max(first, 0)), now);
}

const endOf = ({ endedAt, last }: Lane, now: number): number => Math.max(endedAt ?? now, last?.at ?? 0);

const withMargin = (from: number, to: number): View => {
  const margin = (to - from) * 0.03;
  return { from: from - margin, to: to + margin };
};
