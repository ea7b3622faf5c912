import type { MarbleKind } from '../log/Marble';

/** The look of a kind of marble. */
export interface MarbleStyle {
  /** Name of its colour. */
  readonly colour: string;
  /** One character. */
  readonly sign: string;
  readonly name: string;
}

export const MARBLE_STYLES: Readonly<Record<MarbleKind, MarbleStyle>> = {
  request: { colour: 'call', sign: '↑', name: 'request' },
  head: { colour: 'call', sign: '↓', name: 'response head' },
  text: { colour: 'text', sign: 't', name: 'text' },
  reasoning: { colour: 'reasoning', sign: 'r', name: 'reasoning' },
  tool: { colour: 'tool', sign: 'c', name: 'tool call' },
  finish: { colour: 'finish', sign: 'f', name: 'finish reason' },
  other: { colour: 'other', sign: 'u', name: 'usage and the rest' },
  value: { colour: 'text', sign: 'v', name: 'value' },
  left: { colour: 'left', sign: 'L', name: 'Left: unreadable chunk' },
  retry: { colour: 'retry', sign: 'R', name: 'retry planned' },
  error: { colour: 'error', sign: '✕', name: 'error' },
  stop: { colour: 'stop', sign: '!', name: 'unsubscribed' },
  complete: { colour: 'finish', sign: '|', name: 'complete' },
};

/** The kinds of the legend. */
export const LEGEND: readonly MarbleKind[] = [
  'text',
  'reasoning',
  'tool',
  'finish',
  'left',
  'retry',
  'error',
];

const SMALL: ReadonlySet<MarbleKind> = new Set(['text', 'reasoning', 'tool', 'other', 'value'] as const);

/** Whether a kind is frequent, and drawn small. */
export const isSmall = (kind: MarbleKind): boolean => SMALL.has(kind);
