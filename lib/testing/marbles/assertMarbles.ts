import { diff, type Difference } from './diff';
import { drawnStream, drawnSubscriptions } from './drawMarbles';
import { formatValue } from './formatValue';

/** What a `TestScheduler` knows of one event of a stream. */
interface Message {
  readonly frame: number;
  readonly notification: {
    readonly kind: 'N' | 'E' | 'C';
    readonly value?: unknown;
    readonly error?: unknown;
  };
}

/** What it knows of one subscription. */
interface Subscription {
  readonly subscribedFrame: number;
  /** Infinity while it lasts. */
  readonly unsubscribedFrame: number;
}

/**
 * Compares what came with what was expected, and says as marbles where they differ; for RxJS's `TestScheduler`.
 *
 * A failure shows both diagrams and, below them, each event with its time and its value in a few words: a chunk by
 * what it adds, a read by the chunks in it, an error by its tag. Values count, not identity; errors are equal when their
 * tags, messages and fields are, and an expected plain object with a `_tag` stands for any error with that tag and those
 * fields. Matchers such as `expect.any(Number)` are understood. It needs no test framework.
 *
 * ```text
 * expected  --x--y 9999ms #
 * came      --x--y 28s (z|)
 *
 *          2ms  x  'Hel'
 *          5ms  y  'Hello'
 * -    10005ms  #  { _tag: 'ChatTimeoutError', phase: 'idle' }
 * +    28006ms  z  'Hello there'
 * +    28006ms  |
 * ```
 *
 * @param actual - What the scheduler saw.
 * @param expected - What the marbles say.
 * @throws Error when they differ.
 *
 * @example
 * ```ts
 * import { TestScheduler } from 'rxjs/testing';
 * import { accumulateContent, chatCompletion$ } from 'rxjs-chat-completions';
 * import { assertMarbles, scriptedTransport } from 'rxjs-chat-completions/testing';
 *
 * new TestScheduler(assertMarbles).run(({ expectObservable }) => {
 *   const transport = scriptedTransport('Hello there', { delayMs: 2 });
 *   const text$ = chatCompletion$({ transport }, { model: 'any', messages: [] }).pipe(accumulateContent());
 *   expectObservable(text$).toBe('--x-(y|)', { x: 'Hello', y: 'Hello there' });
 * });
 * ```
 */
export function assertMarbles(actual: unknown, expected: unknown): void {
  const found = diff(actual, expected);
  if (found.length === 0) return;
  const error = new Error(report(actual, expected, found));
  // So that a runner shows the line of the spec, and not this one.
  (Error as { captureStackTrace?: (error: Error, above: unknown) => void }).captureStackTrace?.(
    error,
    assertMarbles,
  );
  throw error;
}

function report(actual: unknown, expected: unknown, found: readonly Difference[]): string {
  if (isList(actual, isMessage) && isList(expected, isMessage)) {
    return `The stream differs from its marbles.\n\n${streamDiff(actual, expected)}`;
  }
  if (isList(actual, isSubscription) && isList(expected, isSubscription)) {
    return `The subscriptions differ from their marbles.\n\n${subscriptionDiff(actual, expected)}`;
  }
  return `The values differ.\n\n${told(found).join('\n')}`;
}

function streamDiff(actual: readonly Message[], expected: readonly Message[]): string {
  const letterOf = lettering([...expected, ...actual]);
  const row = (message: Message): Row<Message> => {
    const letter = letterOf(message);
    const { notification } = message;
    const said = { N: formatValue(notification.value), E: formatValue(notification.error), C: '' }[
      notification.kind
    ];
    const words = `${message.frame} ${said}`;
    return {
      item: message,
      frame: message.frame,
      key: `${message.frame} ${letter.id}`,
      words,
      line: line(message.frame, letter.sign, said),
    };
  };
  const signs = (messages: readonly Message[]) =>
    drawnStream(messages.map((message) => ({ frame: message.frame, sign: letterOf(message).sign })));
  return sections(diagrams(signs(expected), signs(actual)), diffRows(actual.map(row), expected.map(row)));
}

function subscriptionDiff(actual: readonly Subscription[], expected: readonly Subscription[]): string {
  const row = (log: Subscription): Row<Subscription> => {
    const { subscribedFrame: from, unsubscribedFrame: to } = log;
    const marbles = drawnSubscriptions(log);
    const open = to === Infinity ? 'and on' : `to ${to}ms`;
    const words = `${from} ${to}`;
    return { item: log, frame: from, key: words, words, line: `${marbles}    ${from}ms ${open}` };
  };
  return diffRows(actual.map(row), expected.map(row)).join('\n');
}

const line = (frame: number, sign: string, said: string): string =>
  `${`${frame}ms`.padStart(10)}  ${sign}  ${said}`.trimEnd();

/** The two diagrams, where they can be drawn. */
const diagrams = (expected: string | undefined, actual: string | undefined): readonly string[] =>
  expected === undefined || actual === undefined
    ? []
    : [`expected  ${expected}`.trimEnd(), `came      ${actual}`.trimEnd()];

const sections = (...parts: readonly (readonly string[])[]): string =>
  parts
    .filter(({ length }) => length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Gives equal values the same letter; beyond what letters there are, a star. */
function lettering(
  messages: readonly Message[],
): (message: Message) => { readonly id: string; readonly sign: string } {
  const values: unknown[] = [];
  const errors: unknown[] = [];
  const place = (known: unknown[], value: unknown): number => {
    const at = known.findIndex((each) => same(each, value));
    return at === -1 ? known.push(value) - 1 : at;
  };
  const letterOf = ({ notification }: Message) => {
    if (notification.kind === 'C') return { id: '|', sign: '|' };
    if (notification.kind === 'E') return { id: `#${place(errors, notification.error)}`, sign: '#' };
    const at = place(values, notification.value);
    return { id: String(at), sign: LETTERS[at] ?? '*' };
  };
  messages.forEach(letterOf);
  return letterOf;
}

/** Whether either may stand for the other: an expected one may be a matcher, or an error's tag and fields. */
const same = (a: unknown, b: unknown): boolean => diff(b, a).length === 0 || diff(a, b).length === 0;

interface Row<T> {
  readonly item: T;
  readonly frame: number;
  /** The same for rows that are equal, and only for those. */
  readonly key: string;
  /** What a reader sees of it; rows that differ may read the same. */
  readonly words: string;
  readonly line: string;
}

/** Rows that are equal and far from any that are not are left out. */
const CONTEXT = 3;
const LONGEST_DIFF = 60;

function diffRows<T>(actual: readonly Row<T>[], expected: readonly Row<T>[]): readonly string[] {
  const steps = aligned(actual, expected);
  const isNear = (at: number): boolean =>
    steps.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ sign }) => sign !== ' ');
  const lines = steps.flatMap(({ sign, row, instead }, at) => {
    if (!isNear(at)) return isNear(at + 1) ? ['   …'] : [];
    return [`${sign} ${row.line}`.trimEnd(), ...(instead ? told(diff(row.item, instead.item)) : [])];
  });
  const more = lines.length - LONGEST_DIFF;
  return more > 0 ? [...lines.slice(0, LONGEST_DIFF), `   … and ${more} lines more`] : lines;
}

interface Step<T> {
  readonly sign: ' ' | '-' | '+';
  readonly row: Row<T>;
  /** What was expected where this came, so that the two can be compared. */
  readonly instead?: Row<T>;
}

/** What was expected and what came, in one order: rows that both have once, the others by their time. */
function aligned<T>(actual: readonly Row<T>[], expected: readonly Row<T>[]): readonly Step<T>[] {
  const steps: Step<T>[] = [];
  let [i, j] = [0, 0];
  for (const [nextCame, nextExpected] of [
    ...common(actual, expected),
    [actual.length, expected.length] as const,
  ]) {
    const missing = expected.slice(j, nextExpected);
    const extra = actual.slice(i, nextCame);
    const others: readonly Step<T>[] = [
      ...missing.map((row) => ({ sign: '-', row }) as const),
      ...extra.map((row) => ({ sign: '+', row, instead: likely(row, missing) }) as const),
    ];
    steps.push(...[...others].sort((a, b) => a.row.frame - b.row.frame));
    const both = actual[nextCame];
    if (both !== undefined) steps.push({ sign: ' ', row: both });
    [i, j] = [nextCame + 1, nextExpected + 1];
  }
  return steps;
}

/** The row that was expected, if the two read the same and it takes a look inside to tell them apart. */
const likely = <T>(row: Row<T>, missing: readonly Row<T>[]): Row<T> | undefined =>
  missing.find(({ words }) => words === row.words);

/** The longest sequence of rows that both have, as pairs of places; in long streams, of what follows their equal beginnings. */
function common<T>(
  actual: readonly Row<T>[],
  expected: readonly Row<T>[],
): readonly (readonly [number, number])[] {
  const firstOther = actual.findIndex(({ key }, at) => key !== expected[at]?.key);
  const start = firstOther === -1 ? actual.length : firstOther;
  const rest = (rows: readonly Row<T>[]): readonly Row<T>[] => rows.slice(start, start + LONGEST_DIFF * 4);
  const [a, b] = [rest(actual), rest(expected)];
  const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const isSame = a[i]?.key === b[j]?.key;
      (lengths[i] as number[])[j] = isSame ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: (readonly [number, number])[] = Array.from({ length: start }, (_, at) => [at, at]);
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i]?.key === b[j]?.key) pairs.push([start + i++, start + j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return pairs;
}

const MOST_TOLD = 8;

/** Within the value itself: what a scheduler wraps around it is not the reader's. */
const placeOf = (path: string): string =>
  path.replace(/^\.notification\.(value|error)/, '').trimStart() || 'the top';

const told = (found: readonly Difference[]): readonly string[] => {
  const lines = found.map(
    ({ path, actual: actual, expected }) =>
      `    at ${placeOf(path)}: ${formatValue(actual)} came, ${formatValue(expected)} was expected`,
  );
  return lines.length > MOST_TOLD
    ? [...lines.slice(0, MOST_TOLD), `    … and ${lines.length - MOST_TOLD} more`]
    : lines;
};

const isList = <T>(value: unknown, is: (item: unknown) => item is T): value is readonly T[] =>
  Array.isArray(value) && value.every(is);

const isMessage = (item: unknown): item is Message =>
  typeof item === 'object' && item !== null && 'frame' in item && 'notification' in item;

const isSubscription = (item: unknown): item is Subscription =>
  typeof item === 'object' && item !== null && 'subscribedFrame' in item && 'unsubscribedFrame' in item;
