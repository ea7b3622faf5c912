import { isRight } from 'fp-ts/Either';
import { Observable, tap, type MonoTypeOperatorFunction } from 'rxjs';

import { attempt } from '../../codec/attempt';
import { isChunk } from '../../codec/isChunk';
import { isEither } from '../../operators/either/isEither';
import { sharedLog, type CallLog } from './CallLog';
import { kindOf } from './kindOf';
import type { Lane } from './Lane';
import { LONGEST_TITLE, shortTitle, type Marble } from './Marble';

/**
 * Records the values of an Observable as marbles, for the inspector; passes every value through.
 *
 * Put one before and one after an operator, and the inspector shows on one time axis what the operator does.
 *
 * ```text
 * source:        -a-b-c|
 * tapMarbles(l): -a-b-c|     adds a lane l with the marbles a, b, c and the completion
 * ```
 *
 * @param label - Text at the start of the lane.
 * @param log - The log that records them. Default {@link sharedLog}.
 * @returns An operator that opens a lane for each subscription. One that follows a failed one, as below `retryChat`, continues its
 * lane.
 *
 * @example
 * ```ts
 * import { accumulateContent, chatCompletion$ } from 'rxjs-chat-completions';
 * import { inspect, tapMarbles } from 'rxjs-chat-completions/inspector';
 *
 * chatCompletion$(inspect({}), { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] }).pipe(
 *   tapMarbles('chunks'),
 *   accumulateContent(),
 *   tapMarbles('text'),
 * );
 * ```
 */
export const tapMarbles =
  <T>(label: string, log: CallLog = sharedLog()): MonoTypeOperatorFunction<T> =>
  (source$) => {
    let last: Lane | undefined;
    return new Observable((subscriber) => {
      const lane =
        last?.hasFailed === true && log.lanes.includes(last) ? log.reopen(last) : log.openStream(label);
      last = lane;
      const end = (kind: 'error' | 'complete' | 'stop', title: string, value?: unknown): void =>
        log.add(lane, { kind, title, raw: '', value });
      const recorded$ = source$.pipe(
        tap({
          next: (value) => log.add(lane, toMarble(value)),
          error: (error: unknown) => end('error', error instanceof Error ? error.name : 'error', error),
          complete: () => end('complete', 'complete'),
          unsubscribe: () => end('stop', 'unsubscribed'),
        }),
      );
      return log.subscribe(lane, () => recorded$.subscribe(subscriber));
    });
  };

function toMarble(value: unknown): Omit<Marble, 'at'> {
  if (isEither(value)) {
    if (isRight(value)) return toMarble(value.right);
    return { kind: 'left', title: titleOf(value.left), raw: '', value: value.left };
  }
  const [kind, title] = isChunk(value) ? kindOf(value) : (['value', titleOf(value)] as const);
  return { kind, title, raw: '', value };
}

function titleOf(value: unknown): string {
  if (value instanceof Error) return value.name;
  // The end of a long text is what the last delta has added.
  if (typeof value === 'string' && value.length > LONGEST_TITLE) return `"…${value.slice(-LONGEST_TITLE)}"`;
  return shortTitle(typeof value === 'object' && value !== null ? describe(value) : formatPlain(value));
}

/** Functions and `undefined` have no JSON. */
const formatPlain = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value) : String(value);

/** Describes an object by its status and its text, if it has them. */
function describe(value: object): string {
  const { status, content } = value as { readonly status?: unknown; readonly content?: unknown };
  if (typeof status === 'string' && typeof content === 'string') {
    return `${status} "${content.length > 60 ? `…${content.slice(-60)}` : content}"`;
  }
  return jsonOf(value) ?? Object.prototype.toString.call(value);
}

/** Returns the JSON of a value; `undefined` if it has none, such as a circular value, which must not end the stream. */
const jsonOf = (value: object): string | undefined =>
  attempt(() =>
    JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? String(each) : each)),
  );
