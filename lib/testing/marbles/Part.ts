/** A part of a received value and of the expected one. `step` is its path from the value. */
export type Part = readonly [step: string, actual: unknown, expected: unknown];
