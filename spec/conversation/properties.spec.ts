import fc from 'fast-check';
import { right } from 'fp-ts/Either';
import * as t from 'io-ts';
import {
  concat,
  concatMap,
  defer,
  delay,
  finalize,
  from,
  NEVER,
  of,
  Subject,
  takeUntil,
  throwError,
} from 'rxjs';
import { finishChunk, textChunk, toolCallChunk } from 'rxjs-chat-completions/testing';
import { TestScheduler } from 'rxjs/testing';

import { branchOf, siblingsOf } from '../../lib/conversation/branches';
import type { AnswerFunction } from '../../lib/conversation/AnswerFunction';
import { conversation, type BusyPolicy } from '../../lib/conversation/conversation';
import type { ConversationCommand } from '../../lib/conversation/ConversationCommand';
import { conversationFrom } from '../../lib/conversation/conversationFrom';
import type { AssistantTurn, ConversationState } from '../../lib/conversation/ConversationState';
import { messagesOf } from '../../lib/conversation/messagesOf';
import { isAnswering } from '../../lib/conversation/turns';
import { TruncatedError } from '../../lib/errors';
import { runTools$ } from '../../lib/tools/runTools';
import { tool } from '../../lib/tools/tool';
import { toRunState } from '../../lib/tools/toRunState';
import { faultsOf } from '../helpers/toolEvents';

/** Number of random interleavings. `CONVERSATION_RUNS=10000` takes a minute. */
const RUNS = Number(process.env.CONVERSATION_RUNS ?? 1_000);

/** The behaviour of one answer. */
type Behaviour = 'text' | 'tool' | 'asking' | 'fails' | 'throws' | 'never' | 'endless' | 'deaf' | 'nothing';

interface Step {
  readonly command: ConversationCommand;
  /** Frames to wait before it; 0 for the same tick. */
  readonly wait: number;
}

interface Script {
  readonly steps: readonly Step[];
  readonly behaviours: readonly Behaviour[];
  readonly gap: number;
  readonly whileBusy: BusyPolicy;
  readonly end: 'destroy' | 'complete';
  /** Whether a subscriber sends a command from within an emission. */
  readonly reentrant: ConversationCommand | null;
}

const id = fc.constantFrom('1', '2', '3', '4', '5', '6', '__proto__', 'constructor', '', '99');
const content = fc.constantFrom<Extract<ConversationCommand, { type: 'send' }>['content'][]>(
  'Hi',
  '',
  [],
  { role: 'system', content: 'Be brief.' },
  [
    { role: 'tool', tool_call_id: 'call_1_0', content: '7' },
    { role: 'user', content: 'So?' },
  ],
  [
    {
      role: 'assistant',
      tool_calls: [{ id: '', type: 'function', function: { name: 'w', arguments: '{"ci' } }],
    },
    { role: 'user', content: 'Foreign' },
  ],
);
const command: fc.Arbitrary<ConversationCommand> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('send' as const), content }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('edit' as const), id, content }) },
  fc.constant({ type: 'regenerate' as const }),
  fc.record({ type: fc.constant('regenerate' as const), id }),
  fc.record({ type: fc.constant('select' as const), id }),
  fc.constant({ type: 'stop' as const }),
  fc.record({
    type: fc.constant('approve' as const),
    id: fc.constantFrom('call_1_0', 'a'),
    approved: fc.boolean(),
  }),
  fc.constant({ type: 'reset' as const }),
);
const script: fc.Arbitrary<Script> = fc.record({
  steps: fc.array(fc.record({ command, wait: fc.nat(6) }), { maxLength: 12 }),
  behaviours: fc.array(
    fc.constantFrom<Behaviour[]>(
      'text',
      'tool',
      'asking',
      'fails',
      'throws',
      'never',
      'endless',
      'deaf',
      'nothing',
    ),
    { minLength: 1, maxLength: 4 },
  ),
  gap: fc.nat(3),
  whileBusy: fc.constantFrom('interrupt', 'queue', 'ignore'),
  end: fc.constantFrom('destroy', 'complete'),
  reentrant: fc.option(command, { freq: 6 }),
});

const nth = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;

interface Played {
  readonly states: readonly ConversationState[];
  readonly opened: number;
  /** Requests that are open after the end. */
  readonly open: number;
  readonly mostOpen: number;
  readonly requests: readonly (readonly object[])[];
  readonly completed: boolean;
}

/** Plays a script in virtual time. */
function play({ steps, behaviours, gap, whileBusy, end, reentrant }: Script): Played {
  const states: ConversationState[] = [];
  const requests: (readonly object[])[] = [];
  let open = 0;
  let mostOpen = 0;
  let opened = 0;
  let completed = false;
  new TestScheduler(() => undefined).run(({ flush }) => {
    const weather = tool({ name: 'w', input: t.type({}), run: () => of(7).pipe(delay(gap)) });
    const asking = tool({ name: 'a', input: t.type({}), needsApproval: true, run: () => of(1) });
    const answer: AnswerFunction = (messages, stop$, approve) => {
      const nr = opened + 1;
      opened = nr;
      const behaviour = nth(behaviours, nr);
      if (behaviour === 'throws') throw new TypeError('thrown');
      if (behaviour === 'nothing') return [];
      let asked = 0;
      // Each answer writes its number, so that its words are known wherever they turn up.
      const words = (text: string) => right(textChunk(`<${nr}>${text}`));
      const run$ = runTools$(
        (request) =>
          defer(() => {
            requests.push(request.messages);
            open += 1;
            mostOpen = Math.max(mostOpen, open);
            asked += 1;
            const call = { name: behaviour === 'asking' ? 'a' : 'w', arguments: {} };
            const calls = asked === 1 && (behaviour === 'tool' || behaviour === 'asking');
            const chunks = calls
              ? [
                  words('calls'),
                  right(toolCallChunk({ ...call, id: 'call_1_0' })),
                  right(finishChunk('tool_calls')),
                ]
              : [words('a'), words('b'), right(finishChunk('stop'))];
            const rest$ =
              behaviour === 'fails'
                ? throwError(() => new TruncatedError())
                : behaviour === 'never' || behaviour === 'endless' || behaviour === 'deaf'
                  ? NEVER
                  : of();
            const head =
              behaviour === 'never' ? [] : behaviour === 'text' || calls ? chunks : chunks.slice(0, 2);
            const sent = behaviour === 'tool' || behaviour === 'asking' ? chunks : head;
            return concat(from(sent).pipe(concatMap((chunk) => of(chunk).pipe(delay(gap)))), rest$);
          }).pipe(finalize(() => (open -= 1))),
        { model: 'any', messages: [{ role: 'system', content: 'Prompt' }, ...messages] },
        [weather, asking],
        { approve },
      );
      return behaviour === 'deaf' ? run$.pipe(toRunState()) : run$.pipe(takeUntil(stop$), toRunState());
    };
    const command$ = new Subject<ConversationCommand>();
    let again = reentrant;
    const subscription = command$.pipe(conversation({ answer, whileBusy })).subscribe({
      next: (state) => {
        states.push(state);
        if (again === null || states.length < 4) return;
        const next = again;
        again = null;
        command$.next(next);
      },
      complete: () => (completed = true),
    });
    from(steps)
      .pipe(concatMap(({ command: next, wait }) => (wait === 0 ? of(next) : of(next).pipe(delay(wait)))))
      .subscribe({
        next: (each) => {
          command$.next(each);
          // A queued command follows a stop.
          if (each.type !== 'stop' || whileBusy === 'queue') return;
          expect(open).toBe(0);
          expect(Object.values(states.at(-1)!.turns).filter(isAnswering)).toEqual([]);
        },
        complete: () => (end === 'destroy' ? subscription.unsubscribe() : command$.complete()),
      });
    flush();
    if (end === 'complete') subscription.unsubscribe();
  });
  return { states, opened, open, mostOpen, requests, completed };
}

const answersIn = ({ turns }: ConversationState): readonly AssistantTurn[] =>
  Object.values(turns).filter((turn) => turn.kind === 'assistant');

const json = (state: ConversationState): unknown => JSON.parse(JSON.stringify(state));

describe('a conversation, whatever the commands, their order and the answers', () => {
  it('leaves no request open, mixes no two answers, and sends well-formed messages', () => {
    let requests = 0;
    fc.assert(
      fc.property(script, (each) => {
        const played = play(each);
        requests += played.requests.length;
        expect(played.open).toBe(0);
        expect(played.mostOpen).toBeLessThanOrEqual(1);
        expect(played.requests.flatMap((messages) => faultsOf(messages as never))).toEqual([]);
        for (const state of new Set(played.states.slice(-3))) {
          expect(Object.values(state.turns).filter(isAnswering).length).toBeLessThanOrEqual(1);
          const writers = answersIn(state).map(({ run }) => new Set(run.content.match(/<\d+>/g) ?? []));
          for (const numbers of writers) expect(numbers.size).toBeLessThanOrEqual(1);
          const all = writers.flatMap((numbers) => [...numbers]);
          expect(new Set(all).size).toBe(all.length);
        }
      }),
      { numRuns: RUNS },
    );
    expect(requests).toBeGreaterThan(RUNS / 2);
  }, 300_000);

  it('is a path of turns whose messages are well formed, and the same after JSON', () => {
    fc.assert(
      fc.property(script, (each) => {
        const { states } = play(each);
        for (const state of states) {
          const branch = branchOf(state);
          expect(branch.at(-1)?.id ?? null).toBe(state.head);
          branch.forEach((turn, place) => expect(turn.parent).toBe(branch[place - 1]?.id ?? null));
          expect(faultsOf(messagesOf(branch))).toEqual([]);
          for (const turn of branch) expect(siblingsOf(state, turn.id)).toContain(turn.id);
        }
        const last = states.at(-1)!;
        if (Object.values(last.turns).some(isAnswering)) return;
        const restored = conversationFrom(json(last));
        expect(restored).toEqual(right(last));
      }),
      { numRuns: 300 },
    );
  }, 120_000);

  it('goes back exactly by `select` of the head it had', () => {
    let undone = 0;
    fc.assert(
      fc.property(script, fc.oneof(fc.constant({ type: 'regenerate' as const }), command), (each, change) => {
        if (change.type === 'reset' || change.type === 'send') return;
        const before = play(each).states.at(-1)!;
        if (before.head === null || Object.values(before.turns).some(isAnswering)) return;
        const changed$ = of(change, { type: 'stop' as const }, { type: 'select' as const, id: before.head });
        let after = before;
        changed$
          .pipe(conversation({ from: before, answer: () => NEVER }))
          .subscribe((state) => (after = state));
        if (after !== before) undone += 1;
        expect(branchOf(after)).toEqual(branchOf(before));
        branchOf(after).forEach((turn, place) => expect(turn).toBe(branchOf(before)[place]));
      }),
      { numRuns: 300 },
    );
    expect(undone).toBeGreaterThan(20);
  }, 120_000);

  it('completes once the commands have and the last answer has ended', () => {
    fc.assert(
      fc.property(script, (each) => {
        const behaviours: Behaviour[] = ['text', 'tool', 'fails', 'throws', 'nothing'];
        const played = play({ ...each, behaviours, end: 'complete', reentrant: null });
        expect(played.completed).toBe(true);
        expect(Object.values(played.states.at(-1)!.turns).filter(isAnswering)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  }, 120_000);
});
