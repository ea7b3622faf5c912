import type { Lane } from '../log/Lane';
import type { Marble } from '../log/Marble';
import { isSmall, MARBLE_STYLES } from './marbleStyles';
import { shareOf, ticksOf, type View } from './timeAxis';

/** Sizes in pixels. */
export const RULER = 22;
export const ROW = 36;
const SIGN = 8.5;
const DOT = 4.5;
const SIGN_DISTANCE = 13;
/** Closest distance of two dots. Closer ones cannot be distinguished. */
const CLOSEST = 2.5;
const TICK_DISTANCE = 70;
const LABEL_FONT = '12px system-ui, sans-serif';

/** The part of the lanes that is visible. */
export interface Scene {
  readonly lanes: readonly Lane[];
  readonly view: View;
  /** Time that the ruler labels 0. */
  readonly origin: number;
  readonly now: number;
  /** Pixels that are scrolled away at the top. */
  readonly top: number;
  /** Width of the labels. */
  readonly gutter: number;
  readonly selected: Marble | undefined;
  readonly colours: Readonly<Record<string, string>>;
}

/** Sizes a canvas for the screen, and clears it. Returns its context with the size in CSS pixels. */
export function prepare(canvas: HTMLCanvasElement): {
  readonly pen: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
} | null {
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = globalThis.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext('2d');
  if (pen === null || width === 0) return null;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return { pen, width, height };
}

/** Returns the width of the labels: that of the longest, up to a third of the width. */
export function gutterFor(canvas: HTMLCanvasElement, lanes: readonly Lane[]): number {
  const pen = canvas.getContext('2d');
  if (pen === null) return 0;
  pen.font = LABEL_FONT;
  const widest = Math.max(40, ...lanes.map(({ label }) => pen.measureText(label).width));
  return Math.min(widest + 30, canvas.clientWidth / 3);
}

/** A marble that was drawn with a sign, and its place on the canvas. */
export interface DrawnSign {
  readonly lane: Lane;
  readonly marble: Marble;
  readonly x: number;
  readonly y: number;
}

/**
 * Draws the ruler and the visible lanes.
 *
 * Signs that would cover each other are moved to the right.
 *
 * @returns The signs, for clicks.
 */
export function drawLanes(canvas: HTMLCanvasElement, scene: Scene): readonly DrawnSign[] {
  const prepared = prepare(canvas);
  if (prepared === null) return [];
  const drawn: DrawnSign[] = [];
  const { pen, width, height } = prepared;
  const { lanes, view, gutter, top, colours } = scene;
  const x = (at: number): number => gutter + shareOf(view, at) * (width - gutter);
  const colour = (name: string): string => colours[name] ?? 'gray';

  drawRuler(pen, scene, x, height, width);
  const first = Math.max(Math.floor((top - RULER) / ROW), 0);
  const last = Math.min(Math.ceil((top + height - RULER) / ROW), lanes.length);
  pen.save();
  pen.beginPath();
  pen.rect(0, RULER, width, height - RULER);
  pen.clip();
  for (let i = first; i < last; i += 1) {
    const lane = lanes[i];
    if (lane === undefined) continue;
    const y = RULER + i * ROW + ROW / 2 - top;
    pen.font = LABEL_FONT;
    pen.textAlign = 'left';
    pen.textBaseline = 'middle';
    pen.fillStyle = colour(lane.attempt === 1 ? 'ink' : 'soft');
    pen.fillText(shorten(pen, lane.label, gutter - 20), 10, y);
    pen.save();
    pen.beginPath();
    pen.rect(gutter - SIGN - 3, y - ROW / 2, width, ROW);
    pen.clip();
    drawn.push(...drawLane(pen, lane, y, x, scene, width));
    pen.restore();
  }
  pen.restore();
  return drawn;
}

/** Cuts a text that is wider than a width. */
function shorten(pen: CanvasRenderingContext2D, text: string, width: number): string {
  if (pen.measureText(text).width <= width) return text;
  let length = text.length - 1;
  while (length > 1 && pen.measureText(`${text.slice(0, length)}…`).width > width) length -= 1;
  return `${text.slice(0, length)}…`;
}

function drawRuler(
  pen: CanvasRenderingContext2D,
  { view, origin, gutter, colours }: Scene,
  x: (at: number) => number,
  height: number,
  width: number,
): void {
  pen.font = '11px system-ui, sans-serif';
  pen.textBaseline = 'middle';
  pen.lineWidth = 1;
  for (const { at, label } of ticksOf(view, (width - gutter) / TICK_DISTANCE, origin)) {
    const position = Math.round(x(at)) + 0.5;
    pen.strokeStyle = colours['edge'] ?? 'gray';
    pen.beginPath();
    pen.moveTo(position, RULER - 6);
    pen.lineTo(position, height);
    pen.stroke();
    pen.fillStyle = colours['soft'] ?? 'gray';
    pen.textAlign = position > width - 24 ? 'right' : 'center';
    pen.fillText(label, Math.min(position, width - 2), RULER / 2 - 1);
  }
}

function drawLane(
  pen: CanvasRenderingContext2D,
  lane: Lane,
  y: number,
  x: (at: number) => number,
  { now, selected, colours, view, gutter: left }: Scene,
  width: number,
): readonly DrawnSign[] {
  const colour = (name: string): string => colours[name] ?? 'gray';
  const line = (from: number, to: number, dash: readonly number[]): void => {
    pen.setLineDash([...dash]);
    pen.beginPath();
    pen.moveTo(from, y);
    pen.lineTo(to, y);
    pen.stroke();
    pen.setLineDash([]);
  };
  const { marbles } = lane;
  const last = marbles.at(-1);
  const end = x(lane.endedAt ?? Math.max(now, last?.at ?? 0));
  const output = lane.firstOutputAt === null ? end : x(lane.firstOutputAt);
  if (end < left || x(lane.startedAt) > width) {
    drawElsewhere(pen, end < left ? '‹' : '›', end < left ? left : width - SIGN, y, colour('soft'));
    return [];
  }
  pen.lineWidth = 2;
  pen.strokeStyle = colour('line');
  // Dashed until the first output.
  line(x(lane.startedAt), Math.min(output, end), [2, 4]);
  if (output < end) line(output, end, []);
  if (lane.retryAt !== null) {
    pen.strokeStyle = colour('retry');
    line(end, x(lane.retryAt), [2, 4]);
  }

  let lastDot = -Infinity;
  let lastKind: string | undefined;
  for (let i = firstAfter(marbles, view.from - (view.to - view.from) * 0.05); i < marbles.length; i += 1) {
    const marble = marbles[i];
    if (marble === undefined) break;
    const position = x(marble.at);
    if (position > width + SIGN) break;
    const style = MARBLE_STYLES[marble.kind];
    if (isSmall(marble.kind)) {
      const isClose = position - lastDot < CLOSEST && marble.kind === lastKind;
      if (!isClose) {
        pen.fillStyle = colour(style.colour);
        dot(pen, position, y, DOT);
        lastDot = position;
        lastKind = marble.kind;
      }
    }
  }
  // Above the dots.
  const visible = signs(marbles)
    .map((marble) => ({ lane, marble, y, x: x(marble.at) }))
    .filter(({ x: position }) => position > -SIGN && position < width + SIGN);
  const drawn = spread(visible, width - SIGN - 1);
  for (const { marble, x: position } of drawn) drawSign(pen, marble, position, y, colour);
  if (selected !== undefined && marbles.includes(selected)) {
    const position = drawn.find(({ marble }) => marble === selected)?.x ?? x(selected.at);
    drawSelection(pen, position, y, colour('ink'));
  }
  return drawn;
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

function drawSign(
  pen: CanvasRenderingContext2D,
  { kind }: Marble,
  x: number,
  y: number,
  colour: (name: string) => string,
): void {
  const { colour: name, sign } = MARBLE_STYLES[kind];
  pen.lineWidth = 2.5;
  pen.strokeStyle = pen.fillStyle = colour(name);
  if (kind === 'complete') {
    pen.beginPath();
    pen.moveTo(x, y - 11);
    pen.lineTo(x, y + 11);
    pen.stroke();
    return;
  }
  if (kind === 'error') {
    pen.beginPath();
    pen.moveTo(x - 6, y - 6);
    pen.lineTo(x + 6, y + 6);
    pen.moveTo(x + 6, y - 6);
    pen.lineTo(x - 6, y + 6);
    pen.stroke();
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
function drawElsewhere(
  pen: CanvasRenderingContext2D,
  direction: string,
  x: number,
  y: number,
  colour: string,
): void {
  pen.fillStyle = colour;
  pen.font = '700 16px system-ui, sans-serif';
  pen.textAlign = 'center';
  pen.fillText(direction, x, y);
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

function dot(pen: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  pen.beginPath();
  pen.arc(x, y, radius, 0, Math.PI * 2);
  pen.fill();
}

/** Returns the index of the first marble at or after a time. */
export function firstAfter(marbles: readonly Marble[], at: number): number {
  let [low, high] = [0, marbles.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marbles[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
