import type { Marble, MarbleKind } from './recorder';

/** The style of each kind of marble: the CSS variable of its colour, its letter and its name. */
export const MARBLE_STYLES: Readonly<
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

/** Minimum distance of marbles, in pixels. */
const MIN_GAP = 4;
const PIXELS_PER_SECOND = 160;
/** Longest pause drawn to scale, in milliseconds. */
const MAX_GAP_MS = 1_600;
const MARGIN = 22;
const MAX_GAP = (MAX_GAP_MS / 1_000) * PIXELS_PER_SECOND;

/** Frequent kinds, which are drawn small. */
const SMALL: ReadonlySet<MarbleKind | undefined> = new Set(['text', 'reasoning', 'other'] as const);

const radiusOf = (marble: Marble | undefined): number => (SMALL.has(marble?.kind) ? 6.5 : 10);

/** Positions of the marbles on the line. Updates are incremental. */
export class MarblePositions {
  readonly x: number[] = [];
  #last: Marble | undefined;

  /** Width of the line in pixels. */
  get width(): number {
    return (this.x.at(-1) ?? 0) + MARGIN;
  }

  follow(marbles: readonly Marble[]): void {
    if (marbles[this.x.length - 1] !== this.#last) this.x.length = 0;
    for (let i = this.x.length; i < marbles.length; i += 1) {
      const before = marbles[i - 1];
      const pauseMs = Math.min((marbles[i]?.at ?? 0) - (before?.at ?? 0), MAX_GAP_MS);
      const gap = Math.max(
        radiusOf(before) + MIN_GAP + radiusOf(marbles[i]),
        (pauseMs / 1_000) * PIXELS_PER_SECOND,
      );
      this.x.push(before === undefined ? MARGIN : (this.x[i - 1] ?? 0) + gap);
    }
    this.#last = marbles.at(-1);
  }

  /** Returns the marble nearest to a position. */
  nearest(at: number): number {
    const before = this.lastBefore(at);
    const after = Math.min(before + 1, this.x.length - 1);
    return at - (this.x[before] ?? 0) < (this.x[after] ?? 0) - at ? before : after;
  }

  /** Returns the last marble before a position, or the first one. */
  lastBefore(at: number): number {
    let [low, high] = [0, this.x.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.x[middle] ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return Math.max(low - 1, 0);
  }
}

/** Milliseconds from which a pause is labelled. */
const LABELLED_GAP_MS = 600;

/** Draws the visible part of the line. */
export function drawTimeline(
  canvas: HTMLCanvasElement,
  marbles: readonly Marble[],
  positions: MarblePositions,
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
  pen.lineWidth = 2;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';

  const line = height / 2;
  const stroke = (name: string, ...points: readonly (readonly [number, number])[]): void => {
    pen.strokeStyle = colour(name);
    pen.beginPath();
    points.forEach(([x, y], i) => (i % 2 === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)));
    pen.stroke();
  };
  const end = marbles.at(-1)?.kind;
  const ended = end === 'complete' || end === 'error' || end === 'stop';
  stroke('--line', [0, line], [ended ? Math.min(width, positions.width - MARGIN - from) : width, line]);

  for (let i = Math.max(positions.nearest(from) - 4, 0); i < marbles.length; i += 1) {
    const marble = marbles[i];
    const x = (positions.x[i] ?? 0) - from;
    if (marble === undefined) break;
    const pauseMs = marble.at - (marbles[i - 1]?.at ?? marble.at);
    if (pauseMs >= LABELLED_GAP_MS) {
      pen.fillStyle = colour('--soft');
      pen.font = '11px system-ui, sans-serif';
      pen.fillText(
        `${(pauseMs / 1_000).toFixed(1)} s`,
        ((positions.x[i - 1] ?? 0) - from + x) / 2,
        line - 12,
      );
    }
    if (x > width + MAX_GAP) break;
    const { colour: name, sign } = MARBLE_STYLES[marble.kind];
    const radius = radiusOf(marble);
    if (marble.kind === 'complete') stroke(name, [x, line - 16], [x, line + 16]);
    else if (marble.kind === 'error') {
      stroke(name, [x - 8, line - 8], [x + 8, line + 8], [x + 8, line - 8], [x - 8, line + 8]);
    } else {
      pen.fillStyle = colour(name);
      pen.beginPath();
      pen.arc(x, line, radius, 0, Math.PI * 2);
      pen.fill();
      if (!SMALL.has(marble.kind)) {
        pen.fillStyle = colour('--marble-ink');
        pen.font = '700 11px ui-monospace, monospace';
        pen.fillText(sign, x, line + 0.5);
      }
    }
    if (i === selected) {
      // Below the line, so that it does not cover other marbles.
      const below = line + Math.max(radius, marble.kind === 'complete' ? 16 : 0) + 5;
      pen.fillStyle = colour('--ink');
      pen.beginPath();
      pen.moveTo(x, below);
      pen.lineTo(x - 6, below + 8);
      pen.lineTo(x + 6, below + 8);
      pen.fill();
    }
  }
}
