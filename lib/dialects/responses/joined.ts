import type { Json } from '../translated';

/** Joins the texts and the lists of deltas. The lists of the first delta with a field receive the others. */
export function joined(deltas: readonly Json[]): Json {
  const sum: Record<string, unknown> = {};
  for (const [field, value] of deltas.flatMap((delta) => Object.entries(delta))) {
    const before = sum[field];
    if (Array.isArray(before)) (value as readonly unknown[]).forEach((item) => before.push(item));
    else sum[field] = before === undefined ? value : (before as string) + (value as string);
  }
  return sum;
}
