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

import { MAX_LINES, type InputHistory } from './inputHistory';

/** Lines less than this many milliseconds apart were pasted, and are one question. */
const PASTE_MS = 20;
const CTRL_C = '\x03';
const ESC = '\x1b';

/** Options for {@link prompt$}. */
export interface PromptOptions {
  readonly history: InputHistory;
  /** Completes a line, for readline. */
  readonly complete: (line: string) => [completions: string[], part: string];
}

/**
 * Prompts for one line. Completes without one on Ctrl+D, and on Ctrl+C if the line is empty. Otherwise Ctrl+C clears the line.
 */
export function prompt$(prompt: string, { history, complete }: PromptOptions): Observable<string> {
  return defer(() => {
    const editor = createInterface({
      input: stdin,
      output: stderr,
      prompt,
      history: [...history.lines],
      historySize: MAX_LINES,
      removeHistoryDuplicates: true,
      completer: complete,
    });
    const line$ = (fromEvent(editor, 'line') as Observable<string>).pipe(
      tap((line) => history.add(line)),
      share(),
    );
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
      // A dumb terminal cannot clear a line, so an empty one replaces it.
      filter(() => editor.line !== ''),
      map(() => ''),
    );
    const quit$ = merge(fromEvent(editor, 'close'), ctrlC$.pipe(filter((typed) => !typed)));

    editor.prompt();
    const typed$ = merge(question$, cleared$).pipe(
      take(1),
      takeUntil(quit$),
      finalize(() => editor.close()),
    );
    // After the editor has released the keyboard, which the answer needs for its stop key.
    return typed$.pipe(observeOn(asapScheduler));
  });
}

/** Emits the next of the given lines on each subscription. */
export function nextLine(lines: Iterator<string> | AsyncIterator<string>): Observable<string> {
  return defer(async () => lines.next()).pipe(
    takeWhile(({ done }) => done !== true),
    map(({ value }) => value as string),
  );
}

/** Returns the lines of standard input, for {@link nextLine}. */
export function pipedLines(): AsyncIterator<string> {
  return createInterface({ input: stdin })[Symbol.asyncIterator]();
}

/** Whether a user can press keys, and sees what they do. */
export const hasKeyboard = (): boolean => stdin.isTTY && process.stdout.isTTY;

/** Emits the keys that the user presses. Reads in raw mode, where Ctrl+C does not interrupt npm. */
const key$: Observable<string> = defer(() => {
  stdin.setRawMode(true);
  stdin.resume();
  return fromEvent(stdin, 'data').pipe(
    map(String),
    finalize(() => {
      stdin.setRawMode(false);
      stdin.pause();
    }),
  );
}).pipe(share());

/** Whether the program waits for a key, which then belongs to no line. */
let isAsking = false;

/** Emits the keys that answer a question of the program. */
export const replyKey$: Observable<string> = defer(() => {
  isAsking = true;
  return key$.pipe(finalize(() => (isAsking = false)));
});

/** Emits on Ctrl+C and Esc. The other keys return to standard input, where the next prompt reads them. */
const stopKey$: Observable<string> = defer(() => {
  let draft = '';
  return key$.pipe(
    tap((typed) => {
      if (!isAsking && typed !== ESC) draft += typed.replaceAll(CTRL_C, '');
    }),
    filter(isStop),
    finalize(() => stdin.unshift(withoutLastEnter(draft))),
  );
});

const isStop = (typed: string): boolean => typed.includes(CTRL_C) || typed === ESC;

/** Removes the Enter behind a draft, as it was typed before the answer could be read. */
const withoutLastEnter = (draft: string): string => draft.replace(/[\r\n]+$/, '');

/** Emits when the user stops an answer. */
export const stop$: Observable<unknown> = merge(
  fromEvent(process, 'SIGINT'),
  defer(() => (hasKeyboard() ? stopKey$ : NEVER)),
);
