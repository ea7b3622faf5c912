import type { CallSummary } from '../../log/summaryOf';
import { element } from '../element';
import { formatMs } from '../navigate/timeAxis';
import { formatBytes, formatCount } from './format';

/** Shows the figures of a call. */
export function showSummary(list: HTMLElement, summary: CallSummary | undefined): void {
  const rows = summary === undefined ? [] : rowsOf(summary);
  const text = rows.map(([term, value]) => `${term} ${value}`).join('\n');
  if (list.dataset['text'] === text) return;
  list.dataset['text'] = text;
  list.replaceChildren(
    ...rows.map(([term, value]) => element('div', {}, element('dt', {}, term), element('dd', {}, value))),
  );
}

function rowsOf(summary: CallSummary): readonly (readonly [term: string, value: string])[] {
  const { firstTokenMs, totalMs, chunks, lefts, bytes, retries } = summary;
  const { promptTokens, completionTokens, cost } = summary;
  return [
    ['First token', firstTokenMs === null ? '–' : formatMs(firstTokenMs)],
    ['Total', totalMs === null ? 'running' : formatMs(totalMs)],
    ['Chunks', `${formatCount(chunks)}${lefts === 0 ? '' : ` + ${lefts} unreadable`}`],
    ['Received', formatBytes(bytes)],
    ['Retries', String(retries)],
    [
      'Tokens',
      completionTokens === null
        ? '–'
        : `${formatCount(promptTokens ?? 0)} in, ${formatCount(completionTokens)} out`,
    ],
    ...(cost === null ? [] : [['Cost', Number(cost.toPrecision(3)).toString()] as const]),
  ];
}
