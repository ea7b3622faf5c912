import { stderr, stdin } from 'node:process';
import { createInterface } from 'node:readline';

import {
  asapScheduler,
  buffer,
  debounceTime,
  defer,
  filter,
  finalize,
  fromEvent,
  ignoreElements,
  map,
  merge,
  NEVER,
  observeOn,
  share,
  take,
  takeUntil,
  takeWhile,
  tap,
  type Observable,
} from 'rxjs';

/** Lines closer together than this were pasted, and are one question. */
const PASTE_MS = 20;
const CTRL_C = '\x03';
const ESC = '\x1b';

/**
 * Asks for one line. Completes without one at Ctrl+D, and at Ctrl+C when nothing is typed; Ctrl+C otherwise
 * clears what is typed.
 */
export function ask$(prompt: string): Observable<string> {
  let history: string[] = [];
  return defer(() => {
    const editor = createInterface({ input: stdin, output: stderr, prompt, history: [...history] });
    const line$ = fromEvent(editor, 'line') as Observable<string>;
    const pause$ = line$.pipe(
      debounceTime(PASTE_MS),
      filter(() => editor.line === ''),
    );
    const question$ = line$.pipe(
      buffer(pause$),
      map((lines) => lines.join('\n')),
    );
    const ctrlC$ = fromEvent(editor, 'SIGINT').pipe(
      map(() => editor.line !== ''),
      share(),
    );
    const cleared$ = ctrlC$.pipe(
      filter((typed) => typed),
      tap(() => editor.write(null, { ctrl: true, name: 'e' })),
      tap(() => editor.write(null, { ctrl: true, name: 'u' })),
    );
    const quit$ = merge(fromEvent(editor, 'close'), ctrlC$.pipe(filter((typed) => !typed)));

    editor.on('history', (lines) => (history = lines));
    stderr.write('\n');
    editor.prompt();
    const typed$ = merge(question$, cleared$.pipe(ignoreElements())).pipe(
      take(1),
      takeUntil(quit$),
      finalize(() => editor.close()),
    );
    // Not before the editor has let go of the keyboard: the answer wants it for its stop key.
    return typed$.pipe(observeOn(asapScheduler));
  });
}

/** The next of the given lines, each time it is subscribed to. */
export function nextOf(lines: Iterator<string> | AsyncIterator<string>): Observable<string> {
  return defer(async () => lines.next()).pipe(
    takeWhile(({ done }) => done !== true),
    map(({ value }) => value as string),
  );
}

/** The lines of standard input, for {@link nextOf}. */
export function pipedLines(): AsyncIterator<string> {
  return createInterface({ input: stdin })[Symbol.asyncIterator]();
}

/** Ctrl+C or Esc, for as long as it is subscribed to. */
export const stop$: Observable<unknown> = merge(
  fromEvent(process, 'SIGINT'),
  defer(() => (stdin.isTTY && process.stdout.isTTY ? key$() : NEVER)).pipe(
    filter((typed) => typed.includes(CTRL_C) || typed === ESC),
  ),
);

/** In raw mode Ctrl+C is a key like others, so it reaches us alone and not npm as well. */
function key$(): Observable<string> {
  stdin.setRawMode(true);
  stdin.resume();
  return fromEvent(stdin, 'data').pipe(
    map(String),
    finalize(() => {
      stdin.setRawMode(false);
      stdin.pause();
    }),
  );
}
