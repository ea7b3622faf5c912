import type { MarbleKind } from '../log/Marble';
import { element } from './element';
import { LEGEND, MARBLE_STYLES } from './marbleStyles';
import { COLOURS } from './styles';

/** Creates the elements of the inspector. */
export const createContent = (): readonly HTMLElement[] => [
  element(
    'div',
    { class: 'bar' },
    element('h2', {}, 'Inspector'),
    button('Follow live', { 'data-do': 'follow', class: 'live', hidden: '' }),
    button('−', { 'data-do': 'out', title: 'Zoom out (−)', 'aria-label': 'Zoom out' }),
    button('+', { 'data-do': 'in', title: 'Zoom in (+)', 'aria-label': 'Zoom in' }),
    button('Fit', { 'data-do': 'fit', title: 'Show everything (0)' }),
    button('Export tape', { 'data-do': 'export', title: 'Save the attempt as a tape for replayTransport' }),
    button('Clear', { 'data-do': 'clear' }),
  ),
  element('canvas', { class: 'overview', 'aria-hidden': 'true' }),
  element('div', { class: 'scroll' }, element('div', { class: 'rows' }, element('canvas', LANES))),
  element('dl'),
  element('ul', { 'aria-label': 'Find an event' }, ...LEGEND.map(legendItem)),
  element(
    'section',
    { hidden: '' },
    element('p', { class: 'event' }, icon(), element('b'), element('code'), element('span')),
    element('div', { class: 'sides' }, side('Raw event', 'raw'), side('Value', 'value')),
  ),
  element('p', { class: 'note' }),
  element(
    'div',
    { class: 'probes', 'aria-hidden': 'true' },
    ...COLOURS.map((name) => element('span', { 'data-colour': name })),
  ),
];

const LANES = {
  class: 'lanes',
  tabindex: '0',
  role: 'slider',
  'aria-label': 'Events of the calls',
  'aria-valuemin': '0',
};

const button = (text: string, attributes: Readonly<Record<string, string>>): HTMLElement =>
  element('button', { type: 'button', ...attributes }, text);

const icon = (sign = '', attributes: Readonly<Record<string, string>> = {}): HTMLElement =>
  element('i', { 'aria-hidden': 'true', ...attributes }, sign);

function legendItem(kind: MarbleKind): HTMLElement {
  const { colour, sign, name } = MARBLE_STYLES[kind];
  const attributes = { type: 'button', 'data-find': kind, title: `Next: ${name}`, disabled: '' };
  const parts = [icon(sign, { 'data-colour': colour }), kind, element('b')];
  return element('li', {}, element('button', attributes, ...parts));
}

const side = (title: string, name: string): HTMLElement =>
  element(
    'div',
    {},
    element('h3', {}, title),
    element('pre', { class: name, tabindex: '0', 'aria-label': title }),
  );
