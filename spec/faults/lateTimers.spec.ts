import { isRight } from 'fp-ts/Either';
import { map, Observable } from 'rxjs';
import {
  bytesOf,
  doneFrame,
  finishChunk,
  head200,
  responseHead,
  textChunk,
  usageChunk,
} from 'rxjs-chat-completions/testing';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { completion$ } from '../../lib/call/completion';
import type { ChatConfig } from '../../lib/call/config';
import { isChatError } from '../../lib/errors';
import { contentOf } from '../../lib/fold/content';
import { usageOf } from '../../lib/fold/completion';
import { chatTimeout } from '../../lib/operators/resilience/chatTimeout';
import { ReadGate } from '../../lib/transport/ReadGate';
import type { Bytes, ResponseHead, Transport } from '../../lib/transport/transport';
import { EventLoop } from '../helpers/EventLoop';
import { fault, question } from '../helpers/faults';

/** Parts of a response, by the time at which they arrive. */
type Arrivals = ReadonlyArray<readonly [at: number, part: ResponseHead | Bytes | 'end']>;

const JSON_HEAD = responseHead(200, { 'content-type': 'application/json' });
const encoded = (value: unknown): Bytes => new TextEncoder().encode(JSON.stringify(value));
const text = (content: string): Bytes => bytesOf(textChunk(content));
const finish = bytesOf(finishChunk('stop'));
const done = bytesOf(doneFrame());

const arriving =
  (loop: EventLoop, arrivals: Arrivals): Transport =>
  () =>
    new Observable((subscriber) => {
      for (const [at, part] of arrivals)
        loop.onArrival(at, () => {
          if (part === 'end') subscriber.complete();
          else subscriber.next(part);
        });
    });

interface Situation {
  readonly name: string;
  /** The texts, then the end and its time. */
  readonly outcome: string;
  readonly arrivals: Arrivals;
  readonly timeouts: NonNullable<ChatConfig['timeouts']>;
  /** Blocks the thread at a time, or in the `next` of a text. */
  readonly block: readonly [when: number | string, ms: number];
  readonly call?: (config: ChatConfig) => Observable<unknown>;
}

function outcomeOf({ arrivals, timeouts, block: [when, ms], call }: Situation): string {
  const loop = new EventLoop();
  const config = { transport: arriving(loop, arrivals), timeouts: { ...timeouts, scheduler: loop } };
  const seen: string[] = [];
  if (typeof when === 'number') loop.schedule(() => loop.block(ms), when);
  const call$ = call?.(config) ?? chatCompletion$(config, question);
  call$.subscribe({
    next: (value) => {
      const told = tell(value);
      if (told !== '') seen.push(told);
      if (told === when) loop.block(ms);
    },
    error: (error: unknown) => {
      const { message } = error as Error;
      const phase =
        isChatError(error) && error._tag === 'ChatTimeoutError' ? `timeout (${error.phase})` : message;
      seen.push(`${phase} at ${loop.now()}`);
    },
    complete: () => seen.push(`complete at ${loop.now()}`),
  });
  loop.flush();
  return seen.join(', ');
}

function tell(value: unknown): string {
  const chunk = isRight(value as never) ? (value as { readonly right: never }).right : (value as never);
  const usage = usageOf(chunk);
  return contentOf(chunk) || (usage === null ? '' : 'usage');
}

const HOUR = 3_600_000;

describe('A timer that fires late', () => {
  const whole: Arrivals = [
    [1, head200],
    [2, text('a')],
    [100, text('b')],
    [200, finish],
    [201, done],
  ];
  const situations: readonly Situation[] = [
    {
      name: 'idle, while a consumer blocks the thread and text arrives',
      outcome: 'a, b, complete at 10003',
      arrivals: whole,
      timeouts: { idle: 5_000 },
      block: ['a', 10_000],
    },
    {
      name: 'idle, on a machine that was asleep while text arrived',
      outcome: 'a, b, complete at 7200051',
      arrivals: whole,
      timeouts: {},
      block: [50, 2 * HOUR],
    },
    {
      name: 'idle, on a machine that was asleep while nothing arrived',
      outcome: 'a, timeout (idle) at 7201050',
      arrivals: whole.slice(0, 2),
      timeouts: {},
      block: [50, 2 * HOUR],
    },
    {
      name: 'idle, by less than a second, while nothing arrived',
      outcome: 'a, timeout (idle) at 5098',
      arrivals: whole.slice(0, 2),
      timeouts: { idle: 5_000 },
      block: [5_000, 50],
    },
    {
      name: 'before the head, which arrives while the program starts up',
      outcome: 'a, b, complete at 10001',
      arrivals: whole,
      timeouts: { head: 5_000 },
      block: [0, 10_000],
    },
    {
      name: 'before the first event, which arrives while the thread is blocked',
      outcome: 'a, b, complete at 10002',
      arrivals: whole,
      timeouts: { first: 5_000 },
      block: [1, 10_000],
    },
    {
      name: 'total, when the rest of the answer has arrived',
      outcome: 'a, b, complete at 10003',
      arrivals: whole,
      timeouts: { total: 5_000 },
      block: ['a', 10_000],
    },
    {
      name: 'grace, when the usage has arrived',
      outcome: 'a, usage, complete at 10011',
      arrivals: [
        [1, head200],
        [2, text('a')],
        [3, finish],
        [20, bytesOf(usageChunk(1, 1))],
        [21, done],
      ],
      timeouts: { grace: 5_000, idle: 5_000 },
      block: [10, 10_000],
    },
    {
      name: 'idle in an answer that is not streamed, which has arrived',
      outcome: '"a", complete at 10006',
      arrivals: [
        [1, JSON_HEAD],
        [
          20,
          encoded({
            choices: [{ index: 0, message: { role: 'assistant', content: 'a' }, finish_reason: 'stop' }],
          }),
        ],
        [21, 'end'],
      ],
      timeouts: { idle: 5_000 },
      block: [5, 10_000],
      call: (config) =>
        completion$(config, question).pipe(
          map(({ choices }) => textChunk(JSON.stringify(choices[0]?.message?.content))),
        ),
    },
    {
      name: 'after the head of a failure, whose body has arrived',
      outcome: '503 overloaded at 10006',
      arrivals: [
        [1, responseHead(503)],
        [20, encoded({ error: { message: 'overloaded' } })],
        [21, 'end'],
      ],
      timeouts: {},
      block: [5, 10_000],
    },
    {
      name: 'of chatTimeout, when text has arrived',
      outcome: 'a, b, complete at 10003',
      arrivals: whole,
      timeouts: {},
      block: ['a', 10_000],
      call: ({ timeouts, ...config }) =>
        chatCompletion$({ ...config, timeouts }, question).pipe(
          chatTimeout({ first: 5_000, idle: 5_000, total: 9_000, scheduler: timeouts?.scheduler }),
        ),
    },
    {
      name: 'grace, while a consumer has paused reading and usage waits in the socket',
      outcome: 'a, usage, complete at 30002',
      arrivals: [
        [1, head200],
        [2, text('a')],
        [3, finish],
        [30_001, bytesOf(usageChunk(1, 1))],
        [30_002, done],
      ],
      timeouts: { grace: 5_000, idle: 5_000 },
      block: [30_001, 0],
      call: (config) => {
        const gate = new ReadGate();
        const { scheduler } = config.timeouts ?? {};
        scheduler?.schedule(() => {
          const release = gate.hold();
          scheduler.schedule(release, 29_990);
        }, 4);
        return chatCompletion$({ ...config, gate }, question);
      },
    },
  ];
  for (const situation of situations) fault(situation, () => outcomeOf(situation));
});
