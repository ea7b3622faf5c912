import { cut } from '../../errors';

/** Kinds of marbles: events of a request, chunks by their first output, values of an operator, and endings. */
export type MarbleKind =
  | 'request'
  | 'head'
  | 'text'
  | 'reasoning'
  | 'tool'
  | 'finish'
  | 'other'
  | 'value'
  | 'left'
  | 'retry'
  | 'error'
  | 'stop'
  | 'complete';

/** One event of a lane. */
export interface Marble {
  /** Kind of the event, which decides about its colour and sign. */
  readonly kind: MarbleKind;
  /** Milliseconds since the log was created or cleared. */
  readonly at: number;
  /** Short description on one line. */
  readonly title: string;
  /** The event as the server sent it, or the body of a request; `''` where there is none. */
  readonly raw: string;
  /** The decoded value, or the error. */
  readonly value: unknown;
}

/** Longest description of a value, in characters. */
export const LONGEST_TITLE = 120;

/** Returns the beginning of a description. */
export const shortTitle = (text: string): string => cut(text, LONGEST_TITLE);

/** Kinds that add to the answer. */
const OUTPUT: ReadonlySet<MarbleKind> = new Set(['text', 'reasoning', 'tool', 'value'] as const);

/** Kinds that end a lane. */
const ENDING: ReadonlySet<MarbleKind> = new Set(['error', 'stop', 'complete'] as const);

export const isOutput = ({ kind }: Marble): boolean => OUTPUT.has(kind);
export const isEnding = ({ kind }: Marble): boolean => ENDING.has(kind);

/** Cost of an object that is not a string, in characters. */
const OBJECT_COST = 200;

/** Estimates the memory of a marble, in characters. */
export const costOfMarble = ({ title, raw, value }: Marble): number =>
  OBJECT_COST + title.length + 2 * raw.length + textIn(value, 3);

/** Returns the length of the texts in a value, down to a depth. */
function textIn(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null || depth === 0) return 0;
  return Object.values(value)
    .slice(0, 20)
    .reduce((sum: number, each) => sum + textIn(each, depth - 1), 0);
}
