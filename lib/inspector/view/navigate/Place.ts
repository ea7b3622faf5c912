import type { Lane } from '../../log/Lane';
import type { Marble, MarbleKind } from '../../log/Marble';
import { firstAfter } from './firstAfter';

/** A marble and its lane. */
export interface Place {
  readonly lane: Lane;
  readonly marble: Marble;
}

/** Returns the newest marble of all lanes. */
export function newest(lanes: readonly Lane[]): Place | undefined {
  const found = lanes.reduce<Lane | undefined>(
    (best, lane) => ((lane.last?.at ?? -1) >= (best?.last?.at ?? -1) ? lane : best),
    undefined,
  );
  return found?.last && { lane: found, marble: found.last };
}

/** Returns the marble of a lane that is nearest to a time; a sign is preferred to a dot within a tolerance. */
export function nearest(lane: Lane, at: number, tolerance: number): Place | undefined {
  const { marbles } = lane;
  const after = firstAfter(marbles, at);
  const distance = (marble: Marble | undefined): number => Math.abs((marble?.at ?? Infinity) - at);
  let best = marbles[after];
  if (distance(marbles[after - 1]) < distance(best)) best = marbles[after - 1];
  for (let i = firstAfter(marbles, at - tolerance); i < marbles.length; i += 1) {
    const marble = marbles[i];
    if (marble === undefined || marble.at > at + tolerance) break;
    if (isRare(marble.kind)) best = marble;
  }
  return best && { lane, marble: best };
}

const isRare = (kind: MarbleKind): boolean => kind === 'left' || kind === 'error' || kind === 'retry';

/** Returns the place after some steps: of marbles in a lane. */
export function stepBy({ lane, marble }: Place, steps: number): Place {
  const index = lane.marbles.indexOf(marble) + steps;
  return { lane, marble: lane.marbles[Math.min(Math.max(index, 0), lane.marbles.length - 1)] ?? marble };
}

/** Returns the marble at the same time in the lane above or below. */
export function laneBy(lanes: readonly Lane[], { lane, marble }: Place, steps: number): Place | undefined {
  const other = lanes[lanes.indexOf(lane) + steps];
  return other && nearest(other, marble.at, 0);
}

/** Returns the next marble of a kind, or the first one. */
export function nextOf(lanes: readonly Lane[], kind: MarbleKind, from: Place | undefined): Place | undefined {
  const places = lanes.flatMap((lane) => lane.marbles.map((marble) => ({ lane, marble })));
  const isOfKind = ({ marble }: Place): boolean => marble.kind === kind;
  const next = places.findIndex(({ marble }) => marble === from?.marble) + 1;
  return places.slice(next).find(isOfKind) ?? places.find(isOfKind);
}

/** Returns the marble whose value comes before that of another in its lane. */
export function valueBefore({ lane, marble }: Place): Marble | undefined {
  const { marbles } = lane;
  for (let i = marbles.indexOf(marble) - 1; i >= 0; i -= 1) {
    const before = marbles[i];
    if (before !== undefined && isValue(before.kind)) return isValue(marble.kind) ? before : undefined;
  }
  return undefined;
}

const VALUES: ReadonlySet<MarbleKind> = new Set([
  'text',
  'reasoning',
  'tool',
  'finish',
  'other',
  'value',
] as const);
const isValue = (kind: MarbleKind): boolean => VALUES.has(kind);
