import type { Lane } from '../../log/Lane';
import type { Marble } from '../../log/Marble';
import { isSmall, MARBLE_STYLES } from '../marbleStyles';
import { firstAfter } from '../navigate/firstAfter';
import type { View } from '../navigate/timeAxis';
import { dot, line } from './canvas';
import type { Scene } from './Scene';

/** Radius of a marble with a sign, in pixels. */
export const SIGN = 8.5;
/** Radius of a frequent marble. */
const DOT = 4.5;
const SIGN_DISTANCE = 13;
/** Closest distance of two dots. Closer ones cannot be distinguished. */
const CLOSEST = 2.5;

/** The row of a lane on the canvas. */
export interface Row {
  readonly pen: CanvasRenderingContext2D;
  /** The middle of the row. */
  readonly y: number;
  /** Returns the position of a time. */
  readonly x: (at: number) => number;
  /** Returns a colour by its name. */
  readonly colour: (name: string) => string;
  /** The width of the canvas. */
  readonly width: number;
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
  row: Row,
  lane: Lane,
  { now, selected, view, gutter: left }: Scene,
): readonly DrawnSign[] {
  const { marbles } = lane;
  const { x, y, width } = row;
  const end = x(lane.endedAt ?? Math.max(now, lane.last?.at ?? 0));
  if (end < left || x(lane.startedAt) > width) {
    drawElsewhere(row, end < left ? '‹' : '›', end < left ? left : width - SIGN);
    return [];
  }
  drawLine(row, lane, end);
  drawDots(row, marbles, view);
  const visible = signs(marbles)
    .map((marble) => ({ lane, marble, y, x: x(marble.at) }))
    .filter(({ x: position }) => position > -SIGN && position < width + SIGN);
  const drawn = spread(visible, width - SIGN - 1);
  for (const { marble, x: position } of drawn) drawSign(row, marble, position);
  if (selected !== undefined && marbles.includes(selected)) {
    const position = drawn.find(({ marble }) => marble === selected)?.x ?? x(selected.at);
    drawSelection(row, position);
  }
  return drawn;
}

/** Draws the line of a lane: dashed until the first output, and during the wait for a retry. */
function drawLine({ pen, x, y, colour }: Row, lane: Lane, end: number): void {
  const draw = (from: number, to: number, dash: readonly number[]): void => {
    pen.setLineDash([...dash]);
    line(pen, from, y, to, y);
    pen.setLineDash([]);
  };
  const output = lane.firstOutputAt === null ? end : x(lane.firstOutputAt);
  pen.lineWidth = 2;
  pen.strokeStyle = colour('line');
  draw(x(lane.startedAt), Math.min(output, end), [2, 4]);
  if (output < end) draw(output, end, []);
  if (lane.retryAt !== null) {
    pen.strokeStyle = colour('retry');
    draw(end, x(lane.retryAt), [2, 4]);
  }
}

/** Draws the frequent marbles in view. */
function drawDots({ pen, x, y, colour, width }: Row, marbles: readonly Marble[], view: View): void {
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

function drawSign({ pen, y, colour }: Row, { kind }: Marble, x: number): void {
  const { colour: name, sign } = MARBLE_STYLES[kind];
  pen.lineWidth = 2.5;
  pen.strokeStyle = pen.fillStyle = colour(name);
  if (kind === 'complete') {
    line(pen, x, y - 11, x, y + 11);
    return;
  }
  if (kind === 'error') {
    line(pen, x - 6, y - 6, x + 6, y + 6);
    line(pen, x + 6, y - 6, x - 6, y + 6);
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
function drawElsewhere({ pen, y, colour }: Row, direction: string, x: number): void {
  pen.fillStyle = colour('soft');
  pen.font = '700 16px system-ui, sans-serif';
  pen.textAlign = 'center';
  pen.fillText(direction, x, y);
}

/** Points to the selected marble from below. */
function drawSelection({ pen, y, colour }: Row, x: number): void {
  pen.fillStyle = colour('ink');
  pen.beginPath();
  pen.moveTo(x, y + SIGN + 2);
  pen.lineTo(x - 5, y + SIGN + 9);
  pen.lineTo(x + 5, y + SIGN + 9);
  pen.fill();
}
