import type { Lane } from '../../log/Lane';
import { MARBLE_STYLES } from '../marbleStyles';
import { shareOf, type View } from '../navigate/timeAxis';
import { prepare } from './canvas';

/** Draws all lanes in small, and a frame around the visible part. */
export function drawOverview(
  canvas: HTMLCanvasElement,
  lanes: readonly Lane[],
  all: View,
  view: View,
  colour: (name: string) => string,
): void {
  const prepared = prepare(canvas);
  if (prepared === null) return;
  const { pen, width, height } = prepared;
  const row = Math.min((height - 6) / Math.max(lanes.length, 1), 5);
  lanes.forEach(({ marbles }, i) => {
    let last = -1;
    for (const { at, kind } of marbles) {
      const x = Math.floor(shareOf(all, at) * width);
      if (x === last && kind !== 'error') continue;
      last = x;
      pen.fillStyle = colour(MARBLE_STYLES[kind].colour);
      pen.fillRect(x, 3 + i * row, kind === 'error' ? 3 : 1.5, Math.max(row - 1, 1));
    }
  });
  const [from, to] = [shareOf(all, view.from) * width, shareOf(all, view.to) * width];
  pen.strokeStyle = colour('accent');
  pen.lineWidth = 2;
  pen.strokeRect(
    Math.max(from, 0) + 1,
    1,
    Math.max(Math.min(to, width) - Math.max(from, 0) - 2, 4),
    height - 2,
  );
}
