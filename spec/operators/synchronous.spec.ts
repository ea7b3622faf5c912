import { right } from 'fp-ts/Either';
import * as t from 'io-ts';
import {
  concat,
  NEVER,
  Observable,
  of,
  take,
  throwError,
  type OperatorFunction,
  type Subscriber,
} from 'rxjs';
import {
  accumulateCompletion,
  accumulateContent,
  accumulateReasoning,
  accumulateToolCalls,
  chatTimeout,
  concatMapGated,
  contentDeltas,
  continueOnTruncation,
  fallbackTo,
  fromEither,
  hedge$,
  orFail,
  orSkip,
  perFrame,
  ReadGate,
  retryChat,
  shareCompletion,
  smoothText,
  splitThinking,
  tapMetrics,
  toChatState,
  toEither,
  TruncatedError,
} from 'rxjs-chat-completions';
import { conversation } from 'rxjs-chat-completions/conversation';
import { CallLog, tapMarbles } from 'rxjs-chat-completions/inspector';
import { toServerSentEvents } from 'rxjs-chat-completions/sse';
import { elements, structured } from 'rxjs-chat-completions/structured';
import { bytesOf, reasoningChunk, textChunk } from 'rxjs-chat-completions/testing';
import { runTools$, toRunState } from 'rxjs-chat-completions/tools';

/** Number of values of the source. */
const COUNT = 50;

const Item = t.type({ a: t.number });
const request = { model: 'any', messages: [] };
const textAt = (n: number): unknown => right(textChunk(`${n} `));
const thoughtAt = (n: number): unknown => right(reasoningChunk(`${n} `));
const itemAt = (n: number): unknown => right(textChunk(n === 0 ? '[{"a":0}' : `,{"a":${n}}`));
const roleAlone = right({ choices: [{ delta: { role: 'assistant' } }] });
const toolCallAt = (n: number): unknown =>
  right({ choices: [{ delta: { tool_calls: [{ index: n, id: `${n}`, function: { name: 'a' } }] } }] });

/** Operators of chunks, of Eithers and of other values. */
type Operator = OperatorFunction<never, unknown>;

/** Each operator, the values of its source, and the number of them that it reads before its first value. */
const operators: ReadonlyArray<
  readonly [name: string, operator: Operator, valueAt: (n: number) => unknown, read: number]
> = [
  ['contentDeltas', contentDeltas(), textAt, 1],
  ['accumulateContent', accumulateContent(), textAt, 1],
  ['accumulateReasoning', accumulateReasoning(), thoughtAt, 1],
  ['accumulateToolCalls', accumulateToolCalls(), toolCallAt, 1],
  ['accumulateCompletion', accumulateCompletion(), textAt, 1],
  ['orFail', orFail(), textAt, 1],
  ['orSkip', orSkip(), textAt, 1],
  ['toEither', toEither(), textAt, 1],
  ['fromEither', fromEither<Error, unknown>(), textAt, 1],
  ['retryChat', retryChat(), textAt, 1],
  ['fallbackTo', fallbackTo(NEVER), textAt, 1],
  ['chatTimeout', chatTimeout({ first: 99, idle: 99, total: 99 }), textAt, 1],
  ['splitThinking', splitThinking(), textAt, 1],
  ['tapMetrics', tapMetrics(() => undefined), textAt, 1],
  ['toChatState', toChatState(), textAt, 0],
  ['shareCompletion', shareCompletion(), textAt, 1],
  ['smoothText', smoothText(), (n) => 'text '.repeat(n + 1), 1],
  ['perFrame', perFrame({ frame$: of(0) }), textAt, 1],
  ['concatMapGated', concatMapGated((value) => [value], new ReadGate()), textAt, 1],
  ['structured', structured(t.array(Item)), itemAt, 1],
  ['elements', elements(Item), itemAt, 1],
  ['toServerSentEvents', toServerSentEvents(), (n) => bytesOf(`${n}`), 1],
  ['toRunState', toRunState(), (step) => ({ type: 'step-start', step, request, messages: [] }), 0],
  ['conversation', conversation({ answer: () => [] }), () => ({ type: 'send', content: 'Hi' }), 0],
  ['tapMarbles', tapMarbles('label', new CallLog()), textAt, 1],
  ['hedge$', (source$) => hedge$([source$, NEVER], { after: 99 }), textAt, 1],
  [
    'fallbackTo after a role',
    (source$) =>
      concat(
        of(roleAlone),
        throwError(() => new TruncatedError()),
      ).pipe(fallbackTo(source$)),
    textAt,
    0,
  ],
  ['continueOnTruncation', (source$) => continueOnTruncation()(() => source$)(request), textAt, 1],
  ['runTools$', (source$) => runTools$(() => source$, request, []), textAt, 0],
];

describe.each(operators)('%s, of a source that emits synchronously,', (name, operator, valueAt, read) => {
  const events: string[] = [];
  let emitted = 0;
  const source$ = new Observable<never>((subscriber) => {
    events.push('subscribe');
    subscriber.add(() => events.push('unsubscribe'));
    for (let n = 0; n < COUNT && !subscriber.closed; n += 1) {
      emitted += 1;
      subscriber.next(valueAt(n) as never);
    }
    subscriber.complete();
  });

  beforeEach(() => {
    events.length = 0;
    emitted = 0;
  });

  it('is lazy', () => {
    void source$.pipe(operator);
    expect(events).toEqual([]);
  });

  it('unsubscribes from the source in the first value that a subscriber needs', () => {
    source$.pipe(operator, take(1)).subscribe();
    expect(emitted).toBe(read);
    expect(events).toEqual(read === 0 ? [] : ['subscribe', 'unsubscribe']);
  });

  it('has a state for each subscriber, unless it shares', () => {
    const result$ = source$.pipe(operator);
    const [first, second] = [valuesOf(result$), valuesOf(result$)];
    expect(second).toEqual(name === 'shareCompletion' ? first.slice(-1) : first);
    expect(first.length).toBeGreaterThan(0);
  });
});

/** They drop values by the moment: `perFrame` all but the latest, a conversation commands while an answer is sent. */
const MOMENTARY = ['perFrame', 'conversation'];

describe.each(operators.filter(([name]) => !MOMENTARY.includes(name)))(
  '%s, of a source whose consumer causes the next two values, or the end,',
  (_, operator, valueAt) => {
    /** Returns what is received; `nested`: events of the source happen while the value before is emitted. */
    const received = (
      ending: (subscriber: Subscriber<never>) => void,
      nested: boolean,
    ): readonly unknown[] => {
      const events: unknown[] = [];
      let source: Subscriber<never> | undefined;
      let sent = 0;
      const send = (): void => {
        if (source === undefined || sent > COUNT) return;
        if (sent++ === COUNT) ending(source);
        else source.next(valueAt(sent - 1) as never);
      };
      const source$ = new Observable<never>((subscriber) => {
        source = subscriber;
      });
      source$.pipe(operator).subscribe({
        next: (value) => {
          events.push(value);
          if (!nested) return;
          send();
          send();
        },
        error: (error: unknown) => events.push(error),
        complete: () => events.push('complete'),
      });
      while (sent <= COUNT) send();
      return events;
    };
    const lost = new TruncatedError();

    it.each<[string, (subscriber: Subscriber<never>) => void]>([
      ['a completion', (subscriber) => subscriber.complete()],
      ['an error', (subscriber) => subscriber.error(lost)],
    ])('emits the same, up to %s', (_, ending) => {
      expect(received(ending, true)).toEqual(received(ending, false));
    });
  },
);

function valuesOf(value$: Observable<unknown>): readonly unknown[] {
  const values: unknown[] = [];
  value$.subscribe((value) => values.push(value));
  return values;
}
