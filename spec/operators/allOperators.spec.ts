import { isRight, left } from 'fp-ts/Either';
import { NEVER, type OperatorFunction } from 'rxjs';

import type { ChatCompletion } from '../../lib/codec/ChatCompletion';
import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import type { Decoded } from '../../lib/decode/decode';
import { ChunkFailed, TruncatedError, type ChunkError } from '../../lib/errors';
import { addChunk, emptyCompletion } from '../../lib/fold/completion';
import { accumulateCompletion } from '../../lib/operators/accumulate/accumulateCompletion';
import { accumulateContent } from '../../lib/operators/accumulate/accumulateContent';
import { accumulateReasoning } from '../../lib/operators/accumulate/accumulateReasoning';
import { accumulateToolCalls } from '../../lib/operators/accumulate/accumulateToolCalls';
import { chatTimeout } from '../../lib/operators/resilience/chatTimeout';
import { contentDeltas } from '../../lib/operators/accumulate/contentDeltas';
import { fallbackTo } from '../../lib/operators/resilience/fallbackTo';
import type { FoldOptions } from '../../lib/operators/accumulate/FoldOptions';
import { fromEither } from '../../lib/operators/either/fromEither';
import { orFail } from '../../lib/operators/either/orFail';
import { orSkip } from '../../lib/operators/either/orSkip';
import { retryChat } from '../../lib/operators/resilience/retryChat';
import { marbles } from '../helpers/marbles';
import { badJson, frames } from '../helpers/frames';

type Chunks<A> = OperatorFunction<Decoded<ChatCompletionChunk>, A>;

/** Value of a `Right`. */
const plain = (decoded = left<unknown, unknown>(undefined)): unknown =>
  isRight(decoded) ? decoded.right : undefined;
const lost = new TruncatedError();

/** An answer with one of each: role, text, reasoning, the name of a tool call, usage. */
const source = '-r-h--t-c--u-|';
const call = { id: 'call_0', type: 'function', name: 'weather', arguments: '', complete: false };
const chunks = Object.fromEntries(
  Object.entries(frames).map(([letter, decoded]) => [letter, plain(decoded)]),
);
const completions = completionsAfter('r', 'h', 't', 'c', 'u');

/** Values that each operator emits for it. */
const operators: ReadonlyArray<
  readonly [
    name: string,
    operator: Chunks<unknown>,
    result: string,
    values: Readonly<Record<string, unknown>>,
    empty: unknown,
  ]
> = [
  ['contentDeltas', contentDeltas(), '---h---------|', { h: 'Hel' }, undefined],
  ['accumulateContent', accumulateContent(), '---h---------|', { h: 'Hel' }, ''],
  ['accumulateReasoning', accumulateReasoning(), '------t------|', { t: 'Hm' }, ''],
  ['accumulateToolCalls', accumulateToolCalls(), '--------c----|', { c: [call] }, []],
  ['accumulateCompletion', accumulateCompletion(), source, completions, emptyCompletion],
  ['orFail', orFail(), source, chunks, undefined],
  ['orSkip', orSkip(), source, chunks, undefined],
  ['fromEither', fromEither(), source, chunks, undefined],
  ['chatTimeout', chatTimeout({ first: 99, idle: 99, total: 99 }), source, frames, undefined],
  ['retryChat', retryChat({ count: 0 }), source, frames, undefined],
  ['fallbackTo', fallbackTo(NEVER, { when: () => false }), source, frames, undefined],
];

/** The completion after each of these chunks, by the letter of the last. */
function completionsAfter(...letters: readonly string[]): Readonly<Record<string, ChatCompletion>> {
  let completion = emptyCompletion;
  return Object.fromEntries(
    letters.map((letter) => [
      letter,
      (completion = addChunk(completion, chunks[letter] as ChatCompletionChunk)),
    ]),
  );
}

describe.each(operators)('%s', (_, operator, result, values, empty) => {
  it('emits in the frames of the source, and completes with it', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(source, frames);
      const subs = '       ^------------!';
      expectObservable(source$.pipe(operator)).toBe(result, values);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('completes without a value, a fold with its empty value, when the source is empty', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold<Decoded<ChatCompletionChunk>>('---|');
      const expected = empty === undefined ? '---|' : '---(e|)';
      expectObservable(source$.pipe(operator)).toBe(expected, { e: empty });
      expectSubscriptions(source$.subscriptions).toBe('   ^--!');
    });
  });

  it('emits nothing while its source emits nothing', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold<Decoded<ChatCompletionChunk>>('-');
      expectObservable(source$.pipe(operator), '          ^---!').toBe('-');
      expectSubscriptions(source$.subscriptions).toBe('   ^---!');
    });
  });

  it('errors as the source does, after the values before the error', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(source.replace('|', '#'), frames, lost);
      const subs = '                            ^------------!';
      expectObservable(source$.pipe(operator)).toBe(result.replace('|', '#'), values, lost);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('unsubscribes from its source in the frame in which it is unsubscribed', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(source, frames);
      const unsub = '      ^---------!';
      expectObservable(source$.pipe(operator), unsub).toBe(result.slice(0, 10), values);
      expectSubscriptions(source$.subscriptions).toBe(unsub);
    });
  });

  it('starts over for each subscriber', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(source, frames);
      const result$ = source$.pipe(operator);
      expectObservable(result$).toBe(result, values);
      expectObservable(result$, '----^').toBe(`----${result}`, values);
      expectSubscriptions(source$.subscriptions).toBe(['^------------!', '----^------------!']);
    });
  });
});

type Fold = (options?: FoldOptions) => Chunks<unknown>;
type Values = Readonly<Record<'a' | 'b', unknown>>;
const text = { a: frames.h, b: frames.l };
const thoughts = { a: frames.t, b: frames.s };
const pieces = { a: frames.c, b: frames.d };
const completionsOfText = completionsAfter('h', 'l');

/** Values that each emits for two chunks that both add to it. */
const folds: ReadonlyArray<readonly [name: string, fold: Fold, source: typeof text, values: Values]> = [
  ['contentDeltas', contentDeltas, text, { a: 'Hel', b: 'lo' }],
  ['accumulateContent', accumulateContent, text, { a: 'Hel', b: 'Hello' }],
  ['accumulateReasoning', accumulateReasoning, thoughts, { a: 'Hm', b: 'Hm, so' }],
  [
    'accumulateToolCalls',
    accumulateToolCalls,
    pieces,
    { a: [call], b: [{ ...call, arguments: '{"city":' }] },
  ],
  ['accumulateCompletion', accumulateCompletion, text, { a: completionsOfText.h, b: completionsOfText.l }],
  [
    'orFail and orSkip',
    ({ onChunkError = 'fail' } = {}) => settled(onChunkError),
    text,
    { a: chunks.h, b: chunks.l },
  ],
];

/** The operators that only unwrap the Either. */
function settled(policy: FoldOptions['onChunkError']): Chunks<unknown> {
  if (policy === 'fail') return orFail();
  return policy === 'skip' ? orSkip() : orSkip(policy);
}

describe.each(folds)('%s, at a chunk that cannot be decoded,', (_, fold, { a, b }, values) => {
  const received = { a, b, L: left(badJson) };

  it('errors and unsubscribes from the source by default', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a--L--b-|', received);
      const subs = '         ^---!     ';
      const expected = '     -a--#     ';
      expectObservable(source$.pipe(fold())).toBe(expected, values, new ChunkFailed(badJson));
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('continues without it under `skip`', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a--L--b-|', received);
      const subs = '         ^--------!';
      const expected = '     -a-----b-|';
      expectObservable(source$.pipe(fold({ onChunkError: 'skip' }))).toBe(expected, values);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('passes its error to a function, and continues', () => {
    const report = jest.fn<undefined, [ChunkError]>();
    marbles(({ cold, expectObservable, flush }) => {
      const source$ = cold(' -a--L--b-|', received);
      const expected = '     -a-----b-|';
      expectObservable(source$.pipe(fold({ onChunkError: report }))).toBe(expected, values);
      flush();
      expect(report.mock.calls).toEqual([[badJson]]);
    });
  });

  it('errors with the value that the function throws, and unsubscribes from the source', () => {
    const bug = new RangeError('a bug in the report');
    const report = (): void => {
      throw bug;
    };
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a--L--b-|', received);
      const subs = '         ^---!     ';
      const expected = '     -a--#     ';
      expectObservable(source$.pipe(fold({ onChunkError: report }))).toBe(expected, values, bug);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });
});
