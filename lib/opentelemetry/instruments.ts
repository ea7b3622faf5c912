import type { Counter, Histogram, Meter } from '@opentelemetry/api';

import { BOUNDARIES, DURATION, FIRST_CHUNK, METRICS, OUTPUT_CHUNK, TOKENS } from './conventions';

/** A kind of tokens. */
type TokenKind = keyof typeof TOKENS;

/** The metrics of calls. */
export interface Instruments {
  readonly duration: Histogram;
  readonly firstChunk: Histogram;
  readonly outputChunk: Histogram;
  readonly tokens: ReadonlyMap<TokenKind, Counter>;
}

const created = new WeakMap<Meter, Instruments>();

/** Returns the instruments of a meter, created once. */
export function instrumentsOf(meter: Meter): Instruments {
  let instruments = created.get(meter);
  if (instruments === undefined) {
    const seconds = (name: string): Histogram =>
      meter.createHistogram(METRICS + name, { unit: 's', advice: { explicitBucketBoundaries: BOUNDARIES } });
    instruments = {
      duration: seconds(DURATION),
      firstChunk: seconds(FIRST_CHUNK),
      outputChunk: seconds(OUTPUT_CHUNK),
      tokens: new Map(
        Object.entries(TOKENS).map(([kind, name]) => [
          kind as TokenKind,
          meter.createCounter(`${METRICS}usage.${name}`, { unit: '{token}' }),
        ]),
      ),
    };
    created.set(meter, instruments);
  }
  return instruments;
}
