interface Sign {
  readonly frame: number;
  readonly sign: string;
}

/** The longest diagram that is drawn. */
const WIDTH = 120;

/**
 * Signs at their frames as marbles, in which a character is a millisecond.
 *
 * @returns `undefined` where that cannot be written: after a group, the frames that its characters take are past.
 */
export function drawnStream(signs: readonly Sign[]): string | undefined {
  let drawMarbles = '';
  let now = 0;
  for (const group of groups(signs)) {
    const [{ frame } = { frame: 0 }] = group;
    if (frame < now) return undefined;
    const together = group.map(({ sign }) => sign).join('');
    const text = group.length > 1 ? `(${together})` : together;
    drawMarbles += pause(frame - now) + text;
    now = frame + text.length;
  }
  const line = drawMarbles.trim();
  return line.length > WIDTH ? `${line.slice(0, WIDTH)}…` : line;
}

/** A subscription as marbles. */
export function drawnSubscriptions(log: {
  readonly subscribedFrame: number;
  readonly unsubscribedFrame: number;
}): string {
  const { subscribedFrame, unsubscribedFrame } = log;
  const begin = { frame: subscribedFrame, sign: '^' };
  const end = { frame: unsubscribedFrame, sign: '!' };
  return drawnStream(unsubscribedFrame === Infinity ? [begin] : [begin, end]) ?? '';
}

/** Signs of the same frame together. */
const groups = (signs: readonly Sign[]): readonly (readonly Sign[])[] =>
  signs.reduce<readonly (readonly Sign[])[]>((before, sign) => {
    const last = before.at(-1);
    return last?.[0]?.frame === sign.frame ? [...before.slice(0, -1), [...last, sign]] : [...before, [sign]];
  }, []);

/** The longest silence that is drawn frame by frame. */
const DASHES = 12;

const pause = (ms: number): string => {
  if (ms <= DASHES) return '-'.repeat(Math.max(0, ms));
  return ms % 1000 === 0 ? ` ${ms / 1000}s ` : ` ${ms}ms `;
};
