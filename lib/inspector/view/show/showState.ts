import type { CallLog } from '../../log/CallLog';
import type { Lane } from '../../log/Lane';
import type { MarbleKind } from '../../log/Marble';
import { MARBLE_STYLES } from '../marbleStyles';
import type { Place } from '../navigate/Place';
import { formatMs } from '../navigate/timeAxis';
import { formatBytes, formatCount } from './format';

/** Shows the number of marbles of each kind. */
export function showLegend(root: ParentNode, lanes: readonly Lane[]): void {
  const counts = new Map<MarbleKind, number>();
  for (const { marbles } of lanes) {
    for (const { kind } of marbles) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  for (const button of root.querySelectorAll<HTMLButtonElement>('[data-find]')) {
    const count = counts.get(button.dataset['find'] as MarbleKind) ?? 0;
    button.disabled = count === 0;
    setText(button.lastElementChild, count === 0 ? '' : formatCount(count));
  }
}

/** Describes the selected marble for a screen reader. */
export function showPosition(canvas: HTMLElement, place: Place | undefined, origin: number): void {
  const { lane, marble } = place ?? {};
  canvas.ariaValueMax = String(Math.max((lane?.marbles.length ?? 0) - 1, 0));
  canvas.ariaValueNow = String(lane && marble ? lane.marbles.indexOf(marble) : 0);
  canvas.ariaValueText =
    lane && marble
      ? `${lane.label}: ${MARBLE_STYLES[marble.kind].name} ${marble.title}, ${formatMs(marble.at - origin, 1)}`
      : 'no events';
}

/** Returns the amount that is kept, or an introduction. */
export function noteOf({ lanes, usage }: CallLog): string {
  if (lanes.length === 0) {
    return 'No calls yet. Each attempt becomes a lane with a marble for each chunk. Select one to see its event and value.';
  }
  const [marbles, maxMarbles, dropped] = [usage.marbles, usage.maxMarbles, usage.dropped].map(formatCount);
  const kept = `Keeps ${marbles} of at most ${maxMarbles} events, ${formatBytes(usage.size)} of ${formatBytes(usage.maxSize)}.`;
  return usage.dropped === 0 ? kept : `${kept} ${dropped} older ones were dropped.`;
}

/** Sets a text, unless it is the same. */
export function setText(element: Element | null, text: string): void {
  if (element !== null && element.textContent !== text) element.textContent = text;
}
