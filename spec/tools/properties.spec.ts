import fc from 'fast-check';
import { right } from 'fp-ts/Either';
import * as t from 'io-ts';
import {
  concat,
  concatMap,
  defer,
  delay,
  EMPTY,
  from,
  map,
  NEVER,
  of,
  throwError,
  timer,
  type Observable,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { finishChunk, textChunk, toolCallChunk } from 'rxjs-chat-completions/testing';

import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import { markedChunk } from '../../lib/codec/mark';
import type { Decoded } from '../../lib/decode/decode';
import { TruncatedError } from '../../lib/errors';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import type { Message } from '../../lib/request/Message';
import type { ToolEvent } from '../../lib/tools/events';
import type { Verdict } from '../../lib/tools/RunToolsOptions';
import { partialInputs } from '../../lib/tools/partialInputs';
import { emptyRun, type RunState } from '../../lib/tools/RunState';
import { runTools$ } from '../../lib/tools/runTools';
import type { AnyTool } from '../../lib/tools/tool';
import { toRunState } from '../../lib/tools/toRunState';
import { faultsOf } from '../helpers/toolEvents';

type Chunk = Decoded<ChatCompletionChunk>;

/** A call, and all that may become of it. */
interface Call {
  readonly name: string;
  readonly id: string;
  readonly text: string;
}

interface Turn {
  readonly text: string;
  readonly calls: readonly Call[];
  readonly restart: boolean;
  readonly end: 'tool_calls' | 'stop' | 'length' | 'none' | 'error' | 'marked';
  readonly gap: number;
}

interface Script {
  readonly turns: readonly Turn[];
  readonly delays: readonly number[];
  readonly verdicts: readonly (Verdict | 'nothing' | 'error' | 'never')[];
  readonly outcomes: readonly ('value' | 'many' | 'nothing' | 'error' | 'throw' | 'picture' | 'never')[];
  readonly concurrency: number;
  readonly maxSteps: number;
  readonly atMaxSteps: 'stop' | 'answer';
  /** When it is unsubscribed from; `null` for never. */
  readonly unsubscribeAt: number | null;
}

const call: fc.Arbitrary<Call> = fc.record({
  name: fc.constantFrom('plain', 'asking', 'strict', 'constructor', '__proto__', ''),
  id: fc.constantFrom('', 'a', 'b', 'call_1_0'),
  text: fc.constantFrom('{}', '', 'null', '{"n":1}', '{"n":"x"}', '{"n":', '"{}"', '[1]', 'prose'),
});
const turn: fc.Arbitrary<Turn> = fc.record({
  text: fc.constantFrom('', 'Let me see.'),
  calls: fc.array(call, { maxLength: 4 }),
  restart: fc.boolean(),
  end: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom<Turn['end'][]>('tool_calls', 'stop') },
    { weight: 1, arbitrary: fc.constantFrom<Turn['end'][]>('length', 'none', 'error', 'marked') },
  ),
  gap: fc.nat(2),
});
const script: fc.Arbitrary<Script> = fc.record({
  turns: fc.array(turn, { minLength: 1, maxLength: 4 }),
  delays: fc.array(fc.nat(4), { minLength: 1, maxLength: 5 }),
  verdicts: fc.array(
    fc.constantFrom<Script['verdicts'][number][]>(
      true,
      true,
      false,
      { deny: 'no' },
      'suspend',
      'nothing',
      'error',
      'never',
    ),
    { minLength: 1, maxLength: 4 },
  ),
  outcomes: fc.array(
    fc.constantFrom<Script['outcomes'][number][]>(
      'value',
      'value',
      'many',
      'nothing',
      'error',
      'throw',
      'picture',
      'never',
    ),
    { minLength: 1, maxLength: 4 },
  ),
  concurrency: fc.constantFrom(1, 2, Infinity),
  maxSteps: fc.constantFrom(1, 2, 10),
  atMaxSteps: fc.constantFrom('stop', 'answer'),
  unsubscribeAt: fc.option(fc.nat(20)),
});

const request: ChatRequest = { model: 'any', messages: [{ role: 'user', content: 'Hi' }] };
const nth = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;

function chunksOf({ text, calls, restart, end, gap }: Turn): Observable<Chunk> {
  const spoken: ChatCompletionChunk[] = [
    ...(restart
      ? [toolCallChunk({ name: 'plain', arguments: {} }), markedChunk({ kind: 'restarted', attempt: 2 })]
      : []),
    ...(text === '' ? [] : [textChunk(text)]),
    ...calls.map(({ name, id, text: args }, index) => toolCallChunk({ name, id, arguments: args, index })),
    ...(end === 'tool_calls' || end === 'stop' || end === 'length' ? [finishChunk(end)] : []),
    ...(end === 'marked' ? [markedChunk({ kind: 'ended-without-reason' })] : []),
  ];
  const end$ = end === 'error' ? throwError(() => new TruncatedError()) : EMPTY;
  return concat(from(spoken).pipe(concatMap((chunk) => of(right(chunk)).pipe(delay(gap)))), end$);
}

/** Plays a script, and checks what must hold at every moment. */
function play(
  of_: Script,
  messages: readonly Message[] = request.messages,
): { states: RunState[]; events: ToolEvent[]; done: boolean } {
  const { turns, delays, verdicts, outcomes, concurrency, maxSteps, atMaxSteps, unsubscribeAt } = of_;
  const events: ToolEvent[] = [];
  const states: RunState[] = [];
  let done = false;
  new TestScheduler(() => undefined).run(({ flush }) => {
    let asked = 0;
    let ran = 0;
    let questions = 0;
    let closed = false;
    const ranIds: string[] = [];
    const run: AnyTool['run'] = (_, { id, step }) => {
      expect(closed).toBe(false);
      ranIds.push(`${step}/${id}`);
      ran += 1;
      const outcome = nth(outcomes, ran);
      if (outcome === 'throw') throw new Error('thrown');
      const value$ =
        outcome === 'error'
          ? throwError(() => new Error('failed'))
          : outcome === 'nothing'
            ? EMPTY
            : outcome === 'never'
              ? NEVER
              : outcome === 'many'
                ? of(1, 2, 3)
                : of(outcome);
      return timer(nth(delays, ran)).pipe(concatMap(() => value$));
    };
    const toModel = (output: unknown): ReturnType<NonNullable<AnyTool['toModel']>> =>
      output === 'picture' ? [{ type: 'image_url', image_url: { url: 'data:x' } }] : JSON.stringify(output);
    const any = { input: t.partial({ n: t.number }), parameters: {}, run, toModel };
    const tools: AnyTool[] = [
      { ...any, name: 'plain' },
      { ...any, name: 'asking', needsApproval: true },
      { ...any, name: 'strict', input: t.type({ n: t.number }) },
    ];
    const send = (sent: ChatRequest): Observable<Chunk> =>
      defer(() => {
        expect(closed).toBe(false);
        expect(faultsOf(sent.messages)).toEqual([]);
        asked += 1;
        return chunksOf(nth(turns, asked - 1));
      });
    const approve = (): Observable<Verdict> =>
      defer(() => {
        expect(closed).toBe(false);
        questions += 1;
        const verdict = nth(verdicts, questions);
        const verdict$ =
          verdict === 'nothing'
            ? EMPTY
            : verdict === 'error'
              ? throwError(() => new Error('no dialog'))
              : verdict === 'never'
                ? NEVER
                : of(verdict);
        return timer(nth(delays, questions)).pipe(concatMap(() => verdict$));
      });
    const event$ = runTools$(send, { ...request, messages }, tools, {
      approve,
      concurrency,
      maxSteps,
      atMaxSteps,
      partialInputs,
    });
    const subscription = event$
      .pipe(
        map((event) => {
          expect(closed).toBe(false);
          events.push(event);
          return event;
        }),
        toRunState(),
      )
      .subscribe({ next: (state) => states.push(state), complete: () => (done = true) });
    if (unsubscribeAt !== null) {
      timer(unsubscribeAt).subscribe(() => {
        subscription.unsubscribe();
        closed = true;
      });
    }
    flush();
    expect(new Set(ranIds).size).toBe(ranIds.length);
    subscription.unsubscribe();
  });
  return { states, events, done };
}

describe('a run, whatever the model, the tools, the user and the network do', () => {
  it('sends well-formed conversations only, runs no tool twice, and does nothing once it is unsubscribed from', () => {
    let suspended = 0;
    fc.assert(
      fc.property(script, (each) => {
        const { states, events } = play(each);
        // To be sent at any moment: a run may be stopped at any.
        const kept = states.filter(({ reason }) => reason !== 'suspended').map(({ messages }) => messages);
        expect([...new Set(kept)].flatMap(faultsOf)).toEqual([]);
        const last = events.at(-1);
        if (last?.type !== 'done') return;
        expect(events.filter(({ type }) => type === 'done')).toHaveLength(1);
        expect(last.pending.length > 0).toBe(last.reason === 'suspended');
        if (last.reason !== 'suspended') return expect(faultsOf(last.messages)).toEqual([]);
        // What is pending is all that is missing; with that it goes on.
        suspended += 1;
        const missing = faultsOf(last.messages).filter((fault) => fault.includes('no reply'));
        expect(missing.length).toBeGreaterThan(0);
        const stored = JSON.parse(JSON.stringify(last.messages)) as readonly Message[];
        const again = play({ ...each, verdicts: [true], unsubscribeAt: null }, stored);
        const ids = (of_: readonly ToolEvent[]): string[] =>
          of_.flatMap((event) => (event.type === 'tool-result' ? [event.id] : []));
        const resumed = again.events.slice(
          0,
          again.events.findIndex(({ type }) => type === 'step-start') >>> 0,
        );
        expect(
          ids(resumed).filter(
            (id) => ids(events).includes(id) && !last.pending.some((call_) => call_.id === id),
          ),
        ).toEqual([]);
      }),
      { numRuns: 500 },
    );
    expect(suspended).toBeGreaterThan(0);
  }, 60_000);

  it('is folded to a state that never errors and keeps what was received', () => {
    fc.assert(
      fc.property(script, (each) => {
        const { states, done } = play({ ...each, unsubscribeAt: null });
        expect(states[0]).toEqual(emptyRun);
        for (const state of states)
          expect(['waiting', 'streaming', 'done', 'stopped', 'failed']).toContain(state.status);
        // Whatever waits for ever is stopped by hand, or not at all.
        if (done) expect(['done', 'failed']).toContain(states.at(-1)?.status);
        for (const [place, state] of states.entries()) {
          expect(state.steps.length).toBeGreaterThanOrEqual(states[place - 1]?.steps.length ?? 0);
        }
      }),
      { numRuns: 200 },
    );
  }, 60_000);
});
