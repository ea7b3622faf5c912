import { isRight, right } from 'fp-ts/Either';
import { concat, NEVER, of, Subject, throwError, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';

import { branchOf, siblingsOf } from '../../lib/conversation/branches';
import type { AnswerFunction } from '../../lib/conversation/AnswerFunction';
import { conversation, type BusyPolicy } from '../../lib/conversation/conversation';
import type { ConversationCommand, ConversationEvent } from '../../lib/conversation/ConversationCommand';
import { conversationFrom } from '../../lib/conversation/conversationFrom';
import {
  emptyConversation,
  type AssistantTurn,
  type ConversationState,
} from '../../lib/conversation/ConversationState';
import { conversationOf } from '../../lib/conversation/conversationOf';
import { textOf } from '../../lib/conversation/textOf';
import { reduceConversation } from '../../lib/conversation/reduceConversation';
import { RequestError, TruncatedError } from '../../lib/errors';
import type { Message } from '../../lib/request/Message';
import { emptyRun, type RunCall, type RunState } from '../../lib/tools/RunState';
import { newCall, newStep } from '../../lib/tools/steps';
import { marbles } from '../helpers/marbles';

/** A run with text, as `toRunState` emits it. */
const run = (content: string, status: RunState['status'] = 'streaming'): RunState => ({
  ...emptyRun,
  status,
  reason: status === 'done' ? 'answered' : null,
  content,
  steps: [newStep(1, { content })],
  messages: status === 'done' ? [{ role: 'assistant', content }] : [],
});

/** The letters of answers. */
const runs = { a: run('Hel'), b: run('Hello'), d: run('Hello', 'done') };

/** An object that contains itself. */
const cyclic = (): object => {
  const value: { self?: object } = {};
  value.self = value;
  return value;
};

const send: ConversationCommand = { type: 'send', content: 'Hi' };
const commands: Record<string, ConversationCommand> = {
  s: send,
  t: { type: 'send', content: 'Again' },
  x: { type: 'stop' },
  g: { type: 'regenerate' },
  e: { type: 'edit', id: '1', content: 'Moi' },
  u: { type: 'edit', id: 'unknown', content: 'Moi' },
  v: { type: 'select', id: '2' },
  z: { type: 'reset' },
};

/** A branch in a line: `Hi > streaming Hel`. */
const brief = (state: ConversationState): string =>
  branchOf(state)
    .map((turn) =>
      turn.kind === 'user' ? textOf(turn.message) : `${turn.run.status} ${turn.run.content}`.trim(),
    )
    .join(' > ');

/** Runs commands, and lists the states by frame. */
function played(
  timeline: string,
  answers: readonly string[],
  whileBusy: BusyPolicy = 'interrupt',
): { readonly lines: readonly string[]; readonly subscriptions: readonly string[] } {
  const lines: string[] = [];
  const subscriptions: string[] = [];
  const scheduler = new TestScheduler(() => undefined);
  scheduler.run(({ hot, cold, flush }) => {
    let asked = 0;
    const colds = answers.map((marble) => cold(marble, runs, new TruncatedError()));
    const answer: AnswerFunction = () => colds[asked++] ?? NEVER;
    hot(timeline, commands)
      .pipe(conversation({ answer, whileBusy }))
      .subscribe({
        next: (state) => lines.push(`${scheduler.now()} ${brief(state)}`.trim()),
        complete: () => lines.push(`${scheduler.now()} |`),
      });
    flush();
    for (const { subscriptions: logs } of colds) {
      for (const { subscribedFrame, unsubscribedFrame } of logs)
        subscriptions.push(`${subscribedFrame}-${unsubscribedFrame}`);
    }
  });
  return { lines, subscriptions };
}

describe('conversation', () => {
  it('emits the initial state, the question, and the answer as it grows', () => {
    marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const command$ = hot('-s------|', commands);
      const answer$ = cold('  --a-(d|)', runs);
      const subs = '         -^---!   ';
      const expected = '     iw-a-d--|';
      const question = reduceConversation(emptyConversation, send);
      const next = (letter: 'a' | 'd') =>
        reduceConversation(question, { type: 'run', id: '2', run: runs[letter] });
      expectObservable(command$.pipe(conversation({ answer: () => answer$ }))).toBe(expected, {
        i: emptyConversation,
        w: question,
        a: next('a'),
        d: next('d'),
      });
      expectSubscriptions(answer$.subscriptions).toBe(subs);
    });
  });

  it('stops an answer, aborts its request, and keeps its text', () => {
    expect(played('-s---x--', ['--a------(d|)'])).toEqual({
      lines: ['0', '1 Hi > waiting', '3 Hi > streaming Hel', '5 Hi > stopped Hel'],
      subscriptions: ['1-5'],
    });
  });

  it.each<[BusyPolicy, readonly string[], readonly string[]]>([
    [
      'interrupt',
      [
        '3 Hi > streaming Hel',
        '4 Hi > stopped Hel',
        '4 Hi > stopped Hel > Again > waiting',
        '6 Hi > stopped Hel > Again > streaming Hel',
      ],
      ['1-4', '4-9'],
    ],
    [
      'queue',
      ['3 Hi > streaming Hel', '6 Hi > done Hello', '6 Hi > done Hello > Again > waiting'],
      ['1-6', '6-11'],
    ],
    ['ignore', ['3 Hi > streaming Hel', '6 Hi > done Hello'], ['1-6']],
  ])('applies the policy %s to a command during an answer', (policy, lines, subscriptions) => {
    const { lines: all, subscriptions: logs } = played('-s--t----', ['--a--(d|)', '--a--(d|)'], policy);
    expect(all.slice(2, 2 + lines.length)).toEqual(lines);
    expect(logs).toEqual(subscriptions);
  });

  it('does not interrupt an answer for a command that does not apply', () => {
    expect(played('-s--u----', ['--a--(d|)']).subscriptions).toEqual(['1-6']);
  });

  it('continues with the queue after a stop, and drops the queue at a reset', () => {
    const queue = played('-s-t-x---', ['--a------', '-(d|)'], 'queue');
    expect(queue.lines.slice(-2)).toEqual([
      '5 Hi > stopped Hel > Again > waiting',
      '6 Hi > stopped Hel > Again > done Hello',
    ]);
    expect(played('-s-t-z---', ['--a------', '-(d|)'], 'queue')).toMatchObject({ subscriptions: ['1-5'] });
  });

  it('completes after the last answer, and after the queue', () => {
    expect(played('-st|', ['--a--(d|)', '-(d|)'], 'queue').lines.slice(-2)).toEqual([
      '7 Hi > done Hello > Again > done Hello',
      '7 |',
    ]);
  });

  it('fails a turn and not the conversation, and keeps the text of the answer', () => {
    expect(played('-s----s-', ['--a-#', '-(d|)']).lines.slice(-3)).toEqual([
      '5 Hi > failed Hel',
      '6 Hi > failed Hel > Hi > waiting',
      '7 Hi > failed Hel > Hi > done Hello',
    ]);
  });

  it('fails a turn whose answer throws, with an error that survives JSON', () => {
    let last = emptyConversation;
    of(send)
      .pipe(
        conversation({
          answer: () => {
            throw new TypeError('no key');
          },
        }),
      )
      .subscribe((state) => (last = state));
    const turn = branchOf(last).at(-1);
    expect(turn).toMatchObject({
      run: { status: 'failed', error: { _tag: 'RequestError', message: 'no key' } },
    });
    expect(JSON.stringify(turn)).toContain('no key');
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a number', 5],
    ['an object', {}],
    ['a text', 'Hello'],
    ['a promise of a text', of('Hello')],
    ['an Observable of nothing', of(undefined)],
    ['the events of runTools$', of({ type: 'done', messages: [], step: 1 })],
  ])('fails a turn whose answer returns %s', (_, returned) => {
    let last = emptyConversation;
    of(send)
      .pipe(conversation({ answer: () => returned as Observable<RunState> }))
      .subscribe((state) => (last = state));
    const message = 'answer must return the states of a run: runTools$(…).pipe(toRunState())';
    expect(branchOf(last).at(-1)).toMatchObject({
      run: { status: 'failed', error: { _tag: 'RequestError', message } },
    });
  });

  it('takes options that are an instance of a class', () => {
    class Options {
      readonly #run = run('Hello', 'done');
      answer(): Observable<RunState> {
        return of(this.#run);
      }
    }
    let last = emptyConversation;
    of(send)
      .pipe(conversation(new Options()))
      .subscribe((state) => (last = state));
    expect(brief(last)).toBe('Hi > done Hello');
  });

  it.each([undefined, {}, { answer: of(run('Hello')) }])('throws without a function: %p', (options) => {
    expect(() => conversation(options as never)).toThrow(
      new RequestError('answer must be a function that returns runTools$(…).pipe(toRunState())'),
    );
  });

  it.each<[string, unknown, unknown]>([
    ['a bigint', 5n, '5'],
    ['an object with a bigint', { n: 5n }, '[object Object]'],
    ['an object with a cycle', cyclic(), '[object Object]'],
    [
      'an object that cannot be written',
      {
        toJSON: () => {
          throw new Error('no');
        },
      },
      '[object Object]',
    ],
    ['plain data', { n: [5] }, { n: [5] }],
  ])('is JSON with a tool that takes or emits %s', (_, value, stored) => {
    const call = {
      id: 'c',
      name: 'w',
      status: 'done',
      partial: undefined,
      input: value,
      progress: value,
      result: right(value),
    } as const;
    const step = newStep(1, { calls: [call] });
    let last = emptyConversation;
    of(send)
      .pipe(conversation({ answer: () => of({ ...run('Hello', 'done'), steps: [step] }) }))
      .subscribe((state) => (last = state));
    const restored = conversationFrom(JSON.parse(JSON.stringify(last)));
    expect(isRight(restored) && branchOf(restored.right).at(-1)).toMatchObject({
      run: { steps: [{ calls: [{ id: 'c', input: stored, progress: stored, result: right(stored) }] }] },
    });
    expect(isRight(restored) && restored.right).toEqual(last);
  });

  it('is JSON with a tool that emits one object again and again, and changes it', () => {
    const progress: { n: unknown } = { n: 1 };
    const withCall = (change: Partial<RunCall>): ConversationEvent => {
      const step = newStep(1, { calls: [{ ...newCall('c', 'w'), ...change }] });
      return { type: 'run', id: '2', run: { ...run('Hello'), steps: [step] } };
    };
    const first = [send, withCall({ progress })].reduce(reduceConversation, emptyConversation);
    progress.n = 5n;
    const last = reduceConversation(first, withCall({ progress, result: right(progress) }));
    expect((last.turns['2'] as AssistantTurn).run.steps[0]?.calls).toMatchObject([
      { progress: '[object Object]', result: right('[object Object]') },
    ]);
  });

  it('keeps the calls of a run that is JSON as the same objects', () => {
    const call = newCall('c', 'w');
    const step = newStep(1, { calls: [call] });
    const asked = reduceConversation(emptyConversation, send);
    const event = { type: 'run', id: '2', run: { ...run('Hello'), steps: [step] } } as const;
    const { turns } = reduceConversation(asked, event);
    expect((turns['2'] as AssistantTurn).run).toBe(event.run);
  });

  it('reports an answer that completes without an end as stopped', () => {
    expect(played('-s---', ['--(a|)']).lines.at(-1)).toBe('3 Hi > stopped Hel');
  });

  it('regenerates beside the answer and edits beside the message; nothing is lost', () => {
    const states: ConversationState[] = [];
    of<ConversationCommand[]>(send, { type: 'regenerate' }, { type: 'edit', id: '1', content: 'Moi' })
      .pipe(conversation({ answer: () => of(runs.d) }))
      .subscribe((state) => states.push(state));
    const last = states.at(-1)!;
    expect(siblingsOf(last, '1')).toEqual(['1', '4']);
    expect(siblingsOf(last, '2')).toEqual(['2', '3']);
    expect(brief(last)).toBe('Moi > done Hello');
    expect(brief(reduceConversation(last, { type: 'select', id: '1' }))).toBe('Hi > done Hello');
  });

  it('errors as the commands do, and ends the answer', () => {
    const error = new Error('lost');
    let received: unknown;
    concat<[ConversationCommand, never]>(
      of(send),
      throwError(() => error),
    )
      .pipe(conversation({ answer: () => NEVER as Observable<RunState> }))
      .subscribe({ error: (e: unknown) => (received = e) });
    expect(received).toBe(error);
  });

  it('stops an answer that was in flight in the conversation it continues', () => {
    const from = reduceConversation(emptyConversation, send);
    let first = '';
    NEVER.pipe(conversation({ from, answer: () => NEVER })).subscribe((state) => (first = brief(state)));
    expect(first).toBe('Hi > stopped');
  });

  it.each([undefined, null])('starts empty without a conversation to continue: %p', (from) => {
    const states: ConversationState[] = [];
    of(send)
      .pipe(conversation({ from: from as never, answer: () => of(runs.d) }))
      .subscribe((state) => states.push(state));
    expect(states.map(brief)).toEqual(['', 'Hi > waiting', 'Hi > done Hello']);
  });

  it('stores the own messages of an answer that was sent others, or copies', () => {
    const copied: AnswerFunction = (messages) => {
      const message = { role: 'assistant', content: 'Hello' } as const;
      const prefix: readonly Message[] = [
        { role: 'system', content: 'Be brief.' },
        ...messages.map((each) => ({ ...each })),
      ];
      const steps = [newStep(1, { content: 'Hello', message })];
      return [{ ...runs.d, steps, messages: [...prefix, message] }];
    };
    let last = emptyConversation;
    of(send)
      .pipe(conversation({ answer: copied }))
      .subscribe((state) => (last = state));
    expect(branchOf(last).at(-1)).toMatchObject({
      run: { messages: [{ role: 'assistant', content: 'Hello' }] },
    });
    expect(branchOf(last).at(-1)).not.toHaveProperty('run.messages.1');
  });

  it('does not use an id again after a reset', () => {
    const once = reduceConversation(emptyConversation, send);
    const reset = reduceConversation(once, { type: 'reset' });
    expect(reset).toEqual({ ...emptyConversation, next: 3 });
    expect(reduceConversation(reset, { type: 'run', id: '2', run: runs.a })).toBe(reset);
  });

  it.each<BusyPolicy>(['interrupt', 'queue', 'ignore'])(
    'sends in reaction to an end with %s',
    (whileBusy) => {
      const command$ = new Subject<ConversationCommand>();
      let last = '';
      command$.pipe(conversation({ answer: () => [runs.a, runs.d], whileBusy })).subscribe((state) => {
        last = brief(state);
        if (last === 'Hi > done Hello') command$.next(send);
      });
      command$.next(send);
      expect(last).toBe('Hi > done Hello > Hi > done Hello');
    },
  );

  it.each([null, undefined, 'send', { type: 'reset', to: 'text' }, { type: 'reset', to: { v: 2 } }])(
    'continues after a command that is none: %j',
    (command) => {
      const states: string[] = [];
      const answer$ = new Subject<RunState>();
      const command$ = new Subject<ConversationCommand>();
      command$.pipe(conversation({ answer: () => answer$ })).subscribe((state) => states.push(brief(state)));
      command$.next(send);
      command$.next(command as never);
      answer$.next(runs.d);
      expect(states.at(-1)).toBe('Hi > done Hello');
    },
  );

  it('continues at a turn whose id is a number in the address of a page', () => {
    const state = conversationOf([{ role: 'user', content: 'Hi' }]);
    expect(reduceConversation(state, { type: 'select', id: 1 as never })).toBe(state);
  });

  it('adds an answer below the result of a tool', () => {
    const result: Message = { role: 'tool', tool_call_id: 'a', content: '7 °C' };
    const state = reduceConversation(emptyConversation, { type: 'send', content: [result] });
    expect(branchOf(state).map(({ kind }) => kind)).toEqual(['user', 'assistant']);
  });

  it('leaves the state as it is at an event that does not apply', () => {
    const state = conversationOf([{ role: 'system', content: 'Be brief.' }]);
    for (const id of ['__proto__', 'constructor', '', '7']) {
      for (const type of ['select', 'regenerate'] as const) {
        expect(reduceConversation(state, { type, id })).toBe(state);
      }
      expect(reduceConversation(state, { type: 'edit', id, content: 'x' })).toBe(state);
      expect(reduceConversation(state, { type: 'run', id, run: runs.a })).toBe(state);
      expect(reduceConversation(state, { type: 'fail', id, error: 5 })).toBe(state);
      expect(reduceConversation(state, { type: 'metrics', id, metrics: {} as never })).toBe(state);
    }
    expect(reduceConversation(state, { type: 'regenerate' })).toBe(state);
    expect(reduceConversation(state, { type: 'unknown' } as never)).toBe(state);
    for (const event of [null, undefined, 'stop', 5, []]) {
      expect(reduceConversation(state, event as never)).toBe(state);
    }
    // A form of Angular has `null` for no value.
    for (const content of [
      '',
      ' \n',
      [],
      null,
      undefined,
      5,
      {},
      [null],
      ['Hi'],
      [{ role: 'user', content: 'Hi' }, {}],
    ]) {
      expect(reduceConversation(state, { type: 'send', content: content as never })).toBe(state);
    }
    expect(reduceConversation(state, { type: 'stop' })).toBe(state);
  });
});
