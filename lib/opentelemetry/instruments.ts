import type { Counter, Histogram, Meter } from '@opentelemetry/api';

import { BOUNDARIES, DURATION, FIRST_CHUNK, METRICS, OUTPUT_CHUNK, TOKENS } from './conventions';

/** The metrics of calls: histograms by name, and a counter for each kind of tokens. */
export type Instruments = Readonly<
  Record<typeof DURATION | typeof FIRST_CHUNK | typeof OUTPUT_CHUNK, Histogram>
> & {
  readonly tokens: ReadonlyArray<readonly [kind: keyof typeof TOKENS, counter: Counter]>;
};

const created = new WeakMap<Meter, Instruments>();

/** Returns the instruments of a meter, created once. */
export function instrumentsOf(meter: Meter): Instruments {
  const instruments = created.get(meter) ?? createInstruments(meter);
  created.set(meter, instruments);
  return instruments;
}

function createInstruments(meter: Meter): Instruments {
  const seconds = (name: string): Histogram =>
    meter.createHistogram(METRICS + name, { unit: 's', advice: { explicitBucketBoundaries: BOUNDARIES } });
  return {
    [DURATION]: seconds(DURATION),
    [FIRST_CHUNK]: seconds(FIRST_CHUNK),
    [OUTPUT_CHUNK]: seconds(OUTPUT_CHUNK),
    tokens: (Object.keys(TOKENS) as Array<keyof typeof TOKENS>).map((kind) => [
      kind,
      meter.createCounter(`${METRICS}usage.${TOKENS[kind]}`, { unit: '{token}' }),
    ]),
  };
}
