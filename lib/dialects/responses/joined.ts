import type { Json } from '../translated';

/** Joins the texts and the lists of deltas. */
export function joined(deltas: readonly Json[]): Json {
  const sum: Record<string, unknown> = {};
  for (const [field, value] of deltas.flatMap((delta) => Object.entries(delta))) {
    const before = sum[field];
    if (Array.isArray(before) && Array.isArray(value)) value.forEach((item) => before.push(item));
    else if (typeof before === 'string' && typeof value === 'string') sum[field] = before + value;
    else sum[field] = Array.isArray(value) ? [...(value as readonly unknown[])] : value;
  }
  return sum;
}
