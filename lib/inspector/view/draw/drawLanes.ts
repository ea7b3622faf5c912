import { cut } from '../../../errors';
import type { Lane } from '../../log/Lane';
import { shareOf, ticksOf } from '../navigate/timeAxis';
import { line, prepare } from './canvas';
import { drawLane, SIGN, type DrawnSign } from './drawLane';
import type { Scene } from './Scene';

/** Sizes in pixels. */
export const RULER = 22;
export const ROW = 36;
const TICK_DISTANCE = 70;
const LABEL_FONT = '12px system-ui, sans-serif';

/** Returns the width of the labels: that of the longest, up to a third of the width. */
export function gutterFor(canvas: HTMLCanvasElement, lanes: readonly Lane[]): number {
  const pen = canvas.getContext('2d');
  if (pen === null) return 0;
  pen.font = LABEL_FONT;
  const widest = Math.max(40, ...lanes.map(({ label }) => pen.measureText(label).width));
  return Math.min(widest + 30, canvas.clientWidth / 3);
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
  const { lanes, view, gutter, top, colour } = scene;
  const x = (at: number): number => gutter + shareOf(view, at) * (width - gutter);

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
    drawn.push(...drawLane({ pen, x, y, colour, width }, lane, scene));
    pen.restore();
  }
  pen.restore();
  return drawn;
}

/** Cuts a text that is wider than a width. */
function shorten(pen: CanvasRenderingContext2D, text: string, width: number): string {
  if (pen.measureText(text).width <= width) return text;
  let length = text.length - 1;
  while (length > 1 && pen.measureText(cut(text, length)).width > width) length -= 1;
  return cut(text, length);
}

function drawRuler(
  pen: CanvasRenderingContext2D,
  { view, origin, gutter, colour }: Scene,
  x: (at: number) => number,
  height: number,
  width: number,
): void {
  pen.font = '11px system-ui, sans-serif';
  pen.textBaseline = 'middle';
  pen.lineWidth = 1;
  for (const { at, label } of ticksOf(view, (width - gutter) / TICK_DISTANCE, origin)) {
    const position = Math.round(x(at)) + 0.5;
    pen.strokeStyle = colour('edge');
    line(pen, position, RULER - 6, position, height);
    pen.fillStyle = colour('soft');
    pen.textAlign = position > width - 24 ? 'right' : 'center';
    pen.fillText(label, Math.min(position, width - 2), RULER / 2 - 1);
  }
}
