import { cut } from '../../errors';

/** One character of a diagram. */
interface Marble {
  readonly frame: number;
  readonly marble: string;
}

/** Longest diagram, in characters. */
const MAX_WIDTH = 120;

/**
 * Draws a stream as marbles, one character a millisecond.
 *
 * @returns `undefined` where RxJS has no notation for it: an event in the frames that the characters of a group take up.
 */
export function drawStream(marbles: readonly Marble[]): string | undefined {
  const groups = new Map<number, string>();
  for (const { frame, marble } of marbles) groups.set(frame, (groups.get(frame) ?? '') + marble);
  let diagram = '';
  let now = 0;
  for (const [frame, characters] of groups) {
    if (frame < now) return undefined;
    const text = characters.length > 1 ? `(${characters})` : characters;
    diagram += drawPause(frame - now) + text;
    now = frame + text.length;
  }
  return cut(diagram.trim(), MAX_WIDTH);
}

/** Draws a subscription as marbles. */
export function drawSubscription(log: {
  readonly subscribedFrame: number;
  readonly unsubscribedFrame: number;
}): string {
  const { subscribedFrame, unsubscribedFrame } = log;
  const start = { frame: subscribedFrame, marble: '^' };
  const end = { frame: unsubscribedFrame, marble: '!' };
  return drawStream(unsubscribedFrame === Infinity ? [start] : [start, end]) ?? '';
}

/** Longest pause drawn frame by frame. */
const MAX_DASHES = 12;

const drawPause = (ms: number): string => {
  if (ms <= MAX_DASHES) return '-'.repeat(Math.max(0, ms));
  return ms % 1000 === 0 ? ` ${ms / 1000}s ` : ` ${ms}ms `;
};
