import { finalize, interval, isObservable, Subscription, take, type Observable } from 'rxjs';

import { formatValue } from '../../lib/testing/marbles/formatValue';
import { scriptFetch } from './scriptedModel';

/** A line of the output. */
export interface OutputLine {
  readonly kind: 'log' | 'note' | 'ok' | 'error';
  readonly text: string;
}

/** An example that runs. */
export interface RunningExample {
  readonly stop: () => void;
  /** Resolved when nothing of the example runs any more. */
  readonly done: Promise<void>;
}

type Example = (
  console: object,
  process: object,
) => Promise<readonly (readonly [name: string, value: unknown])[]>;

/** Longest run, in milliseconds. Some examples never end by themselves. */
const LONGEST_RUN = 8_000;
/** Longest output, in lines. */
const MAX_LINES = 200;
/** The output of an example that has none. */
const SILENT = 'It ran. Nothing in it prints.';
/** Milliseconds that subscriptions of the example itself may take. */
const SETTLE_MS = 2_000;

/** Milliseconds of a step of a wait. */
const STEP_MS = 50;

/** Waits in short steps: on a busy machine they take longer, as does what an example waits for. Ends with `open`. */
const wait = (ms: number, open: Subscription): Promise<void> =>
  new Promise((resolve) => {
    open.add(
      interval(STEP_MS)
        .pipe(take(ms / STEP_MS), finalize(resolve))
        .subscribe(),
    );
  });

/**
 * Runs an example on the scripted model, and prints what it logs and what its Observables emit.
 *
 * @param url - The module of the example.
 */
export function runExample(url: string, print: (line: OutputLine) => void): RunningExample {
  scriptFetch();
  const open = new Subscription();
  let lines = 0;
  const write = (kind: OutputLine['kind'], text: string): void => {
    lines += 1;
    if (open.closed || lines > MAX_LINES) return;
    print(lines === MAX_LINES ? { kind: 'note', text: '… more' } : { kind, text });
  };
  const onRejection = (event: PromiseRejectionEvent): void => {
    event.preventDefault();
    write('error', formatValue(event.reason));
  };
  const onError = (event: ErrorEvent): void => {
    event.preventDefault();
    write('error', formatValue(event.error));
  };
  addEventListener('unhandledrejection', onRejection);
  addEventListener('error', onError);
  open.add(() => {
    removeEventListener('unhandledrejection', onRejection);
    removeEventListener('error', onError);
  });

  const start = async (): Promise<void> => {
    const { default: example } = (await import(/* @vite-ignore */ url)) as { readonly default: Example };
    void wait(LONGEST_RUN, open).then(() => {
      if (lines === 0) write('note', SILENT);
      open.unsubscribe();
    });
    const made = await example(consoleOf(write), processOf(write));
    const observables = made.flatMap(([name, value]) =>
      isObservable(value) ? [{ name, value$: value }] : [],
    );
    // Names only where they are needed to tell the lines apart.
    const prefixOf = (name: string): string => (observables.length > 1 && name !== '' ? `${name}: ` : '');
    await Promise.all(observables.map(({ name, value$ }) => print$(value$, prefixOf(name), open, write)));
    // What the example subscribes to itself is not known: it had time, and no more lines arrive.
    for (let before = -1; before !== lines && !open.closed;) {
      before = lines;
      await wait(observables.length === 0 ? SETTLE_MS : STEP_MS, open);
    }
    if (lines === 0) write('note', SILENT);
  };
  const stopped = new Promise<void>((resolve) => open.add(() => resolve()));
  const done = Promise.race([start(), stopped])
    .catch((error: unknown) => write('error', formatValue(error)))
    .then(() => open.unsubscribe());
  return { stop: () => open.unsubscribe(), done };
}

type Write = (kind: OutputLine['kind'], text: string) => void;

/** Subscribes to an Observable of the example, and prints it. */
const print$ = (
  value$: Observable<unknown>,
  prefix: string,
  open: Subscription,
  write: Write,
): Promise<void> =>
  new Promise((resolve) => {
    open.add(
      value$.subscribe({
        next: (value) => write('log', prefix + formatValue(value)),
        error: (error: unknown) => {
          write('error', prefix + formatValue(error));
          resolve();
        },
        complete: () => {
          write('note', `${prefix}complete`);
          resolve();
        },
      }),
    );
    open.add(() => resolve());
  });

const consoleOf = (write: Write) => {
  const log =
    (kind: OutputLine['kind']) =>
    (...values: readonly unknown[]): void =>
      write(kind, values.map((value) => (typeof value === 'string' ? value : formatValue(value))).join(' '));
  return {
    log: log('log'),
    info: log('log'),
    debug: log('log'),
    table: log('log'),
    warn: log('note'),
    error: log('error'),
    assert: (holds: unknown) =>
      holds === true ? write('ok', '✓ the assertion holds') : write('error', '✕ the assertion fails'),
  };
};

const processOf = (write: Write) => ({
  env: {},
  stdout: { write: (text: string) => write('log', text) },
});
