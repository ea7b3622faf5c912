import { right } from 'fp-ts/Either';
import {
  concat,
  config,
  defer,
  map,
  NEVER,
  of,
  range,
  Subject,
  take,
  takeUntil,
  tap,
  throwError,
  type Observable,
  type TimestampProvider,
} from 'rxjs';

import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import type { Decoded } from '../../lib/decode/decode';
import { markedChunk } from '../../lib/codec/mark';
import type { Usage } from '../../lib/codec/Usage';
import { ConnectionError, TruncatedError } from '../../lib/errors';
import { tapMetrics, type ChatMetrics } from '../../lib/operators/tapMetrics';
import { retryChat } from '../../lib/operators/resilience/retryChat';
import { marbles } from '../helpers/marbles';
import { decoded, deltaOf, frames } from '../helpers/frames';

const lost = new TruncatedError();

/** Metrics of these chunks, a millisecond a frame; unsubscribes at `unsub`. */
function metricsOf(
  diagram: string,
  { values = {}, unsub }: { readonly values?: object; readonly unsub?: string } = {},
): readonly ChatMetrics[] {
  const reported: ChatMetrics[] = [];
  marbles(({ cold, expectObservable }) => {
    const all = { ...frames, ...values };
    const source$ = cold(diagram, all, lost);
    const expected = unsub === undefined ? diagram : diagram.slice(0, unsub.length - 1);
    expectObservable(source$.pipe(tapMetrics((metrics) => reported.push(metrics))), unsub).toBe(
      expected,
      all,
      lost,
    );
  });
  return reported;
}

/** Metrics of an answer without chunks. */
const nothing: ChatMetrics = {
  attempt: 1,
  end: 'stopped',
  firstTokenMs: null,
  totalMs: 0,
  tokens: 0,
  estimated: true,
  tokensPerSecond: null,
};

/** Usage alone, in a chunk. */
const counted = (usage: Usage): Decoded<ChatCompletionChunk> => decoded({ choices: [], usage });

describe('tapMetrics', () => {
  it('reports the times of the first and the last output, and the tokens that the server counted', () => {
    const values = { u: counted({ prompt_tokens: 9, completion_tokens: 11, total_tokens: 20 }) };
    expect(metricsOf('-r-h-l-h-l--f-u-|', { values })).toEqual([
      {
        attempt: 1,
        end: 'done',
        firstTokenMs: 3,
        totalMs: 16,
        tokens: 11,
        estimated: false,
        // Ten more in the 6 ms after the first.
        tokensPerSecond: 10 / 0.006,
      },
    ]);
  });

  it('unsubscribes from the source when it is unsubscribed, and passes values through unchanged', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('-r-h-L-R-f-u-|', frames);
      const unsub = '       ^--------!    ';
      expectObservable(source$.pipe(tapMetrics(() => undefined))).toBe('-r-h-L-R-f-u-|', frames);
      expectObservable(source$.pipe(tapMetrics(() => undefined)), unsub).toBe('-r-h-L-R', frames);
      expectSubscriptions(source$.subscriptions).toBe(['^------------!', unsub]);
    });
  });

  it('counts chunks with output where the server counts no tokens', () => {
    expect(metricsOf('-h-l-L-t-c-f-|')).toEqual([
      { ...nothing, end: 'done', firstTokenMs: 1, totalMs: 13, tokens: 4, tokensPerSecond: 3 / 0.008 },
    ]);
  });

  it.each<[string, Usage]>([
    ['0', { completion_tokens: 0 }],
    ['null', { completion_tokens: null }],
    ['no number', { completion_tokens: NaN }],
    ['nothing', {}],
  ])('… or counts %s', (_, usage) => {
    const chunk = { _tag: 'Right', right: { choices: [], usage } };
    expect(metricsOf('-h-l-fu|', { values: { u: chunk } })).toMatchObject([{ tokens: 2, estimated: true }]);
  });

  it('uses the last of several counts', () => {
    const values = { u: counted({ completion_tokens: 1 }), v: counted({ completion_tokens: 7 }) };
    expect(metricsOf('-h-u-l-v-r|', { values })).toMatchObject([{ tokens: 7, estimated: false }]);
  });

  it.each(['h', 't', 'c', 'o', 'v'])('counts %s as output', (piece) => {
    const values = { v: deltaOf({ refusal: 'I will not' }) };
    expect(metricsOf(`-r-${piece}-|`, { values })).toMatchObject([{ firstTokenMs: 3, tokens: 1 }]);
  });

  it.each(['r', 'z', 'u', 'L', 'E', 'f'])('does not count %s as output', (piece) => {
    expect(metricsOf(`-${piece}-|`)).toMatchObject([{ firstTokenMs: null, tokensPerSecond: null }]);
  });

  it.each([
    ['no output arrived', '---|', { totalMs: 3 }],
    ['one chunk with output arrived', '-h-|', { totalMs: 3, firstTokenMs: 1, tokens: 1 }],
    ['all output arrived at once', '-(hlhl|)', { totalMs: 1, firstTokenMs: 1, tokens: 4 }],
  ])('reports no tokens per second when %s', (_, diagram, metrics) => {
    expect(metricsOf(diagram)).toEqual([{ ...nothing, ...metrics }]);
  });

  it('reports none when the server counts one token', () => {
    const values = { u: counted({ completion_tokens: 1 }) };
    expect(metricsOf('-h-l-u|', { values })).toMatchObject([{ tokens: 1, tokensPerSecond: null }]);
  });

  it('reports none when one chunk held all output, whatever the server counts', () => {
    const values = { u: counted({ completion_tokens: 50 }) };
    expect(metricsOf('-h-u|', { values })).toMatchObject([{ tokens: 50, tokensPerSecond: null }]);
  });

  it.each<[what: string, diagram: string, end: string, unsub: string | undefined]>([
    ['the model has ended it', '-h-f-|', 'done', undefined],
    ['it is unsubscribed after the finish reason', '-h-f--', 'stopped', '^----!'],
    ['the server has, without a reason', '-h-E-|', 'done', undefined],
    ['it completes before that, as at takeUntil', '-h---|', 'stopped', undefined],
    ['it is unsubscribed', '-h----', 'stopped', '^---!'],
    ['it completes after a finish reason that names the lack of one', '-n---|', 'stopped', undefined],
    ['it fails', '-h-f-#', 'failed', undefined],
  ])('reports the end: %s', (_, diagram, end, unsub) => {
    const n = decoded({ choices: [{ index: 0, delta: { content: 'Hel' }, finish_reason: 'null' }] });
    expect(metricsOf(diagram, { values: { n }, unsub })).toMatchObject([{ end, firstTokenMs: 1 }]);
  });

  it('reports the metrics so far when it is unsubscribed', () => {
    expect(metricsOf('-h-l-h--', { unsub: '^---!' })).toEqual([
      { ...nothing, firstTokenMs: 1, totalMs: 4, tokens: 2, tokensPerSecond: 1 / 0.002 },
    ]);
  });

  it('reports the metrics so far at an error, before the error is passed on', () => {
    const order: string[] = [];
    concat(
      of(frames.h),
      throwError(() => lost),
    )
      .pipe(tapMetrics(({ end, tokens }) => order.push(`${end} ${tokens}`)))
      .subscribe({ error: () => order.push('error') });
    expect(order).toEqual(['failed 1', 'error']);
  });

  it('reports before the completion is passed on', () => {
    const order: string[] = [];
    of(frames.h)
      .pipe(tapMetrics(({ end }) => order.push(end)))
      .subscribe({ complete: () => order.push('complete') });
    expect(order).toEqual(['stopped', 'complete']);
  });

  it('reports a source without values only when it is unsubscribed', () => {
    const report = jest.fn();
    const subscription = NEVER.pipe(tapMetrics(report)).subscribe();
    expect(report).not.toHaveBeenCalled();
    subscription.unsubscribe();
    expect(report).toHaveBeenCalledTimes(1);
  });

  it('measures each attempt from its restart', () => {
    expect(metricsOf('-h-l--R--h--f-|')).toEqual([
      {
        ...nothing,
        end: 'restarted',
        firstTokenMs: 1,
        totalMs: 6,
        tokens: 2,
        tokensPerSecond: 1 / 0.002,
      },
      { ...nothing, attempt: 2, end: 'done', firstTokenMs: 3, totalMs: 8, tokens: 1 },
    ]);
  });

  it('takes the number of the attempt from the mark', () => {
    const R = right(markedChunk({ kind: 'restarted', attempt: 4 }));
    expect(metricsOf('-h-R-h-|', { values: { R } })).toMatchObject([{ attempt: 1 }, { attempt: 4 }]);
  });

  it('ignores a finish reason before a restart', () => {
    expect(metricsOf('-h-f-R--h-|')).toMatchObject([{ end: 'restarted' }, { end: 'stopped', attempt: 2 }]);
  });

  it('includes an attempt without output in the time of the next one', () => {
    expect(metricsOf('-r-R--h-f|')).toEqual([
      { ...nothing, attempt: 2, end: 'done', firstTokenMs: 6, totalMs: 9, tokens: 1 },
    ]);
  });

  it("measures each request above retryChat, and the reader's view below it", () => {
    const above: ChatMetrics[] = [];
    const below: ChatMetrics[] = [];
    marbles(({ cold, expectObservable }) => {
      const attempts = [
        cold<Decoded<ChatCompletionChunk>>('--#', undefined, new ConnectionError('refused', 'connect')),
        cold('-h-l-f|', frames),
      ];
      const call$ = defer(() => attempts.shift() ?? NEVER);
      const result$ = call$.pipe(
        tapMetrics((metrics) => above.push(metrics)),
        retryChat({ policy: () => 3 }),
        tapMetrics((metrics) => below.push(metrics)),
      );
      expectObservable(result$).toBe('------h-l-f|', frames);
    });
    const answer = { ...nothing, end: 'done', tokens: 2, tokensPerSecond: 1 / 0.002 };
    expect(above).toEqual([
      { ...nothing, end: 'failed', totalMs: 2 },
      { ...answer, firstTokenMs: 1, totalMs: 6 },
    ]);
    expect(below).toEqual([{ ...answer, firstTokenMs: 6, totalMs: 11 }]);
  });

  it('measures an attempt from its first output after a restart by retryChat', () => {
    const reported: ChatMetrics[] = [];
    marbles(({ cold, expectObservable }) => {
      const attempts = [cold('-h-#', frames, lost), cold('-r---l-----f|', frames)];
      const call$ = defer(() => attempts.shift() ?? NEVER);
      const result$ = call$.pipe(
        retryChat({ policy: () => 1, restart: true }),
        tapMetrics((metrics) => reported.push(metrics)),
      );
      expectObservable(result$).toBe('-h-------(Rrl)-f|', frames);
    });
    expect(reported).toMatchObject([
      { attempt: 1, end: 'restarted', firstTokenMs: 1, totalMs: 9 },
      { attempt: 2, end: 'done', firstTokenMs: 0, totalMs: 7 },
    ]);
  });

  const reasoning_tokens = 100;
  it.each<[what: string, usage: Usage, tokens: number]>([
    [
      'was written before the rest where it is not shown',
      { completion_tokens: 111, completion_tokens_details: { reasoning_tokens } },
      111,
    ],
    [
      'is counted beside the rest by xAI',
      {
        prompt_tokens: 5,
        completion_tokens: 11,
        total_tokens: 116,
        completion_tokens_details: { reasoning_tokens },
      },
      111,
    ],
    [
      'is counted as more than all by some gateways',
      { completion_tokens: 11, completion_tokens_details: { reasoning_tokens } },
      11,
    ],
    ['is not counted by others', { completion_tokens: 11, completion_tokens_details: null }, 11],
  ])('accounts for reasoning that %s', (_, usage, tokens) => {
    const [metrics] = metricsOf('-h 999ms l-u|', { values: { u: counted(usage) } });
    expect(metrics).toMatchObject({ tokens, tokensPerSecond: 10 });
  });

  it('counts reasoning that is sent', () => {
    const usage = { completion_tokens: 111, completion_tokens_details: { reasoning_tokens } };
    const [metrics] = metricsOf('-t 999ms l-u|', { values: { u: counted(usage) } });
    expect(metrics).toMatchObject({ tokens: 111, tokensPerSecond: 110 });
  });

  it('uses the given clock', () => {
    // The first reading shows that it is not the system time.
    const times = [100, 100, 350, 850, 900];
    const [metrics] = measuredBy(of(frames.h, frames.l), { now: () => times.shift() ?? NaN });
    expect(metrics).toMatchObject({ firstTokenMs: 250, totalMs: 800, tokensPerSecond: 2 });
  });

  it('measures each subscription', () => {
    const report = jest.fn();
    const measured$ = of(frames.h).pipe(tapMetrics(report));
    measured$.subscribe();
    measured$.subscribe();
    expect(report).toHaveBeenCalledTimes(2);
    expect(report).toHaveBeenLastCalledWith(expect.objectContaining({ tokens: 1 }));
  });

  describe('with a report that throws', () => {
    const bug = new RangeError('a bug in the report');
    const report = (): void => {
      throw bug;
    };

    it.each([
      ['a completion', '-h-|', '-h-#', '^--!'],
      ['an error', '-h-#', '-h-#', '^--!'],
      ['a restart', '-h-R--|', '-h-#', '^--!'],
    ])('errors with the value it throws, at %s', (_, diagram, expected, subs) => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const source$ = cold(diagram, frames, lost);
        expectObservable(source$.pipe(tapMetrics(report))).toBe(expected, frames, bug);
        expectSubscriptions(source$.subscriptions).toBe(subs);
      });
    });

    it('leaves an unsubscription alone, and is an unhandled error', () => {
      jest.useFakeTimers();
      const unhandled = (config.onUnhandledError = jest.fn());
      try {
        const stop$ = new Subject<void>();
        const seen: unknown[] = [];
        const stopped$ = concat(of(frames.h), NEVER).pipe(tapMetrics(report), takeUntil(stop$));
        concat(stopped$, of('next')).subscribe((value) => seen.push(value));
        stop$.next();
        expect(seen).toEqual([frames.h, 'next']);
        jest.runAllTimers();
        expect(unhandled.mock.calls).toEqual([[bug]]);
      } finally {
        config.onUnhandledError = null;
        jest.useRealTimers();
      }
    });
  });

  it('stops a synchronous source as soon as it is unsubscribed', () => {
    const seen: number[] = [];
    const report = jest.fn();
    range(1, 9)
      .pipe(
        tap((value) => seen.push(value)),
        map(() => frames.h),
        tapMetrics(report),
        take(2),
      )
      .subscribe();
    expect(seen).toEqual([1, 2]);
    expect(report).toHaveBeenCalledWith(expect.objectContaining({ end: 'stopped', tokens: 2 }));
  });
});

function measuredBy(
  source$: Observable<Decoded<ChatCompletionChunk>>,
  clock: TimestampProvider,
): readonly ChatMetrics[] {
  const reported: ChatMetrics[] = [];
  source$.pipe(tapMetrics((metrics) => reported.push(metrics), { clock })).subscribe();
  return reported;
}
