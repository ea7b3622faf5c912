import { isRight, right } from 'fp-ts/Either';
import { concat, defer, NEVER, type MonoTypeOperatorFunction, type Observable } from 'rxjs';

import type { ChatCompletionChunk } from '../../../lib/codec/ChatCompletionChunk';
import type { ChatCompletion } from '../../../lib/codec/ChatCompletion';
import { markedChunk } from '../../../lib/codec/mark';
import { decodeChunk, type Decoded } from '../../../lib/decode/decode';
import { TruncatedError } from '../../../lib/errors';
import { accumulateCompletion } from '../../../lib/operators/accumulate/accumulateCompletion';
import { accumulateContent } from '../../../lib/operators/accumulate/accumulateContent';
import { orFail } from '../../../lib/operators/either/orFail';
import { fallbackTo } from '../../../lib/operators/resilience/fallbackTo';
import { hedge$, type HedgeOptions } from '../../../lib/operators/resilience/hedge';
import { holdUntilOutput } from '../../../lib/operators/resilience/holdUntilOutput';
import { isOutput } from '../../../lib/operators/resilience/isOutput';
import { retryChat } from '../../../lib/operators/resilience/retryChat';
import type { ChatState } from '../../../lib/state/ChatState';
import { toChatState } from '../../../lib/state/toChatState';
import { marbles } from '../../helpers/marbles';
import { decoded, deltaOf, frames } from '../../helpers/frames';

type Chunks = Observable<Decoded<ChatCompletionChunk>>;

const lost = new TruncatedError();
const empty = new TruncatedError('the answer ended without any output: retry, or change the request');
const policy = (): number => 1;
const filters = { prompt_filter_results: [], content_filter_results: {} };

/** Chunks that servers send before, beside or after the output. */
const withoutOutput: ReadonlyArray<readonly [string, Decoded<ChatCompletionChunk>]> = [
  ['a role', frames.r],
  ['null content', frames.z],
  ['usage', frames.u],
  ["Azure's prompt filter results", decoded({ choices: [], id: '', model: '', ...filters })],
  ["Azure's content filter results", decoded({ choices: [{ index: 0, delta: {}, ...filters }] })],
  ['a chunk without choices', decoded({ object: 'chat.completion.chunk' })],
  ['a chunk whose choices are null', decoded({ id: 'a', choices: null })],
  ['a finish reason', frames.f],
  ['an empty list of tool calls', deltaOf({ role: 'assistant', tool_calls: [] })],
  ['a mark', frames.R],
];
const withOutput: ReadonlyArray<readonly [string, unknown]> = [
  ['text', frames.h],
  ['text of another choice', frames.o],
  ['reasoning', frames.t],
  ['a tool-call fragment', frames.c],
  ['a refusal', deltaOf({ refusal: 'No.' })],
  ['audio', deltaOf({ audio: { data: 'AA==' } })],
  ['an image', deltaOf({ images: [{ type: 'image_url', image_url: { url: 'data:,' } }] })],
  ['an annotation', deltaOf({ annotations: [{ type: 'url_citation' }] })],
  ['a chunk that cannot be decoded', frames.L],
  ['a string', ''],
  ['undefined', undefined],
  ['a state', { status: 'waiting', content: '' }],
  ['a completion', { object: 'chat.completion', choices: [{ message: { content: 'Hello' } }] }],
  ['a completion without the name of its kind', { choices: [{ message: { tool_calls: [{ id: 'a' }] } }] }],
  ['an Either of another value', right('')],
  ['a value of an app that has choices too', { choices: ['yes', null] }],
];

/** Emits each source for one subscription. */
const inTurn = (...sources: readonly Chunks[]): Chunks => {
  let next = 0;
  return defer(() => sources[next++] ?? NEVER);
};

/** Value of a `Right`. */
const valueOf = (chunk: Decoded<ChatCompletionChunk>): unknown => (isRight(chunk) ? chunk.right : undefined);

it.each(withoutOutput)('%s is not output', (_, chunk) => {
  expect(isOutput(chunk)).toBe(false);
  expect(isOutput(valueOf(chunk))).toBe(false);
});

it.each([
  ['a completion without choices', { object: 'chat.completion', choices: [] }],
  ['a completion with a role', { choices: [{ index: 0, message: { role: 'assistant', content: '' } }] }],
])('%s is not output', (_, value) => {
  expect(isOutput(value)).toBe(false);
});

it.each(withOutput)('%s is output', (_, value) => {
  expect(isOutput(value)).toBe(true);
});

describe.each(withoutOutput)('after %s and no output', (_, N) => {
  const letters = { ...frames, N };

  it('retryChat retries, after a mark at which folds reset', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = inTurn(cold('-N-#', letters, lost), cold('-r-h-----f|', frames));
      expectObservable(source$.pipe(retryChat({ policy }))).toBe('-N-----(Rrh)-f|', letters);
    });
  });

  it('fallbackTo falls back, after a mark at which folds reset', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold('-N-#', letters, lost);
      const other$ = cold('    -r-h-----f|', frames);
      expectObservable(source$.pipe(fallbackTo(other$))).toBe('-N----(Rrh)-f|', letters);
    });
  });

  it('hedge$ starts the next candidate, and drops the chunks of the loser', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const a$ = cold('   -N--------', letters);
      const b$ = cold('      -r-h-----f|', frames);
      const after = time('---|');
      expectObservable(hedge$([a$, b$], { after })).toBe('------(rh)--f|', frames);
      expectSubscriptions(a$.subscriptions).toBe('^-----!');
    });
  });

  it('the winner of hedge$ keeps it', () => {
    marbles(({ cold, expectObservable }) => {
      const a$ = cold('-N----h-----f|', letters);
      expectObservable(hedge$([a$, NEVER], { after: 3 })).toBe('------(Nh)--f|', letters);
    });
  });
});

describe('completions', () => {
  const completion = (content: string): ChatCompletion => ({ choices: [{ index: 0, message: { content } }] });
  const values = { e: completion(''), h: completion('Hello') };

  it('without output are not emitted, and fail where that is the policy', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold('-e|', values);
      expectObservable(source$.pipe(retryChat({ policy, onEmpty: 'fail', count: 0 }))).toBe(
        '--#',
        values,
        empty,
      );
      expectObservable(source$.pipe(retryChat({ policy }))).toBe('-e|', values);
      expectObservable(source$.pipe(fallbackTo(cold('-h|', values), { onEmpty: 'fail' }))).toBe(
        '---h|',
        values,
      );
    });
  });

  it('of an earlier attempt are replaced, so no mark follows them', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold('-e-#', values, lost);
      expectObservable(source$.pipe(fallbackTo(cold('-h|', values)))).toBe('-e--h|', values);
    });
  });
});

describe('plain chunks', () => {
  it('retry before output, with a plain mark', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = inTurn(cold('-r-#', frames, lost), cold('-h', frames));
      const expected = {
        r: valueOf(frames.r),
        R: markedChunk({ kind: 'restarted', attempt: 2 }),
        h: valueOf(frames.h),
      };
      expectObservable(source$.pipe(orFail(), retryChat({ policy }))).toBe('-r---(Rh)', expected);
    });
  });
});

describe('the folds', () => {
  const failing = { id: 'a', model: 'big', choices: [{ index: 0, delta: { role: 'assistant' } }] };
  const good = { id: 'b', model: 'small', choices: [{ index: 0, delta: { content: 'Hi' } }] };
  const letters = { x: decodeChunk(JSON.stringify(failing)), y: decodeChunk(JSON.stringify(good)) };

  it('keep nothing of an attempt without output', () => {
    const seen: unknown[] = [];
    marbles(({ cold, flush }) => {
      cold('-x#', letters, lost)
        .pipe(fallbackTo(cold('-y|', letters)), accumulateCompletion())
        .subscribe((completion) => seen.push([completion.id, completion.model]));
      flush();
    });
    expect(seen.at(-1)).toEqual(['b', 'small']);
  });

  it('keep the text when an attempt after it has only a role', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = inTurn(cold('-h#', frames, lost), cold('-r-#', frames, lost));
      const text$ = source$.pipe(retryChat({ restart: true, count: 1, policy }), accumulateContent());
      expectObservable(text$).toBe('-x----#', { x: 'Hel' }, lost);
    });
  });
});

describe('holdUntilOutput', () => {
  it.each([
    ['the output', '-r-h---l|', '---(rh)l|'],
    ['the completion', '-r-u-|', '-----(ru|)'],
    ['nothing, at an error', '-r-#', '---#'],
    ['nothing, at an error after output', '-h-r-#', '-h-r-#'],
    ['an empty source', '--|', '--|'],
  ])('emits held values with %s', (_, source, expected) => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold(source, frames, lost).pipe(holdUntilOutput())).toBe(expected, frames, lost);
    });
  });

  it('holds a bounded number of values', () => {
    const seen = jest.fn();
    const many$ = defer(() => new Array<Decoded<ChatCompletionChunk>>(3_000).fill(frames.r));
    concat(many$, NEVER).pipe(holdUntilOutput()).subscribe(seen);
    expect(seen).toHaveBeenCalledTimes(3_000);
  });
});

describe('onEmpty', () => {
  const answers: ReadonlyArray<readonly [string, string]> = [
    ['nothing', '--|'],
    ['a role', '-r|'],
    ['a finish reason and usage', '-ruf|'],
  ];

  it.each(answers)('accepts an answer with %s by default', (_, marble) => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold(marble, frames).pipe(retryChat(), fallbackTo(NEVER))).toBe(marble, frames);
    });
  });

  it.each(answers)('retries an answer with %s under `fail`', (_, marble) => {
    const attempts = jest.fn();
    marbles(({ cold, flush }) => {
      const source$ = inTurn(cold(marble, frames), cold('-h-f|', frames));
      source$
        .pipe(retryChat({ policy, onEmpty: 'fail', onRetry: attempts }), toChatState())
        .subscribe(attempts);
      flush();
    });
    expect(attempts).toHaveBeenCalledWith({ error: empty, retry: 1, count: 2, delayMs: 1 });
    expect(attempts).toHaveBeenLastCalledWith(expect.objectContaining({ status: 'done', content: 'Hel' }));
  });

  it.each(answers)('falls back from an answer with %s under `fail`', (_, marble) => {
    const errors: unknown[] = [];
    const states: unknown[] = [];
    marbles(({ cold, flush }) => {
      const other = (error: Error): Chunks => {
        errors.push(error);
        return cold('-h-f|', frames);
      };
      cold(marble, frames)
        .pipe(fallbackTo(other, { onEmpty: 'fail' }), toChatState())
        .subscribe((state) => states.push(state));
      flush();
    });
    expect(errors).toEqual([empty]);
    expect(states.at(-1)).toMatchObject({ status: 'done', content: 'Hel' });
  });

  it.each(answers)('lets an answer with %s win a hedge by default, and lose it under `fail`', (_, marble) => {
    const hedged = (options?: Partial<HedgeOptions>): readonly ChatState[] => {
      const states: ChatState[] = [];
      marbles(({ cold, flush }) => {
        hedge$([cold(marble, frames), cold('-h-f|', frames)], { after: 20, ...options })
          .pipe(toChatState())
          .subscribe((state) => states.push(state));
        flush();
      });
      return states;
    };
    expect(hedged().at(-1)).toMatchObject({ content: '' });
    expect(hedged({ onEmpty: 'fail' }).at(-1)).toMatchObject({ status: 'done', content: 'Hel' });
  });

  it('errors when the last attempt is empty too, and not after output', () => {
    const run: MonoTypeOperatorFunction<Decoded<ChatCompletionChunk>> = retryChat({
      count: 1,
      policy,
      onEmpty: 'fail',
    });
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('-|', frames).pipe(run)).toBe('---#', undefined, empty);
      expectObservable(cold('-h|', frames).pipe(run)).toBe('-h|', frames);
    });
  });
});
