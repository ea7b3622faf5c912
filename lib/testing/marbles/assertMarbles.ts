import { fieldsOf } from '../../codec/isRecord';
import type { Row } from './alignRows';
import { assignLetters, type TestMessage } from './assignLetters';
import { diff } from './diff';
import { diffRows, formatDifferences } from './diffRows';
import { drawStream, drawSubscription } from './drawMarbles';
import { formatValue } from './formatValue';

/** One subscription, as `TestScheduler` records it. */
interface SubscriptionLog {
  readonly subscribedFrame: number;
  /** Infinity while it is active. */
  readonly unsubscribedFrame: number;
}

/**
 * Compares received with expected events and reports the difference as marbles. Pass it to RxJS's `TestScheduler`.
 *
 * A failure shows both diagrams. Below them it lists each event with its time and a short form of its value: a chunk by
 * the delta it adds, a read by its chunks, an error by its tag. Values are compared by content, not by identity. Errors are
 * equal when their tags, messages and fields are equal, and an expected plain object with a `_tag` matches any error with
 * that tag and those fields. Asymmetric matchers such as `expect.any(Number)` work. No test framework is needed.
 *
 * ```text
 * expected  --x--y 9999ms #
 * received  --x--y 28s (z|)
 *
 *          2ms  x  'Hel'
 *          5ms  y  'Hello'
 * -    10005ms  #  { _tag: 'ChatTimeoutError', phase: 'idle' }
 * +    28006ms  z  'Hello there'
 * +    28006ms  |
 * ```
 *
 * @param actual - The events that the scheduler recorded.
 * @param expected - The events that the marbles describe.
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
  const differences = diff(actual, expected);
  if (differences.length === 0) return;
  const error = new Error(
    reportStreams(actual, expected) ??
      reportSubscriptions(actual, expected) ??
      `The values differ.\n\n${formatDifferences(differences).join('\n')}`,
  );
  // Test runners then show the line of the spec instead of this one.
  (Error as { captureStackTrace?: (error: Error, above: unknown) => void }).captureStackTrace?.(
    error,
    assertMarbles,
  );
  throw error;
}

/** Returns `undefined` unless both are streams. */
function reportStreams(actual: unknown, expected: unknown): string | undefined {
  if (!isArrayOf(actual, isTestMessage) || !isArrayOf(expected, isTestMessage)) return undefined;
  const letterOf = assignLetters([...expected, ...actual]);
  const toRow = (message: TestMessage): Row => {
    const { frame, notification } = message;
    const { id, marble } = letterOf(message);
    const value = formatNotification(notification);
    return {
      item: message,
      frame,
      key: `${frame} ${id}`,
      summary: `${frame} ${value}`,
      line: `${`${frame}ms`.padStart(10)}  ${marble}  ${value}`.trimEnd(),
    };
  };
  const draw = (messages: readonly TestMessage[]) =>
    drawStream(messages.map((message) => ({ frame: message.frame, ...letterOf(message) })));
  const sections = [
    ['The stream differs from its marbles.'],
    diagrams(draw(expected), draw(actual)),
    diffRows(actual.map(toRow), expected.map(toRow)),
  ];
  return sections
    .filter(({ length }) => length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

/** Returns `undefined` unless both are lists of subscriptions. */
function reportSubscriptions(actual: unknown, expected: unknown): string | undefined {
  if (!isArrayOf(actual, isSubscriptionLog) || !isArrayOf(expected, isSubscriptionLog)) return undefined;
  const toRow = (log: SubscriptionLog): Row => {
    const { subscribedFrame: from, unsubscribedFrame: to } = log;
    const period = to === Infinity ? `${from}ms, still subscribed` : `${from}ms to ${to}ms`;
    const key = `${from} ${to}`;
    return { item: log, frame: from, key, summary: key, line: `${drawSubscription(log)}    ${period}` };
  };
  const rows = diffRows(actual.map(toRow), expected.map(toRow));
  return `The subscriptions differ from their marbles.\n\n${rows.join('\n')}`;
}

function formatNotification({ kind, value, error }: TestMessage['notification']): string {
  if (kind === 'C') return '';
  return formatValue(kind === 'N' ? value : error);
}

/** Both diagrams; none where one of them cannot be written as marbles. */
const diagrams = (expected: string | undefined, actual: string | undefined): readonly string[] =>
  expected === undefined || actual === undefined
    ? []
    : [`expected  ${expected}`.trimEnd(), `received  ${actual}`.trimEnd()];

const isArrayOf = <T>(value: unknown, is: (item: unknown) => item is T): value is readonly T[] =>
  Array.isArray(value) && value.every(is);

const isTestMessage = (item: unknown): item is TestMessage => 'notification' in fieldsOf(item);

const isSubscriptionLog = (item: unknown): item is SubscriptionLog => 'subscribedFrame' in fieldsOf(item);
