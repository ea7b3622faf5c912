import {
  asyncScheduler,
  auditTime,
  BehaviorSubject,
  bufferTime,
  catchError,
  combineLatest,
  concatMap,
  debounceTime,
  distinctUntilChanged,
  exhaustMap,
  last,
  map,
  mergeAll,
  mergeMap,
  of,
  pipe,
  sampleTime,
  startWith,
  switchMap,
  takeUntil,
  throttleTime,
  withLatestFrom,
  type MonoTypeOperatorFunction,
  type Observable,
  type OperatorFunction,
} from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';

import {
  accumulateContent,
  chatCompletion$,
  tapMetrics,
  models$,
  smoothText,
  perFrame,
  retryChat,
  shareCompletion,
  splitThinking,
  toChatState,
  TruncatedError,
  type ChatMetrics,
  type ChatRequest,
  type ChatState,
} from '../../lib';
import { doneFrame, finishChunk, responseHead, marbleTransport } from '../../lib/testing';
import { marbles } from '../helpers/marbles';
import { bytesOf } from '../helpers/reads';

/** The frames of a server: deltas, and the end. */
const sent = { a: 'Hel', b: 'lo', f: [finishChunk('stop'), doneFrame()] };
const answer = 'h-a--b(f|)';

const ask = (content: string): ChatRequest => ({ model: 'small', messages: [{ role: 'user', content }] });

/** Describes what is rendered of a state; emits changes only. */
const drawn = pipe(
  map(({ status, content }: ChatState) => `${status} ${content}`.trim()),
  distinctUntilChanged(),
);
const screen = {
  w: 'waiting',
  x: 'streaming Hel',
  y: 'streaming Hello',
  d: 'done Hello',
  s: 'stopped Hel',
  f: 'failed Hel',
};

describe('a new message while an answer is streaming', () => {
  type Flatten = (answer$: (question: string) => Observable<string>) => OperatorFunction<string, string>;
  const shown = { 1: 'first: Hel', 2: 'first: Hello', 3: 'second: Hel', 4: 'second: Hello' };

  it.each<[what: string, flatten: Flatten, expected: string, subs: string[]]>([
    [
      'aborts it, with switchMap',
      (answer$) => switchMap(answer$),
      '  ---1---3--4---',
      ['-^---!', '-----^-----!'],
    ],
    [
      'waits for the end, with concatMap',
      (answer$) => concatMap(answer$),
      '  ---1--2--3--4-',
      ['-^-----!', '-------^-----!'],
    ],
    ['is ignored, with exhaustMap', (answer$) => exhaustMap(answer$), '---1--2--------', ['-^-----!']],
    [
      'runs beside it, with mergeMap',
      (answer$) => mergeMap(answer$, 2),
      '  ---1--23--4---',
      ['-^-----!', '-----^-----!'],
    ],
  ])('%s', (_, flatten, expected, subs) => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const transport = marbleTransport(cold, answer, sent);
      const question$ = hot('-p---q---------', { p: 'first', q: 'second' });
      const text$ = question$.pipe(
        flatten((question) =>
          chatCompletion$({ transport }, ask(question)).pipe(
            accumulateContent(),
            map((text) => `${question}: ${text}`),
          ),
        ),
      );
      expectObservable(text$).toBe(expected, shown);
      expectSubscriptions(transport.subscriptions).toBe(subs);
    });
  });

  it('is answered after one that failed', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const transport = marbleTransport(cold, ['h-a-|', answer], sent);
      const question$ = hot('  p-----q-------', { p: 'first', q: 'second' });
      const expected = '       w-x-f-w-x--yd-';
      const state$ = question$.pipe(
        switchMap((question) => chatCompletion$({ transport }, ask(question)).pipe(toChatState())),
      );
      expectObservable(state$.pipe(drawn)).toBe(expected, screen);
    });
  });
});

describe('Stop', () => {
  it('keeps the text above the fold', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const transport = marbleTransport(cold, answer, sent);
      const stop$ = hot('  ----s   ');
      const subs = '       ^---!   ';
      const expected = '   w-x-(s|)';
      const state$ = chatCompletion$({ transport }, ask('Hi')).pipe(takeUntil(stop$), toChatState());
      expectObservable(state$.pipe(drawn)).toBe(expected, screen);
      expectSubscriptions(transport.subscriptions).toBe(subs);
    });
  });

  it('stops without a state below the fold, and loses the text below last()', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const transport = marbleTransport(cold, answer, sent);
      const stop$ = hot('    ----s   ');
      const below = '        w-x-|   ';
      const belowLast = '    ----|   ';
      const aboveLast = '    ----(a|)';
      const chunk$ = chatCompletion$({ transport }, ask('Hi'));
      expectObservable(chunk$.pipe(toChatState(), takeUntil(stop$), drawn)).toBe(below, screen);
      expectObservable(chunk$.pipe(accumulateContent(), last(), takeUntil(stop$))).toBe(belowLast);
      expectObservable(chunk$.pipe(takeUntil(stop$), accumulateContent(), last())).toBe(aboveLast, {
        a: 'Hel',
      });
    });
  });
});

describe('Regenerate', () => {
  const regenerated = (
    { cold, hot }: RunHelpers,
    answers: readonly string[],
    clicks: string,
  ): readonly [state$: Observable<string>, transport: ReturnType<typeof marbleTransport>] => {
    const transport = marbleTransport(cold, answers, sent);
    const answer$ = chatCompletion$({ transport }, ask('A name for a cat?'));
    const state$ = hot(clicks).pipe(
      startWith(undefined),
      switchMap(() => answer$.pipe(toChatState())),
      drawn,
    );
    return [state$, transport];
  };

  it('sends the request again in the middle of an answer, and aborts that one', () => {
    marbles((helpers) => {
      const clicks = '     ----r------';
      const subs1 = '      ^---!      ';
      const subs2 = '      ----^-----!';
      const expected = '   w-x-w-x--yd';
      const [state$, transport] = regenerated(helpers, [answer, answer], clicks);
      helpers.expectObservable(state$).toBe(expected, screen);
      helpers.expectSubscriptions(transport.subscriptions).toBe([subs1, subs2]);
    });
  });

  it('sends the request again after a failure', () => {
    marbles((helpers) => {
      const clicks = '     ------r------';
      const expected = '   w-x-f-w-x--yd';
      const [state$] = regenerated(helpers, ['h-a-|', answer], clicks);
      helpers.expectObservable(state$).toBe(expected, screen);
    });
  });
});

describe('one answer for several subscribers', () => {
  it('is one request, also for subscribers after its failure', () => {
    marbles(({ cold, expectObservable }) => {
      const transport = marbleTransport(cold, ['h-a-|'], sent);
      const state$ = chatCompletion$({ transport }, ask('Hi')).pipe(toChatState(), shareCompletion());
      expectObservable(state$.pipe(drawn)).toBe('               w-x-(f|)', screen);
      expectObservable(state$.pipe(drawn), '    ---^').toBe('   ---x(f|)', screen);
      expectObservable(state$.pipe(drawn), '    --------^').toBe('--------(f|)', screen);
    });
  });

  it.each([
    ['sends a request for each subscriber without sharing', pipe(), ['---^-----!', '---^-----!']],
    ['sends one request below shareCompletion', shareCompletion<ChatState>(), ['---^-----!']],
  ] as const)('%s; a question without a subscriber is lost', (_, share, subs) => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const transport = marbleTransport(cold, [answer, answer], sent);
      const state$ = hot('1-^--2---', { 1: 'lost', 2: 'heard' }).pipe(
        switchMap((question) => chatCompletion$({ transport }, ask(question)).pipe(toChatState())),
        share,
      );
      expectObservable(state$.pipe(drawn)).toBe('---w-x--yd', screen);
      expectObservable(state$.pipe(drawn)).toBe('---w-x--yd', screen);
      expectSubscriptions(transport.subscriptions).toBe([...subs]);
    });
  });

  it('emits nothing for a part that has not changed', () => {
    marbles(({ cold, expectObservable }) => {
      const transport = marbleTransport(cold, answer, sent);
      const state$ = chatCompletion$({ transport }, ask('Hi')).pipe(toChatState(), shareCompletion());
      const calls$ = state$.pipe(
        map(({ toolCalls }) => toolCalls),
        distinctUntilChanged(),
      );
      expectObservable(calls$).toBe('c-----|', { c: [] });
    });
  });
});

describe('a view model of many sources', () => {
  it('is there at once, sends a request for each message, and is rendered once a frame', () => {
    marbles(({ animate, cold, hot, expectObservable, flush }) => {
      animate('                      --x---x---x---x---x-');
      const asked: string[] = [];
      const model$ = new BehaviorSubject('small');
      hot('                          -----m--------------', { m: 'big' }).subscribe(model$);
      const question$ = hot('        -------q-------------', { q: 'Hi' });
      const json = responseHead(200, { 'content-type': 'application/json' });
      const list = bytesOf('{"object":"list","data":[{"id":"small"},{"id":"big"}]}');
      const answering = marbleTransport(cold, answer, sent);

      const answer$ = question$.pipe(
        withLatestFrom(model$),
        switchMap(([content, model]) => {
          asked.push(model);
          return chatCompletion$({ transport: answering }, { ...ask(content), model }).pipe(toChatState());
        }),
      );
      const view$ = combineLatest({
        model: model$,
        models: models$({ transport: () => cold('----(hl|)', { h: json, l: list }) }).pipe(
          catchError(() => of([])),
          startWith([]),
        ),
        answer: answer$.pipe(startWith(null)),
      }).pipe(perFrame());

      const line$ = view$.pipe(
        map(({ model, models, answer }) => `${model} of ${models.length}: ${answer?.content ?? '-'}`),
      );
      expectObservable(line$, '     ^------------------!').toBe('--a---b---c---d-----', {
        a: 'small of 0: -',
        b: 'big of 2: -',
        c: 'big of 2: Hel',
        d: 'big of 2: Hello',
      });
      flush();
      expect(asked).toEqual(['big']);
    });
  });

  it('shows the rest if an optional source fails', () => {
    marbles(({ cold, expectObservable }) => {
      const models = models$({ transport: marbleTransport(cold, '---#') }).pipe(
        catchError(() => of([])),
        startWith(null),
      );
      expectObservable(models).toBe('n--(e|)', { n: null, e: [] });
    });
  });
});

describe('an operator that limits the rate of a stream', () => {
  const ms = 3;
  const lost = new TruncatedError();
  const both = { leading: true, trailing: true };

  const operators: ReadonlyArray<
    readonly [
      name: string,
      operator: MonoTypeOperatorFunction<string>,
      atError: boolean,
      atCompletion: boolean,
    ]
  > = [
    ['perFrame', perFrame(), true, true],
    ['smoothText', smoothText({ everyMs: ms }), true, true],
    ['auditTime', auditTime(ms), false, true],
    ['sampleTime', sampleTime(ms), false, false],
    ['throttleTime, leading and trailing', throttleTime(ms, asyncScheduler, both), false, true],
    ['throttleTime', throttleTime(ms), false, false],
    ['debounceTime', debounceTime(ms), false, true],
    ['bufferTime', (value$) => value$.pipe(bufferTime(ms), mergeAll()), false, true],
  ];

  const lastOf = (operator: MonoTypeOperatorFunction<string>, end: '|' | '#'): string | undefined => {
    const seen: string[] = [];
    marbles(({ cold, flush }) => {
      cold(`-a-----(bc${end})`, { a: 'one', b: 'one two', c: 'one two three' }, lost)
        .pipe(operator)
        .subscribe({ next: (value) => seen.push(value), error: () => undefined });
      flush();
    });
    return seen.at(-1);
  };

  const word = (brings: boolean): string => (brings ? 'brings' : 'loses');
  it.each([
    ...operators.map(([name, operator, atError]) => [name, word(atError), 'error', operator, '#'] as const),
    ...operators.map(
      ([name, operator, , atEnd]) => [name, word(atEnd), 'completion', operator, '|'] as const,
    ),
  ])('%s: %s the last value at the %s', (_, does, __, operator, end) => {
    expect(word(lastOf(operator, end) === 'one two three')).toBe(does);
  });

  it('keeps a failure, below toChatState', () => {
    marbles(({ cold, time, expectObservable }) => {
      const transport = marbleTransport(cold, 'h-a-|', sent);
      const ms = time('         ------|     ');
      const expected = '        ------(f|)  ';
      const state$ = chatCompletion$({ transport }, ask('Hi')).pipe(toChatState(), auditTime(ms));
      expectObservable(state$.pipe(drawn)).toBe(expected, screen);
    });
  });
});

describe('a complete pipeline', () => {
  it('retries, measures, stops, splits the reasoning, and renders once a frame', () => {
    const measured: ChatMetrics[] = [];
    marbles(({ animate, cold, hot, expectObservable, expectSubscriptions }) => {
      animate('                    ---x----x---x---x-------');
      const thinking = { ...sent, a: '<think>Hm', b: '.</think>Hel', c: 'lo' };
      const transport = marbleTransport(cold, ['--#', 'h-a-b-c'], thinking);
      const stop$ = hot('          -------------------s');
      const subs1 = '              ^-!';
      const subs2 = '              -----^-------------!';
      const state$ = chatCompletion$({ transport }, ask('Hi')).pipe(
        retryChat({ policy: () => 3 }),
        tapMetrics((metrics) => measured.push(metrics)),
        takeUntil(stop$),
        splitThinking(),
        toChatState(),
        perFrame(),
        shareCompletion({ keepAliveMs: 2_000 }),
      );
      const seen$ = state$.pipe(
        map(({ status, reasoning, content }) => [status, reasoning, content].join(' ').trim()),
      );
      expectObservable(seen$).toBe('---w----x---z------(s|)', {
        w: 'waiting',
        x: 'streaming Hm',
        z: 'streaming Hm. Hello',
        s: 'stopped Hm. Hello',
      });
      expectSubscriptions(transport.subscriptions).toBe([subs1, subs2]);
    });
    expect(measured).toMatchObject([{ end: 'stopped', firstTokenMs: 7, tokens: 3 }]);
  });
});
