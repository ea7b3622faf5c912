import { defineInspector } from 'rxjs-chat-completions/inspector';
import { tapeOf, type Tape } from 'rxjs-chat-completions/testing';

import { codeOf } from './code';
import { CHOICES, fitting, withAdded } from './operators';
import { play, type Play } from './play';
import { hashOf, SERVERS, settingsOf, type Settings } from './settings';
import { SITUATIONS } from './situations';

const options = (list: readonly (readonly [value: string, name: string])[]): string =>
  list.map(([value, name]) => `<option value="${value}">${name.replaceAll('<', '&lt;')}</option>`).join('');

const TEMPLATE = `
<form class="controls">
  <label>Server <select name="server">${options(SERVERS.map((name) => [name, name]))}</select></label>
  <label>Situation <select name="situation">${options(SITUATIONS.map(({ id, name }) => [id, name]))}</select></label>
  <label>Time <select name="time">${options([
    ['virtual', 'virtual, at once'],
    ['real', 'real'],
  ])}</select></label>
  <button type="submit">Run</button>
  <button type="button" data-do="share">Copy link</button>
</form>
<p class="hint" aria-live="polite"></p>
<div class="pipe" role="group" aria-label="Pipe"></div>
<chat-inspector></chat-inspector>
<p class="tape">
  <label>Replay a tape: drop it on this page, or choose it <input type="file" accept=".json,application/json" /></label>
  <button type="button" data-do="eject" hidden>Remove the tape</button>
</p>
<p class="hint-small">Random waits of retries have a fixed length here, so that a link shows the same picture again.</p>
<h2>The code</h2>
<div class="code"><button type="button" data-do="copy">Copy code</button><pre tabindex="0" aria-label="Code"></pre></div>
`;

/**
 * Shows the playground in an element. Its settings are in the hash of the address.
 *
 * @param highlight - Returns code as HTML. Until it resolves, and if it rejects, the code is plain.
 * @returns A function that removes it.
 */
export function mountPlayground(
  place: HTMLElement,
  highlight?: (code: string) => Promise<string>,
): () => void {
  defineInspector();
  place.innerHTML = TEMPLATE;
  const find = <T extends Element = HTMLElement>(selector: string, type?: new () => T): T => {
    const found = place.querySelector(selector);
    if (found === null || (type !== undefined && !(found instanceof type))) throw new Error(`no ${selector}`);
    return found as T;
  };
  const form = find('form', HTMLFormElement);
  const inspector = place.querySelector('chat-inspector');
  let settings = settingsOf(location.hash);
  let tape: Tape | null = null;
  let playing: Play | undefined;

  const run = (): void => {
    playing?.stop();
    playing = play(settings, tape);
    if (inspector) inspector.log = playing.log;
  };

  const show = (): void => {
    for (const name of ['server', 'situation', 'time'] as const) {
      find(`[name=${name}]`, HTMLSelectElement).value = settings[name];
    }
    find('[name=server]', HTMLSelectElement).disabled = tape !== null;
    find('[name=situation]', HTMLSelectElement).disabled = tape !== null;
    find('[data-do=eject]').hidden = tape === null;
    const hint = SITUATIONS.find(({ id }) => id === settings.situation)?.hint ?? '';
    find('.hint').textContent =
      tape === null
        ? hint
        : `A tape with ${tape.reads.length} reads is replayed. A link does not contain it.`;
    showPipe();
    showCode(codeOf(settings, tape !== null));
  };

  const showPipe = (): void => {
    const parts = find('.pipe');
    const hasFocus = parts.contains(document.activeElement);
    parts.replaceChildren(...pipeParts(settings, (pipe) => change({ pipe })));
    // The element that had the focus is replaced: the keyboard continues here.
    if (hasFocus) find('[name=add]').focus({ preventScroll: true });
  };

  const showCode = (code: string): void => {
    const pre = find('.code pre');
    if (pre.textContent === code) return;
    pre.textContent = code;
    highlight?.(code).then(
      (html) => {
        // The settings may have changed meanwhile.
        if (pre.textContent === code) pre.innerHTML = html;
      },
      () => undefined,
    );
  };

  const change = (changes: Partial<Settings>): void => {
    settings = { ...settings, ...changes };
    history.replaceState(history.state, '', hashOf(settings));
    show();
    run();
  };

  const load = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    try {
      tape = tapeOf(JSON.parse(await file.text()));
      show();
      run();
    } catch (error) {
      find('.hint').textContent =
        `${file.name} cannot be replayed: ${error instanceof Error ? error.message : ''}`;
    }
  };

  const onChange = (event: Event): void => {
    const { target } = event;
    if (target instanceof HTMLInputElement) void load(target.files?.[0]);
    else if (target instanceof HTMLSelectElement && target.name !== 'add')
      change({ [target.name]: target.value });
  };
  const onClick = (event: Event): void => {
    const action = (event.target as Element).closest<HTMLElement>('[data-do]');
    if (action?.dataset['do'] === 'copy') void copy(codeOf(settings, tape !== null), action);
    if (action?.dataset['do'] === 'share') void copy(new URL(hashOf(settings), location.href).href, action);
    if (action?.dataset['do'] === 'eject') {
      tape = null;
      change({});
    }
  };
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    run();
  };
  const onHash = (): void => {
    settings = settingsOf(location.hash);
    show();
    run();
  };
  const onDrag = (event: DragEvent): void => event.preventDefault();
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    void load(event.dataTransfer?.files[0]);
  };

  place.addEventListener('change', onChange);
  place.addEventListener('click', onClick);
  form.addEventListener('submit', onSubmit);
  addEventListener('hashchange', onHash);
  addEventListener('dragover', onDrag);
  addEventListener('drop', onDrop);
  show();
  run();

  return () => {
    playing?.stop();
    removeEventListener('hashchange', onHash);
    removeEventListener('dragover', onDrag);
    removeEventListener('drop', onDrop);
    place.replaceChildren();
  };
}

/** The operators of the pipe, each with a button that removes it, and a list of those that can be added. */
function pipeParts({ pipe }: Settings, change: (pipe: readonly string[]) => void): readonly HTMLElement[] {
  const choices = fitting(pipe);
  const source = document.createElement('code');
  source.textContent = 'chatCompletion$';
  const buttons = choices.map(({ id, code }) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = `${code} ×`;
    button.ariaLabel = `Remove ${code}`;
    button.addEventListener('click', () => change(without(pipe, id)));
    return button;
  });
  const add = document.createElement('select');
  add.name = 'add';
  add.ariaLabel = 'Add an operator';
  add.innerHTML =
    '<option value="">Add an operator …</option>' +
    options(
      CHOICES.filter(({ id }) => !pipe.includes(id) && withAdded(pipe, id) !== undefined).map(
        ({ id, code }) => [id, code.replaceAll('"', '&quot;')],
      ),
    );
  add.addEventListener('change', () => change(withAdded(pipe, add.value) ?? pipe));
  return [source, ...buttons, add];
}

/** Removes an operator, and those after it that no longer fit. */
const without = (pipe: readonly string[], id: string): readonly string[] =>
  fitting(pipe.filter((each) => each !== id)).map((choice) => choice.id);

async function copy(text: string, button: HTMLElement): Promise<void> {
  const label = button.textContent;
  await navigator.clipboard.writeText(text).then(
    () => (button.textContent = 'Copied'),
    () => (button.textContent = 'Not copied: the browser refused'),
  );
  setTimeout(() => (button.textContent = label), 2_000);
}
