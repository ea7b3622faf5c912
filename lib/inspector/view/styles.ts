/** The names of the colours. A canvas needs them as values. */
export const COLOURS = [
  'edge',
  'ink',
  'soft',
  'accent',
  'line',
  'call',
  'text',
  'reasoning',
  'tool',
  'finish',
  'other',
  'left',
  'retry',
  'error',
  'stop',
  'marble-ink',
] as const;

/** The styles of the inspector. A page overrides a colour by setting the custom property on the element. */
export const STYLES = `
:host {
  --page: light-dark(#ffffff, #1c1a22);
  --sunk: light-dark(#f4f2f7, #24222b);
  --edge: light-dark(#e0dce6, #35323f);
  --ink: light-dark(#1d1a24, #f1eef6);
  --soft: light-dark(#625c6f, #a9a3b6);
  --accent: light-dark(#b0125b, #ff6fae);
  --line: light-dark(#b9b3c4, #57526a);
  --call: var(--soft);
  --text: var(--accent);
  --reasoning: light-dark(#5b3fd6, #a793ff);
  --tool: light-dark(#00669c, #63c3f5);
  --finish: light-dark(#1a7042, #6bd397);
  --other: light-dark(#8d879b, #77718a);
  --left: light-dark(#a34d00, #ffa557);
  --retry: light-dark(#7a5600, #ffd166);
  --error: light-dark(#b3261e, #ff8a80);
  --stop: var(--retry);
  --marble-ink: light-dark(#ffffff, #16141b);
  --added: light-dark(#dff3e6, #163322);
  --removed: light-dark(#fbe4e2, #3d1a1d);
  display: flex;
  flex-direction: column;
  gap: 10px;
  min-width: 0;
  padding: 14px;
  overflow: auto;
  background: var(--page);
  color: var(--ink);
  font: 14px/1.5 system-ui, sans-serif;
  container-type: inline-size;
}
:host([hidden]) { display: none; }
*, ::before { box-sizing: border-box; }
[hidden] { display: none !important; }
h2, h3, p, dl, dd, ul, pre { margin: 0; }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: 6px; }
h2 { margin-right: auto; font-size: 15px; }
button { min-width: 30px; min-height: 30px; padding: 2px 9px; border: 1px solid var(--edge); border-radius: 8px; background: none; color: inherit; font: inherit; font-size: 13px; cursor: pointer; }
button:hover:not(:disabled) { border-color: var(--line); background: var(--sunk); }
button:disabled { color: var(--soft); cursor: default; }
.live { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
canvas { display: block; width: 100%; touch-action: pan-y; }
.overview { flex: none; height: 28px; border-radius: 6px; background: var(--sunk); cursor: grab; }
.scroll { position: relative; flex: none; max-height: var(--lanes-height, 240px); overflow: hidden auto; border: 1px solid var(--edge); border-radius: 10px; }
.lanes { position: sticky; top: 0; cursor: pointer; }
.lanes:focus-visible { outline-offset: -2px; border-radius: 10px; }
dl { display: flex; flex-wrap: wrap; gap: 4px 18px; }
dt { color: var(--soft); font-size: 12px; }
dd { font-weight: 600; font-variant-numeric: tabular-nums; }
ul { display: flex; flex-wrap: wrap; gap: 2px; padding: 0; list-style: none; }
ul button { display: flex; align-items: center; gap: 4px; padding: 2px 5px; border: 0; color: var(--soft); font-size: 12px; }
b:empty { display: none; }
ul b { color: var(--ink); font-variant-numeric: tabular-nums; }
i { display: grid; flex: none; place-items: center; width: 18px; height: 18px; border-radius: 50%; color: var(--marble-ink); background: var(--colour); font: 700 11px ui-monospace, monospace; }
:disabled i { opacity: 0.4; }
.event { display: flex; align-items: center; gap: 8px; padding-top: 10px; border-top: 1px solid var(--edge); }
.event span, .event b { flex: none; }
.event span { color: var(--soft); }
.event code { flex: 1; min-width: 0; overflow: hidden; color: var(--soft); text-overflow: ellipsis; white-space: pre; }
code, pre { font: 12px/1.5 ui-monospace, monospace; }
.sides { display: grid; gap: 8px 12px; }
.sides > div { min-width: 0; }
h3 { margin-bottom: 4px; color: var(--soft); font-size: 12px; font-weight: 600; }
pre { max-height: 320px; padding: 9px 10px; overflow: auto; border-radius: 8px; background: var(--sunk); white-space: pre-wrap; overflow-wrap: anywhere; }
.value span { display: block; margin: 0 -10px; padding: 0 10px; }
.value .added { background: var(--added); }
.value .removed { background: var(--removed); }
.note { color: var(--soft); font-size: 12.5px; }
.probes { position: absolute; visibility: hidden; }
.probes span { color: var(--colour); transition: color 1ms; }
${COLOURS.map((name) => `[data-colour=${name}] { --colour: var(--${name}); }`).join('\n')}
@container (max-width: 380px) { h2 { flex-basis: 100%; } }
@container (min-width: 520px) { .sides { grid-auto-columns: minmax(0, 1fr); grid-auto-flow: column; } }
@media (pointer: coarse), (max-width: 600px) { button { min-width: 44px; min-height: 44px; } }
`;
