export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Returns the median and the range of a figure of a job over the rounds. */
export function over(workload, key, figure) {
  return spread(workload.rounds.map((round) => valueOf(round[key], figure)));
}

/** Returns the ratio to the figure of another job, computed round by round. */
export function ratio(workload, key, base, figure) {
  return spread(workload.rounds.map((round) => valueOf(round[key], figure) / valueOf(round[base], figure)));
}

/** Returns the difference to the figure of another job, computed round by round. */
export function difference(workload, key, base, figure) {
  return spread(workload.rounds.map((round) => valueOf(round[key], figure) - valueOf(round[base], figure)));
}

const valueOf = (figures, figure) => figures?.[figure] ?? NaN;

/** Returns `undefined` if a round has no figure, as a subject that failed once is not averaged. */
function spread(values) {
  if (values.length === 0 || values.some(Number.isNaN)) return undefined;
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}
