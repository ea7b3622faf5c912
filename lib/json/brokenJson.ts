import { withoutFence } from './withoutFence';

/** The start of a line that opens a fence. */
const FENCE = /^\s*(`{3,}|~{3,})/;

/**
 * Returns broken JSON without the prose before it and the fence around it.
 *
 * @param start - Start of the JSON in the text; negative if it is not known.
 */
export function brokenJson(text: string, start: number): string {
  if (start < 0) return text;
  const rest = text.slice(start);
  const line = text.slice(0, start).trimEnd().split('\n').at(-1) ?? '';
  // Without an opening, a closing may be in a string.
  const fence = FENCE.exec(line)?.[1];
  return fence === undefined ? rest : withoutFence(`${fence}\n${rest}`);
}
