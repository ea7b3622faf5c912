import type { Marble, MarbleKind } from './recorder';

/** How a marble is drawn: a CSS variable for its colour, and the letter in it. */
export const LOOK: Readonly<
  Record<MarbleKind, { readonly colour: string; readonly sign: string; readonly name: string }>
> = {
  request: { colour: '--m-call', sign: '↑', name: 'request' },
  head: { colour: '--m-call', sign: '↓', name: 'response head' },
  text: { colour: '--m-text', sign: 't', name: 'Right: text' },
  reasoning: { colour: '--m-reasoning', sign: 'r', name: 'Right: reasoning' },
  tool: { colour: '--m-tool', sign: 'c', name: 'Right: tool call' },
  finish: { colour: '--m-finish', sign: 'f', name: 'Right: finish reason' },
  other: { colour: '--m-other', sign: 'u', name: 'Right: usage and the rest' },
  left: { colour: '--m-left', sign: 'L', name: 'Left: unreadable' },
  retry: { colour: '--m-retry', sign: 'R', name: 'retry planned' },
  error: { colour: '--m-error', sign: '✕', name: 'error' },
  stop: { colour: '--m-stop', sign: '!', name: 'unsubscribed' },
  complete: { colour: '--m-finish', sign: '|', name: 'complete' },
};

/** How far marbles are apart at the least, in pixels. */
const LEAST_GAP = 4;
const PIXELS_PER_SECOND = 160;
/** Long silences are drawn as this many milliseconds. */
const LONGEST_GAP_MS = 1_600;
const MARGIN = 22;

/** What comes by the hundred is drawn small. */
const SMALL: ReadonlySet<MarbleKind | undefined> = new Set(['text', 'reasoning', 'other'] as const);

const radiusOf = (marble: Marble | undefined): number => (SMALL.has(marble?.kind) ? 6.5 : 10);

/** Where the marbles of an answer are on the line; goes on where it left off. */
export class Places {
  readonly x: number[] = [];
  #last: Marble | undefined;

  /** How wide the line is. */
  get width(): number {
    return (this.x.at(-1) ?? 0) + MARGIN;
  }

  follow(marbles: readonly Marble[]): void {
    if (marbles[this.x.length - 1] !== this.#last) this.x.length = 0;
    for (let i = this.x.length; i < marbles.length; i += 1) {
      const before = marbles[i - 1];
      const waited = Math.min((marbles[i]?.at ?? 0) - (before?.at ?? 0), LONGEST_GAP_MS);
      const gap = Math.max(
        radiusOf(before) + LEAST_GAP + radiusOf(marbles[i]),
        (waited / 1_000) * PIXELS_PER_SECOND,
      );
      this.x.push(before === undefined ? MARGIN : (this.x[i - 1] ?? 0) + gap);
    }
    this.#last = marbles.at(-1);
  }

  /** The marble nearest to a place on the line. */
  nearest(at: number): number {
    let [low, high] = [0, this.x.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.x[middle] ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return low > 0 && at - (this.x[low - 1] ?? 0) < (this.x[low] ?? 0) - at ? low - 1 : low;
  }
}

/** Draws what is in sight. */
export function draw(
  canvas: HTMLCanvasElement,
  marbles: readonly Marble[],
  places: Places,
  {
    from,
    selected,
    colour,
  }: { readonly from: number; readonly selected: number; readonly colour: (name: string) => string },
): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = globalThis.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext('2d');
  if (pen === null) return;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);

  const line = height / 2;
  pen.strokeStyle = colour('--line');
  pen.lineWidth = 2;
  pen.beginPath();
  pen.moveTo(0, line);
  pen.lineTo(Math.min(width, Math.max(places.width - from, 40)), line);
  pen.stroke();

  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  for (let i = Math.max(places.nearest(from) - 4, 0); i < marbles.length; i += 1) {
    const marble = marbles[i];
    const x = (places.x[i] ?? 0) - from;
    if (marble === undefined || x > width + 12) break;
    const { colour: name, sign } = LOOK[marble.kind];
    const own = colour(name);
    pen.lineWidth = 2;
    if (marble.kind === 'complete' || marble.kind === 'error') {
      pen.strokeStyle = own;
      pen.beginPath();
      if (marble.kind === 'complete') {
        pen.moveTo(x, line - 16);
        pen.lineTo(x, line + 16);
      } else {
        pen.moveTo(x - 8, line - 8);
        pen.lineTo(x + 8, line + 8);
        pen.moveTo(x + 8, line - 8);
        pen.lineTo(x - 8, line + 8);
      }
      pen.stroke();
    } else {
      pen.fillStyle = own;
      pen.beginPath();
      pen.arc(x, line, radiusOf(marble), 0, Math.PI * 2);
      pen.fill();
      if (!SMALL.has(marble.kind)) {
        pen.fillStyle = colour('--marble-ink');
        pen.font = '700 11px ui-monospace, monospace';
        pen.fillText(sign, x, line + 0.5);
      }
    }
    if (i === selected) {
      pen.strokeStyle = colour('--ink');
      pen.beginPath();
      pen.arc(x, line, 14, 0, Math.PI * 2);
      pen.stroke();
    }
  }
}
