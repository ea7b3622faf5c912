import { tapeText } from '../../tape/tape';
import type { Lane } from '../log/Lane';
import { tapeOfLane } from '../log/tapeOfLane';

/** Downloads the tape of an attempt. */
export function saveTape(lane: Lane): void {
  const tape = tapeOfLane(lane);
  if (tape === null) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([tapeText(tape)], { type: 'application/json' }));
  link.download = `call-${lane.call}-attempt-${lane.attempt}.tape.json`;
  link.click();
  // Safari reads it later.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
