export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** A figure of a job over the rounds: its median, and from where to where it went. */
export function over(workload, key, figure) {
  return spread(workload.rounds.map((round) => valueOf(round[key], figure)));
}

/** How many times the figure of another job it is, each time inside one round. */
export function ratio(workload, key, base, figure) {
  return spread(workload.rounds.map((round) => valueOf(round[key], figure) / valueOf(round[base], figure)));
}

/** How much more it is than the figure of another job, each time inside one round. */
export function difference(workload, key, base, figure) {
  return spread(workload.rounds.map((round) => valueOf(round[key], figure) - valueOf(round[base], figure)));
}

const valueOf = (figures, figure) => figures?.[figure] ?? NaN;

/** Nothing when a round lacks a figure: a subject that failed once is reported, not averaged. */
function spread(values) {
  if (values.length === 0 || values.some(Number.isNaN)) return undefined;
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}
