import { LEGEND, MARBLE_STYLES } from './marbleStyles';
import { COLOURS } from './styles';

const legend = LEGEND.map((kind) => {
  const { colour, sign, name } = MARBLE_STYLES[kind];
  return `<li><button type="button" data-find="${kind}" title="Next: ${name}" disabled>
    <i data-colour="${colour}" aria-hidden="true">${sign}</i>${kind}<b></b></button></li>`;
}).join('');

const probes = COLOURS.map((name) => `<span data-colour="${name}"></span>`).join('');

/** The elements of the inspector. It is constant: texts of a call are set as text. */
export const TEMPLATE = `
<div class="bar">
  <h2>Inspector</h2>
  <button type="button" class="live" data-do="follow" hidden>Follow live</button>
  <button type="button" data-do="out" title="Zoom out (−)" aria-label="Zoom out">−</button>
  <button type="button" data-do="in" title="Zoom in (+)" aria-label="Zoom in">+</button>
  <button type="button" data-do="fit" title="Show everything (0)">Fit</button>
  <button type="button" data-do="export" title="Save the attempt as a tape for replayTransport">Export tape</button>
  <button type="button" data-do="clear">Clear</button>
</div>
<canvas class="overview" aria-hidden="true"></canvas>
<div class="scroll">
  <div class="rows">
    <canvas class="lanes" tabindex="0" role="slider" aria-label="Events of the calls" aria-valuemin="0"></canvas>
  </div>
</div>
<dl></dl>
<ul aria-label="Find an event">${legend}</ul>
<section hidden>
  <p class="event"><i aria-hidden="true"></i><b></b><code></code><span></span></p>
  <div class="sides">
    <div><h3>Raw event</h3><pre class="raw" tabindex="0" aria-label="Raw event"></pre></div>
    <div><h3></h3><pre class="value" tabindex="0" aria-label="Value"></pre></div>
  </div>
</section>
<p class="note"></p>
<div class="probes" aria-hidden="true">${probes}</div>
`;
