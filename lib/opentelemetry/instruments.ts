import type { Counter, Histogram, Meter } from '@opentelemetry/api';

import { COUNTS, DURATION, FIRST_CHUNK, METRICS, OUTPUT_CHUNK, SECONDS, TOKENS } from './conventions';

type Kind = keyof typeof TOKENS;

/** The metrics of calls: histograms by name, and a counter for each kind of tokens, some with a histogram. */
export type Instruments = Readonly<
  Record<typeof DURATION | typeof FIRST_CHUNK | typeof OUTPUT_CHUNK, Histogram>
> & {
  readonly tokens: ReadonlyArray<readonly [kind: Kind, counter: Counter, perCall: Histogram | undefined]>;
};

const created = new WeakMap<Meter, Instruments>();

/** Returns the instruments of a meter, created once. */
export function instrumentsOf(meter: Meter): Instruments {
  const instruments = created.get(meter) ?? createInstruments(meter);
  created.set(meter, instruments);
  return instruments;
}

function createInstruments(meter: Meter): Instruments {
  const histogram = (name: string, unit = 's', explicitBucketBoundaries = SECONDS): Histogram =>
    meter.createHistogram(METRICS + name, { unit, advice: { explicitBucketBoundaries } });
  const unit = '{token}';
  return {
    [DURATION]: histogram(DURATION),
    [FIRST_CHUNK]: histogram(FIRST_CHUNK),
    [OUTPUT_CHUNK]: histogram(OUTPUT_CHUNK),
    tokens: (Object.entries(TOKENS) as ReadonlyArray<[Kind, string]>).map(([kind, name]) => [
      kind,
      meter.createCounter(`${METRICS}usage.${name}`, { unit }),
      name.includes('.') ? undefined : histogram(`operation.${name}`, unit, COUNTS),
    ]),
  };
}
