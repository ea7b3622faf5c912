import type { Marble } from '../../log/Marble';
import { element } from '../element';
import { MARBLE_STYLES } from '../marbleStyles';
import { formatMs } from '../navigate/timeAxis';
import { jsonDiff } from './jsonDiff';

/** Longest raw event, and longest text in a value, that is shown, in characters. An image would take seconds. */
const LONGEST = 20_000;

/** Shows a marble: its raw event, and its value as a difference to the value before. */
export function showDetails(
  section: HTMLElement,
  marble: Marble | undefined,
  before: Marble | undefined,
  origin: number,
): void {
  section.hidden = marble === undefined;
  if (marble === undefined) return;
  const { kind, at, title, raw, value } = marble;
  const { colour, sign, name } = MARBLE_STYLES[kind];
  const find = (selector: string): HTMLElement => section.querySelector(selector) as HTMLElement;

  const icon = find('i');
  icon.textContent = sign;
  icon.dataset['colour'] = colour;
  find('b').textContent = name;
  find('code').textContent = title === name ? '' : title;
  find('.event span').textContent = formatMs(at - origin, 1);

  const rawText = find('.raw');
  rawText.textContent = shorten(raw);
  const rawSide = rawText.parentElement as HTMLElement;
  rawSide.hidden = raw === '';
  const rawTitle = { request: 'Body', error: 'Last event or body' }[kind as string] ?? 'Raw event';
  (rawSide.firstElementChild as HTMLElement).textContent = rawTitle;

  const valueText = find('.value');
  const valueSide = valueText.parentElement as HTMLElement;
  valueSide.hidden = value === undefined;
  const isDiff = before !== undefined;
  (valueSide.firstElementChild as HTMLElement).textContent =
    { error: 'Error', retry: 'Error', left: 'Left' }[kind as string] ??
    (isDiff ? 'Value, and its difference to the last' : 'Value');
  valueText.replaceChildren(
    ...jsonDiff(toJson(value), isDiff ? toJson(before.value) : undefined).map(({ sign: mark, text }) => {
      const line = isDiff ? `${mark} ${text}` : text;
      return element('span', { class: { ' ': '', '+': 'added', '-': 'removed' }[mark] }, line);
    }),
  );
}

const shorten = (text: string): string =>
  text.length > LONGEST ? `${text.slice(0, LONGEST)}… ${text.length - LONGEST} more characters` : text;

/** Returns a value as plain JSON with short texts; the errors of this library have `toJSON`, others a name and a message. */
function toJson(value: unknown): unknown {
  try {
    return JSON.parse(
      JSON.stringify(value, (_, each: unknown) => {
        if (typeof each === 'string') return shorten(each);
        return each instanceof Error && !('toJSON' in each)
          ? { name: each.name, message: each.message }
          : each;
      }),
    );
  } catch {
    return String(value);
  }
}
