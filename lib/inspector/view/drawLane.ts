import type { Lane } from '../log/Lane';
import type { Marble } from '../log/Marble';
import { dot, line } from './canvas';
import { firstAfter } from './firstAfter';
import { isSmall, MARBLE_STYLES } from './marbleStyles';
import type { View } from './timeAxis';

/** Radius of a marble with a sign, in pixels. */
export const SIGN = 8.5;
/** Radius of a frequent marble. */
const DOT = 4.5;
const SIGN_DISTANCE = 13;
/** Closest distance of two dots. Closer ones cannot be distinguished. */
const CLOSEST = 2.5;

/** The row of the canvas that a lane is drawn in. */
export interface LaneRow {
  readonly pen: CanvasRenderingContext2D;
  /** The middle of the row. */
  readonly y: number;
  /** Position of the time axis. */
  readonly left: number;
  readonly width: number;
  /** Returns the position of a time. */
  readonly x: (at: number) => number;
  readonly colour: (name: string) => string;
}

/** A marble that was drawn with a sign, and its place on the canvas. */
export interface DrawnSign {
  readonly lane: Lane;
  readonly marble: Marble;
  readonly x: number;
  readonly y: number;
}

/**
 * Draws a lane: its line, then dots for frequent marbles, and signs above them.
 *
 * @returns The signs.
 */
export function drawLane(
  lane: Lane,
  row: LaneRow,
  {
    now,
    view,
    selected,
  }: { readonly now: number; readonly view: View; readonly selected: Marble | undefined },
): readonly DrawnSign[] {
  const { y, x, left, width, colour } = row;
  const { marbles } = lane;
  const end = x(lane.endedAt ?? Math.max(now, lane.last?.at ?? 0));
  if (end < left || x(lane.startedAt) > width) {
    drawElsewhere(row, end < left);
    return [];
  }
  drawLine(lane, row, end);
  drawDots(marbles, row, view);
  const visible = signs(marbles)
    .map((marble) => ({ lane, marble, y, x: x(marble.at) }))
    .filter(({ x: position }) => position > -SIGN && position < width + SIGN);
  const drawn = spread(visible, width - SIGN - 1);
  for (const { marble, x: position } of drawn) drawSign(row, marble, position);
  if (selected !== undefined && marbles.includes(selected)) {
    const position = drawn.find(({ marble }) => marble === selected)?.x ?? x(selected.at);
    drawSelection(row.pen, position, y, colour('ink'));
  }
  return drawn;
}

/** Draws the line of a lane: dashed until the first output, and during the wait for a retry. */
function drawLine(lane: Lane, { pen, y, x, colour }: LaneRow, end: number): void {
  const draw = (from: number, to: number, dash: readonly number[]): void => {
    pen.setLineDash([...dash]);
    line(pen, [from, y], [to, y]);
    pen.setLineDash([]);
  };
  const output = lane.firstOutputAt === null ? end : x(lane.firstOutputAt);
  pen.lineWidth = 2;
  pen.strokeStyle = colour('line');
  draw(x(lane.startedAt), Math.min(output, end), DASHED);
  if (output < end) draw(output, end, []);
  if (lane.retryAt !== null) {
    pen.strokeStyle = colour('retry');
    draw(end, x(lane.retryAt), DASHED);
  }
}

const DASHED = [2, 4];

/** Draws the frequent marbles in view. */
function drawDots(marbles: readonly Marble[], { pen, y, x, width, colour }: LaneRow, view: View): void {
  let lastDot = -Infinity;
  let lastKind: string | undefined;
  for (let i = firstAfter(marbles, view.from - (view.to - view.from) * 0.05); i < marbles.length; i += 1) {
    const { kind, at } = marbles[i] as Marble;
    const position = x(at);
    if (position > width + SIGN) return;
    if (!isSmall(kind) || (kind === lastKind && position - lastDot < CLOSEST)) continue;
    pen.fillStyle = colour(MARBLE_STYLES[kind].colour);
    dot(pen, position, y, DOT);
    lastDot = position;
    lastKind = kind;
  }
}

/** Moves signs apart: to the right, but not beyond the edge. */
function spread(signs: readonly DrawnSign[], edge: number): readonly DrawnSign[] {
  let least = -Infinity;
  const right = signs.map((sign) => {
    const x = Math.max(sign.x, least);
    least = x + SIGN_DISTANCE;
    return { ...sign, x };
  });
  let most = edge;
  return right
    .reverse()
    .map((sign) => {
      const x = Math.min(sign.x, Math.max(most, 0));
      most = x - SIGN_DISTANCE;
      return { ...sign, x };
    })
    .reverse();
}

const cache = new WeakMap<readonly Marble[], { count: number; signs: Marble[]; first: Marble | undefined }>();

/** The marbles of a lane that are drawn with a sign; they are few, and found once. */
function signs(marbles: readonly Marble[]): readonly Marble[] {
  const known = cache.get(marbles);
  const isValid = known !== undefined && known.first === marbles[0] && known.count <= marbles.length;
  const found = isValid ? known : { count: 0, signs: [], first: marbles[0] };
  for (; found.count < marbles.length; found.count += 1) {
    const marble = marbles[found.count];
    if (marble !== undefined && !isSmall(marble.kind)) found.signs.push(marble);
  }
  cache.set(marbles, found);
  return found.signs;
}

function drawSign({ pen, y, colour }: LaneRow, { kind }: Marble, x: number): void {
  const { colour: name, sign } = MARBLE_STYLES[kind];
  pen.lineWidth = 2.5;
  pen.strokeStyle = pen.fillStyle = colour(name);
  if (kind === 'complete') {
    line(pen, [x, y - 11], [x, y + 11]);
    return;
  }
  if (kind === 'error') {
    line(pen, [x - 6, y - 6], [x + 6, y + 6]);
    line(pen, [x + 6, y - 6], [x - 6, y + 6]);
    return;
  }
  dot(pen, x, y, SIGN);
  pen.fillStyle = colour('marble-ink');
  pen.font = '700 10.5px ui-monospace, monospace';
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillText(sign, x, y + 0.5);
}

/** Shows the direction of a lane that is out of view. */
function drawElsewhere({ pen, y, left, width, colour }: LaneRow, isBefore: boolean): void {
  pen.fillStyle = colour('soft');
  pen.font = '700 16px system-ui, sans-serif';
  pen.textAlign = 'center';
  pen.fillText(isBefore ? '‹' : '›', isBefore ? left : width - SIGN, y);
}

/** Points to the selected marble from below. */
function drawSelection(pen: CanvasRenderingContext2D, x: number, y: number, colour: string): void {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.moveTo(x, y + SIGN + 2);
  pen.lineTo(x - 5, y + SIGN + 9);
  pen.lineTo(x + 5, y + SIGN + 9);
  pen.fill();
}
