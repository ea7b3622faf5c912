import { deepStrictEqual } from 'node:assert';

import { isLeft, isRight, left, right, type Either } from 'fp-ts/Either';
import fc from 'fast-check';
import * as t from 'io-ts';
import { concat, endWith, from, lastValueFrom, map, of, Subject, takeUntil, throwError, toArray } from 'rxjs';
import { finishChunk, objectChunks, textChunk } from 'rxjs-chat-completions/testing';

import type { ChatCompletionChunk } from '../../../lib/codec/ChatCompletionChunk';
import { markedChunk } from '../../../lib/codec/mark';
import type { Decoded } from '../../../lib/decode/decode';
import {
  BadJson,
  ChunkFailed,
  CutOffError,
  RefusalError,
  SchemaMismatch,
  TruncatedError,
  type OutputError,
} from '../../../lib/errors';
import type { Structured } from '../../../lib/operators/structure/progress';
import { structured, type StructuredOptions } from '../../../lib/operators/structure/structured';
import { omitNulls } from '../../../lib/schema/omitNulls';
import { isObjectCodec } from '../../../lib/schema/isObjectCodec';
import { splitThinking } from '../../../lib/operators/splitThinking';
import { piecesOf } from '../../helpers/json';
import { marbles } from '../../helpers/marbles';
import { mismatchOf } from '../../helpers/mismatch';
import { badJson, deltaOf, frames } from '../../helpers/frames';
import { described } from '../../helpers/schemas';

type Said = ReadonlyArray<ChatCompletionChunk | string>;
type Result = Either<OutputError, unknown>;

const Person = t.type({ name: t.string, born: t.Int }, 'Person');
const ada = { name: 'Ada', born: 1815 };

const text = (content: string): Decoded<ChatCompletionChunk> => right(textChunk(content));
const written = (partial: unknown, issues: readonly string[] = []): object => ({
  partial,
  issues,
  result: null,
});
const ended = (result: Result, partial?: unknown, issues: readonly string[] = []): object => ({
  partial,
  issues,
  result,
});

const said = {
  ...frames,
  o: text('{"name":"'),
  n: text('Ada"'),
  b: text(',"born":18'),
  i: text('15'),
  c: text('}'),
  // What does not fit.
  s: text(',"born":"181'),
  q: text('5"'),
  m: text('{"born":1815'),
};
const shown = {
  w: written({ name: '' }),
  x: written({ name: 'Ada' }),
  y: written(ada),
  z: ended(right(ada), ada),
};

/** All that comes of chunks, at once. */
function resultsOf<A, O>(
  chunks: Said,
  codec: t.Type<A, O>,
  options?: StructuredOptions,
): ReadonlyArray<Structured<A, O>> {
  let results: ReadonlyArray<Structured<A, O>> = [];
  from(chunks.map((chunk) => (typeof chunk === 'string' ? text(chunk) : right(chunk))))
    .pipe(structured(codec, options), toArray())
    .subscribe((all) => (results = all));
  return results;
}

const endOf = <A, O>(chunks: Said, codec: t.Type<A, O>, options?: StructuredOptions): Structured<A, O> =>
  resultsOf(chunks, codec, options).at(-1)!;

const rightOf = (result: Result | null | undefined): unknown =>
  result && isRight(result) ? result.right : undefined;
const leftOf = (result: Result | null | undefined): OutputError | undefined =>
  result && isLeft(result) ? result.left : undefined;

const stop = finishChunk('stop');
const length = finishChunk('length');

describe('structured', () => {
  it('emits strings as they grow and complete numbers, and decodes when the stream completes', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -r-o-n-b-i-c-f-u-|', said);
      const subs = '         ^----------------!';
      const expected = '     ---w-x-----y-----(z|)';
      expectObservable(source$.pipe(structured(Person))).toBe(expected, shown);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('passes an error on, and keeps the values before it', () => {
    marbles(({ cold, expectObservable }) => {
      const lost = new TruncatedError();
      const source$ = cold(' -o-n-b-#', said, lost);
      const expected = '     -w-x---#';
      expectObservable(source$.pipe(structured(Person))).toBe(expected, shown, lost);
    });
  });

  it('emits the last chunks before an error', () => {
    const list = Array.from({ length: 2_000 }, (_, i) => i);
    const values: unknown[] = [];
    concat(
      from(
        objectChunks(list, { every: 4 })
          .slice(0, -1)
          .map((chunk) => right(chunk)),
      ),
      throwError(() => new TruncatedError()),
    )
      .pipe(structured(t.array(t.number)))
      .subscribe({ next: ({ partial }) => values.push(partial), error: () => values.push('failed') });
    expect(values.length).toBeGreaterThan(10);
    expect(values.length).toBeLessThan(1_500);
    expect(values.at(-1)).toBe('failed');
    expect(values.at(-2)).toEqual(list.slice(0, -1));
  });

  it('results in a cut-off without a reason when it is stopped', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -o-n-b-i-c-f-|', said);
      const stop$ = hot('    ------s       ');
      const subs = '         ^-----!       ';
      const expected = '     -w-x--(e|)    ';
      const cut = ended(left(new CutOffError(null, '{"name":"Ada","born":18')), { name: 'Ada' });
      expectObservable(source$.pipe(takeUntil(stop$), structured(Person))).toBe(expected, {
        ...shown,
        e: cut,
      });
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('ends a stream without a chunk as cut off', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold<Decoded<ChatCompletionChunk>>('---|');
      const expected = '                                  ---(e|)';
      const values = { e: ended(left(new CutOffError(null, ''))) };
      expectObservable(source$.pipe(structured(Person))).toBe(expected, values);
    });
  });

  it('unsubscribes from the source with its subscriber', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -o-n-', said);
      const unsub = '        ^-!   ';
      const expected = '     -w-   ';
      expectObservable(source$.pipe(structured(Person)), unsub).toBe(expected, shown);
      expectSubscriptions(source$.subscriptions).toBe(unsub);
    });
  });

  it('starts again for each subscriber', () => {
    marbles(({ cold, expectObservable }) => {
      const result$ = cold('   -o-n-b-i-c-f-|', said).pipe(structured(Person));
      const expected = '       -w-x-----y---(z|)';
      expectObservable(result$).toBe(expected, shown);
      expectObservable(result$, '--^').toBe(`--${expected}`, shown);
    });
  });

  it('resets when the answer is restarted', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -R-o-n-R-R-o-n-b-i-c-f-|', said);
      const expected = '     ---w-x-0---w-x-----y---(z|)';
      expectObservable(source$.pipe(structured(Person))).toBe(expected, { ...shown, 0: written(undefined) });
    });
  });

  it('emits nothing for chunks that show nothing new', () => {
    const chunk$ = new Subject<Decoded<ChatCompletionChunk>>();
    const seen: unknown[] = [];
    chunk$.pipe(structured(Person)).subscribe((value) => seen.push(value));
    for (const chunk of [deltaOf({ role: 'assistant' }), text('{'), text(' '), text('"na'), frames.u]) {
      chunk$.next(chunk);
    }
    expect(seen).toEqual([written({})]);
  });

  it('follows the choice of its options', () => {
    const chunks = [
      ...objectChunks(ada, { choice: 1 }),
      ...objectChunks([1]),
      finishChunk('stop', { choice: 1 }),
    ];
    expect(rightOf(endOf(chunks, Person, { choice: 1 }).result)).toEqual(ada);
    expect(leftOf(endOf(chunks, Person).result)).toBeInstanceOf(CutOffError);
  });

  describe('at a chunk that does not decode', () => {
    it('fails by default', () => {
      marbles(({ cold, expectObservable }) => {
        const source$ = cold(' -o-L-n', said);
        const expected = '     -w-#  ';
        expectObservable(source$.pipe(structured(Person))).toBe(expected, shown, new ChunkFailed(badJson));
      });
    });

    it('skips it under `skip`, and passes it to a function', () => {
      const seen: unknown[] = [];
      marbles(({ cold, expectObservable }) => {
        const source$ = cold(' -o-L-n-b-i-c-f-|', said);
        const expected = '     -w---x-----y---(z|)';
        expectObservable(source$.pipe(structured(Person, { onChunkError: 'skip' }))).toBe(expected, shown);
        const report = (error: unknown): void => void seen.push(error);
        expectObservable(source$.pipe(structured(Person, { onChunkError: report }))).toBe(expected, shown);
      });
      expect(seen).toEqual([badJson]);
    });
  });

  describe('with issues', () => {
    const issue = 'born: expected Int, got "1815"';

    it('reports a value that does not fit as soon as it closes, and omits it', () => {
      marbles(({ cold, expectObservable }) => {
        const source$ = cold(' -o-n-s-q-c-f-|', said);
        const expected = '     -w-x---y-----(z|)';
        const mismatch = mismatchOf(Person, '{"name":"Ada","born":"1815"}');
        expectObservable(source$.pipe(structured(Person))).toBe(expected, {
          ...shown,
          y: written({ name: 'Ada' }, [issue]),
          z: ended(left(mismatch), { name: 'Ada' }, [issue]),
        });
      });
    });

    it('reports a missing field when its object closes', () => {
      marbles(({ cold, expectObservable }) => {
        const source$ = cold(' -m-c-f-|', said);
        const expected = '     -0-y---(z|)';
        const missing = 'name: expected string, got nothing';
        const mismatch = mismatchOf(Person, '{"born":1815}');
        expectObservable(source$.pipe(structured(Person))).toBe(expected, {
          0: written({}),
          y: written({ born: 1815 }, [missing]),
          z: ended(left(mismatch), { born: 1815 }, [missing]),
        });
      });
    });

    it('ends at the first one with `failFast`, and aborts the request', () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const source$ = cold(' -o-n-s-q-c-f-|', said);
        const subs = '         ^------!      ';
        const expected = '     -w-x---(z|)   ';
        const mismatch = new SchemaMismatch([issue], '{"name":"Ada","born":"1815"', []);
        expectObservable(source$.pipe(structured(Person, { failFast: true }))).toBe(expected, {
          ...shown,
          z: ended(left(mismatch), { name: 'Ada' }, [issue]),
        });
        expectSubscriptions(source$.subscriptions).toBe(subs);
      });
    });

    it('completes as usual without issues', () => {
      marbles(({ cold, expectObservable }) => {
        const source$ = cold(' -o-n-b-i-c-f-|', said);
        const expected = '     -w-x-----y---(z|)';
        expectObservable(source$.pipe(structured(Person, { failFast: true }))).toBe(expected, shown);
      });
    });

    it('names five at most', () => {
      const list = Array.from({ length: 50 }, (_, i) => String(i));
      const { issues, result } = endOf([JSON.stringify(list), stop], t.array(t.number));
      expect(issues).toHaveLength(5);
      expect(issues[0]).toBe('0: expected number, got "0"');
      expect(leftOf(result)).toBeInstanceOf(SchemaMismatch);
    });
  });

  describe('ends', () => {
    const whole = JSON.stringify(ada);
    const half = whole.slice(0, -4);
    const refusal = { choices: [{ index: 0, delta: { refusal: 'I will not.' } }] };
    const reasonless = markedChunk({ kind: 'ended-without-reason' });

    it.each<[string, Said]>([
      ['at stop', [whole, stop]],
      ['at length, where it had closed before', [whole, length]],
      ['without a reason', [whole, reasonless]],
      ['when it was stopped, where it had closed before', [whole]],
      ['in a fence', ['```json\n', whole, '\n```', stop]],
      ['in a fence of text', ['```text\n', whole, '\n```', stop]],
      ['after prose', ['Here you are:\n', whole, ' Bye.', stop]],
      ['before another value', [whole, '\n{"name":1}', stop]],
      ['after a schema', ['{"type":"object","properties":{}}\n', whole, stop]],
      [
        'after a draft that does not fit',
        ['```json\n{"name":5}\n```\nBetter:\n```json\n', whole, '\n```', stop],
      ],
      ['in a line, after a draft that does not fit', ['{"name":5}\nNo, it is ', whole, stop]],
      ['behind a byte order mark', ['\uFEFF', whole, stop]],
      ['written as a JSON string', [JSON.stringify(whole), stop]],
      ['with an earlier field of the same name', ['{"name":5,', whole.slice(1), stop]],
    ])('with the value: %s', (_, chunks) => {
      const { result, issues } = endOf(chunks, Person);
      expect(result).toEqual(right(ada));
      expect(issues).toEqual([]);
    });

    it.each<[string, t.Mixed, string, unknown]>([
      ['a number', t.number, '```json\n42\n```\n', 42],
      ['a number between prose', t.number, 'Sure!\n```json\n42\n```\nAnything else?', 42],
      ['an enum', t.keyof({ yes: null, no: null }), '\n~~~\r\n"yes"\r\n~~~', 'yes'],
      ['a number in a fence of text', t.Int, '```text\n42\n```', 42],
      ['a text with a fence', t.string, '````JSON\n"```js```"\n````', '```js```'],
      ['a boolean in one line', t.boolean, '```json true```', true],
      ['a number after brackets', t.number, 'See [1], [docs](x):\n```json\n42\n```', 42],
      ['a text with brackets in one line', t.string, '```json "see [1]" ```', 'see [1]'],
      ['an object as a JSON string', Person, `\uFEFF\`\`\`json\n${JSON.stringify(whole)}\n\`\`\``, ada],
    ])('with a value without brackets in a fence: %s', (_, codec, content, value) => {
      expect(endOf([content, stop], codec).result).toEqual(right(value));
      expect(leftOf(endOf([content, stop], codec, { extract: 'bare' }).result)).toBeInstanceOf(BadJson);
    });

    it.each<[string, Said, string]>([
      ['a field of another type', ['{"name":5,"born":1815}', stop], 'name: expected string, got 5'],
      ['a number too large to be one', ['{"name":"Ada","born":1e400}', stop], 'born: expected Int, got null'],
      ['a field that is missing', ['{"name":"Ada"}', stop], 'born: expected Int, got nothing'],
      [
        'a JSON string with another object',
        [JSON.stringify('{"name":1,"born":2}'), stop],
        'name: expected string, got 1',
      ],
      ['before the limit', ['{"name":5,"born":1815}', length], 'name: expected string, got 5'],
      ['twice', ['{"name":5,"born":1815}\n{"name":6}', stop], 'name: expected string, got 5'],
      [
        'before lists in prose',
        ['{"name":5,"born":1815}\n[1, see below]', stop],
        'name: expected string, got 5',
      ],
      ['before prose', ['{"name":5,"born":1815}\n{no}', stop], 'name: expected string, got 5'],
      ['a list on lines', [`[\n${whole},\n${whole}\n]`, stop], 'the payload: expected object, got an array'],
    ])('with what does not fit: %s', (_, chunks, message) => {
      const error = leftOf(endOf(chunks, Person).result);
      expect(error).toBeInstanceOf(SchemaMismatch);
      expect(error?.message).toBe(message);
    });

    it.each<[string, Said, string | null]>([
      ['at the token limit', [half, length], 'length'],
      ['by a filter', [half, finishChunk('content_filter')], 'content_filter'],
      ['by a failure', [half, finishChunk('network_error')], 'network_error'],
      ['before it began', [length], 'length'],
      ['after a draft that does not fit', ['{"name":5}\n', half, length], 'length'],
      ['in prose', ['Here is', length], 'length'],
      ['because the source completed', [half], null],
    ])('cut off %s', (_, chunks, reason) => {
      const { result } = endOf(chunks, Person);
      expect(leftOf(result)).toBeInstanceOf(CutOffError);
      expect(leftOf(result)).toMatchObject({ finishReason: reason });
    });

    it('keeps the partial value of an answer that was cut off', () => {
      const error = new CutOffError('length', half);
      expect(endOf([half, length], Person)).toEqual(ended(left(error), { name: 'Ada' }));
    });

    it.each<[string, Said]>([
      ['alone', [refusal, stop]],
      ['in two pieces', [refusal, refusal, stop]],
      ['after the beginning of the value', [half, refusal, stop]],
      ['at a filter', [refusal, finishChunk('content_filter')]],
    ])('refused: %s', (_, chunks) => {
      expect(leftOf(endOf(chunks, Person).result)).toBeInstanceOf(RefusalError);
    });

    it.each<[string, Said]>([
      ['nothing at all', [stop]],
      ['only prose', ['I cannot do that.', stop]],
      ['a value that does not close', [half, stop]],
      ['a value that does not close, without a reason', [half, reasonless]],
      ['a value that does not close, at a reason that no list has', [half, finishChunk('moon')]],
      ['a list in prose, where an object was wanted', ['Here:\n[1]', stop]],
      ['what only looks like JSON', ["{'name':'Ada'}", stop]],
      ['nesting without end', ['{"name":'.repeat(600), '1', '}'.repeat(600), stop]],
      ['half a fence', ['```json\n', stop]],
      ['a long fence without its end', [`${'`'.repeat(200_000)}\n${'`'.repeat(400_000)}x`, stop]],
      ['a fence without content', ['```json\n```', stop]],
      ['a fence of code', ['```js\nx();\n```', stop]],
      ['a list in a line of prose', ['See [1].', stop]],
    ])('without JSON: %s', (_, chunks) => {
      const { result, issues } = endOf(chunks, Person);
      expect(leftOf(result)).toBeInstanceOf(BadJson);
      expect(issues).toEqual([]);
    });

    it('with the value after a draft in reasoning, if `splitThinking` is above', () => {
      const chunks = [textChunk('<think>\n{"name":"A","born":1}\n</th'), textChunk(`ink>\n${whole}`), stop];
      const results: unknown[] = [];
      from(chunks)
        .pipe(
          map((chunk) => right(chunk)),
          splitThinking(),
          structured(Person),
        )
        .subscribe(({ result }) => results.push(result));
      expect(results.at(-1)).toEqual(right(ada));
    });

    interface Tree {
      readonly name?: string;
      readonly below?: readonly Tree[];
    }
    const Tree: t.Type<Tree> = t.recursion('Tree', () =>
      t.partial({ name: t.string, below: t.readonlyArray(Tree) }),
    );

    it.each([100, 5_000])('without an overflow of the stack: a JSON string with %d levels', (levels) => {
      const tree = `${'{"below":['.repeat(levels)}${']}'.repeat(levels)}`;
      const { result } = endOf([JSON.stringify(tree), stop], Tree);
      expect(result?._tag).toBe(levels === 100 ? 'Right' : 'Left');
    });

    it('does not read a part of broken JSON as the value, and keeps the partial value', () => {
      const text = '{"name":"a","below":[\n{"name":"b"},\n]}';
      const { partial, result } = endOf([text, stop], Tree);
      expect(result).toEqual(left(expect.objectContaining({ _tag: 'BadJson', raw: text })));
      expect(partial).toEqual({ name: 'a', below: [{ name: 'b' }] });
    });

    it('parses the complete text with `bare`', () => {
      const bare = { extract: 'bare' } as const;
      expect(endOf([whole, ' \n', stop], Person, bare).result).toEqual(right(ada));
      for (const around of ['```json\n', 'Sure:\n', '\uFEFF']) {
        expect(leftOf(endOf([around, whole, stop], Person, bare).result)).toBeInstanceOf(BadJson);
      }
      expect(leftOf(endOf([whole, '!', stop], Person, bare).result)).toBeInstanceOf(BadJson);
      const twice = [JSON.stringify(whole), stop];
      expect(leftOf(endOf(twice, Person, bare).result)).toBeInstanceOf(SchemaMismatch);
    });

    it('does not emit a number that was cut off', () => {
      const bare = { extract: 'bare' } as const;
      expect(leftOf(endOf(['12', length], t.number, bare).result)).toBeInstanceOf(CutOffError);
      expect(endOf(['12', stop], t.number, bare).result).toEqual(right(12));
      expect(endOf(['12', stop], t.number).result).toEqual(right(12));
      const { partial, result } = endOf(['{"name":"Ada","born":18', stop], Person);
      expect([partial, leftOf(result)?._tag]).toEqual([{ name: 'Ada' }, 'BadJson']);
    });

    it('the same for every cut of the text', () => {
      const texts = [
        '{"name":"Ad🙂a","born":1815}',
        'Sure:\n```json\n{"name":"A","born":"x"}\n```',
        '{"name":"A"',
        '"{\\"name\\":\\"A\\",\\"born\\":1}"',
        '[1] A source.\n{"name":5}\n{"name":"A","born":1}\n{"name":"B","born":2}',
        'As {"name":5} or [2, or\n```text\n{"name":6}\n```\n{',
      ];
      const cut = fc.constantFrom(...texts).chain((all) => piecesOf(all).map((pieces) => ({ all, pieces })));
      fc.assert(
        fc.property(cut, ({ all, pieces }) => {
          deepStrictEqual(plain(endOf([...pieces, stop], Person)), plain(endOf([all, stop], Person)));
        }),
      );
    });
  });

  it('results in what JSON.parse and the codec return, for values that fit and values that do not', () => {
    const scalar = /(?<=[:[,])(?:"[^"\\]*"|-?[\d.]+|null|true|false)(?=[,\]}])/g;
    const answer = described.chain(({ codec, written }) =>
      fc
        .tuple(
          written,
          fc.nat(6),
          fc.constantFrom(undefined, 'null', '7', '"a"', '"no"', '[]', '{}'),
          fc.boolean(),
        )
        .chain(([value, place, other, failFast]) => {
          const json = JSON.stringify(isObjectCodec(codec) ? value : { value });
          let at = 0;
          const all = json.replace(scalar, (each) => (at++ === place && other !== undefined ? other : each));
          return piecesOf(all).map((pieces) => ({ codec, all, pieces, failFast }));
        }),
    );
    const counts = { fit: 0, not: 0 };
    fc.assert(
      fc.property(answer, ({ codec, all, pieces, failFast }) => {
        const json = JSON.parse(all) as { readonly value?: unknown };
        const decoded = codec.decode(omitNulls(codec)(isObjectCodec(codec) ? json : json.value));
        const { issues, result } = endOf([...pieces, stop], codec, { failFast });
        if (isRight(decoded)) {
          counts.fit += 1;
          deepStrictEqual([result, issues], [decoded, []]);
        } else if (isLeft(codec.decode(json))) {
          counts.not += 1;
          expect(leftOf(result)).toBeInstanceOf(SchemaMismatch);
        }
      }),
      { numRuns: 1_000 },
    );
    expect(Math.min(counts.fit, counts.not)).toBeGreaterThan(100);
  });

  describe('repairs', () => {
    const quoted = "{'name':'Ada','born':1815}";
    const repair = jest.fn((broken: string) => broken.replaceAll("'", '"'));
    beforeEach(() => repair.mockClear());

    it('a text that is not JSON, once, at the end', () => {
      const { result } = endOf([quoted.slice(0, 9), quoted.slice(9), stop], Person, { repair });
      expect(result).toEqual(right(ada));
      expect(repair.mock.calls).toEqual([[quoted]]);
    });

    it('without the prose and the fence around it', () => {
      const { result } = endOf(['Sure:\n```json\n', quoted, '\n```\nBye', stop], Person, { repair });
      expect(result).toEqual(right(ada));
      expect(repair.mock.calls).toEqual([[quoted]]);
    });

    it('neither JSON nor what was cut off', () => {
      expect(endOf([JSON.stringify(ada), stop], Person, { repair }).result).toEqual(right(ada));
      expect(leftOf(endOf(['{"a":1}', stop], Person, { repair }).result)).toBeInstanceOf(SchemaMismatch);
      expect(leftOf(endOf([quoted, length], Person, { repair }).result)).toBeInstanceOf(CutOffError);
      expect(repair).not.toHaveBeenCalled();
    });

    it.each<[string, NonNullable<StructuredOptions['repair']>]>([
      ['a Promise', async () => Promise.resolve(JSON.stringify(ada))],
      ['an Observable', () => of(JSON.stringify(ada), '{}')],
    ])('with a function that returns %s', async (_, later) => {
      const { result } = await lastValueFrom(
        of(text(quoted), right(stop)).pipe(structured(Person, { repair: later })),
      );
      expect(result).toEqual(right(ada));
    });

    it.each<[string, NonNullable<StructuredOptions['repair']>, unknown]>([
      ['rejects', async () => Promise.reject(new Error('no way')), new Error('no way')],
      ['errors', () => throwError(() => new Error('no way')), new Error('no way')],
      ['emits nothing', () => [], expect.objectContaining({ name: 'EmptyError' })],
    ])('without success where the function %s', async (_, later, cause) => {
      const { result, partial } = await lastValueFrom(
        of(text(`${JSON.stringify(ada)}!`), right(stop)).pipe(
          structured(Person, { extract: 'bare', repair: later }),
        ),
      );
      expect(leftOf(result)).toEqual(new BadJson(`${JSON.stringify(ada)}!`, { cause }));
      expect(leftOf(result)?.cause).toEqual(cause);
      expect(partial).toEqual(ada);
    });

    it('and stops the function when it is unsubscribed from', () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const repaired$ = cold('---(a|)', { a: '{}' });
        const unsub = '         -----! ';
        const subs = '          ---^-! ';
        expectObservable(
          cold('o--|', { o: text('{') }).pipe(
            endWith(right(stop)),
            structured(Person, { repair: () => repaired$ }),
          ),
          unsub,
        ).toBe('w----- ', { w: written({}) });
        expectSubscriptions(repaired$.subscriptions).toBe(subs);
      });
    });

    it.each<[string, (text: string) => string, typeof BadJson | typeof SchemaMismatch]>([
      ['gives what is not JSON either', () => '{', BadJson],
      ['gives JSON that does not fit', () => '{"name":1}', SchemaMismatch],
      [
        'throws',
        () => {
          throw new Error('no way');
        },
        BadJson,
      ],
    ])('without success where the function %s', (_, broken, kind) => {
      const { result } = endOf([quoted, stop], Person, { repair: broken });
      expect(leftOf(result)).toBeInstanceOf(kind);
      expect(leftOf(result)).toMatchObject({ raw: quoted });
    });
  });

  describe('reads a root that is not an object', () => {
    const Shape = t.union([
      t.type({ type: t.literal('circle'), r: t.number }),
      t.type({ type: t.literal('text'), value: t.string }),
    ]);
    const Valued = t.union([t.type({ value: t.string }), t.type({ n: t.number })]);
    type Nested = { readonly value: Nested } | { readonly n: number };
    const Nested: t.Type<Nested> = t.recursion('Nested', () =>
      t.union([t.type({ value: Nested }), t.type({ n: t.number })]),
    );
    const circle = { type: 'circle', r: 1 };
    const label = { type: 'text', value: 'Hi' };

    it.each<[string, t.Mixed, string, readonly unknown[]]>([
      ['a list', t.array(t.string), '{"value":["a","b"]}', [[], ['a'], ['a', 'b']]],
      ['a list without the object around it', t.array(t.string), '["a","b"]', [[], ['a'], ['a', 'b']]],
      ['a union', Shape, `{"value":${JSON.stringify(circle)}}`, [{}, { type: 'circle' }, circle]],
      ['a union without the object around it', Shape, JSON.stringify(circle), [{ type: 'circle' }, circle]],
      [
        'a union with a field of that name',
        Shape,
        `{"value":${JSON.stringify(label)}}`,
        [{ type: 'text' }, label],
      ],
      ['… without the object around it', Shape, JSON.stringify(label), [{ type: 'text' }, label]],
      ['… which comes first', Shape, '{"value":"Hi","type":"text"}', [{ value: 'Hi' }, label]],
      [
        'an object that may look like the one around it',
        Valued,
        '{"value":"Hi"}',
        [{ value: 'H' }, { value: 'Hi' }],
      ],
      [
        '… whose field may be anything',
        t.union([t.type({ value: t.unknown }), t.array(t.number)]),
        '{"value":"Hi"}',
        [{ value: 'Hi' }],
      ],
      ['… inside of it', Valued, '{"value":{"value":"Hi"}}', [{}, { value: '' }, { value: 'Hi' }]],
      ['… or be the value', t.union([t.string, Valued]), '{"value":"Hi"}', ['', 'Hi']],
      [
        '… of a list',
        t.union([t.array(t.string), t.partial({ value: t.null })]),
        '{"value":null}',
        [{ value: null }],
      ],
      ['a nested one', Nested, '{"value":{"value":{"n":1}}}', [{}, { value: {} }, { value: { n: 1 } }]],
      [
        'a record of any name',
        t.union([t.record(t.string, t.number), t.null]),
        '{"value":1}',
        [{ value: 1 }],
      ],
      [
        'a field of that name after a null',
        t.union([t.partial({ a: t.string, value: t.partial({ a: t.string }) }), t.null]),
        '{"a":null,"value":{"a":"b"}}',
        [{}, { value: {} }, { value: { a: '' } }, { value: { a: 'b' } }],
      ],
      ['a list before another field', t.array(t.string), '{"value":["a"],"note":"b"}', [[], ['a']]],
      [
        'an object before another field',
        t.union([t.type({ n: t.number }), t.null]),
        '{"value":{"n":1},"note":"b"}',
        [{}, { n: 1 }],
      ],
      [
        'a list or an object of optional fields before another field',
        t.union([t.array(t.string), t.partial({ error: t.string })]),
        '{"value":["a"],"note":"b"}',
        [[], ['a']],
      ],
      ['a string', t.string, '{"value":"Hi"}', ['', 'Hi']],
      ['an enum', t.keyof({ yes: null, no: null }), '{"value":"yes"}', ['yes']],
    ])('%s', (_, codec, json, expected) => {
      const results = resultsOf([...json, stop], codec);
      const partials = results
        .map(({ partial }): unknown => partial)
        .filter((partial) => partial !== undefined);
      expect(partials).toEqual(expect.arrayContaining([...expected]));
      const value = expected.at(-1);
      expect(results.at(-1)).toEqual(ended(right(value), value));
      expect(resultsOf([...json, stop], codec, { failFast: true })).toEqual(results);
    });

    it('and ends no answer early that fits, with or without the object around it', () => {
      const written = described.chain(({ codec, written: value }) =>
        fc.record({ codec: fc.constant(codec), value, isWrapped: fc.boolean() }),
      );
      const counts = { wrapped: 0, bare: 0 };
      fc.assert(
        fc.property(written, ({ codec, value, isWrapped }) => {
          fc.pre(!isObjectCodec(codec) && (isWrapped || (typeof value === 'object' && value !== null)));
          const json = JSON.stringify(isWrapped ? { value } : value);
          const { result } = endOf([...json, stop], codec, { failFast: true });
          expect(leftOf(result)).toBeUndefined();
          counts[isWrapped ? 'wrapped' : 'bare'] += 1;
        }),
        { numRuns: 1_000 },
      );
      expect(Math.min(counts.wrapped, counts.bare)).toBeGreaterThan(100);
    });

    it('once, whatever text follows', () => {
      let checks = 0;
      const Counted = t.refinement(t.array(t.number), () => (checks += 1) > 0);
      const checksWith = (after: number): number => {
        checks = 0;
        const words = Array.from({ length: after }, () => ' word');
        const chunks = ['{"value":[1]}', ...words, stop];
        expect(rightOf(endOf(chunks, t.union([t.type({ value: Counted }), t.null])).result)).toEqual({
          value: [1],
        });
        return checks;
      };
      expect(checksWith(50)).toBe(checksWith(0));
    });

    it('and shows nothing of another object', () => {
      const { partial, result } = endOf(['{"note":"b","list":["a"]}', stop], t.array(t.string));
      expect(partial).toBeUndefined();
      expect(leftOf(result)).toMatchObject({ issues: ['the payload: expected array, got an object'] });
    });

    it('and takes a list that does not fit for no object of optional fields', () => {
      const Found = t.union([t.array(t.type({ name: t.string })), t.partial({ error: t.string })]);
      const { partial, issues, result } = endOf(['{"value":[{"nam":"b"}]}', stop], Found);
      expect(partial).toEqual([{ nam: 'b' }]);
      expect(issues).toEqual(['0/name: expected string, got nothing']);
      expect(leftOf(result)).toMatchObject({ issues });
    });

    it('of a codec that only checks complete values, also beside another field', () => {
      const Day = new t.Type<string>(
        'Day',
        t.string.is,
        (value, context) => (value === 'today' ? t.success(value) : t.failure(value, context)),
        (value) => value,
      );
      expect(endOf(['{"value":"today","note":"b"}', stop], Day)).toEqual(ended(right('today'), 'today'));
      const { result } = endOf(['{"value":"soon"}', stop], Day);
      expect(leftOf(result)).toMatchObject({ issues: ['the payload: expected Day, got "soon"'] });
    });

    it('or without it, of a codec whose own field is not known', () => {
      const Price = new t.Type<{ value: number }>(
        'Price',
        t.type({ value: t.number }).is,
        t.type({ value: t.number }).validate,
        (value) => value,
      );
      for (const json of ['{"value":5}', '{"value":{"value":5}}'])
        expect(endOf([json, stop], Price).result).toEqual(right({ value: 5 }));
    });

    it('and names the places of issues as in the value', () => {
      const { issues, result } = endOf(['{"value":[1,"b"]}', stop], t.array(t.number));
      expect(issues).toEqual(['1: expected number, got "b"']);
      expect(leftOf(result)).toMatchObject({ issues });
    });

    it('and reports one issue for a field that does not fit', () => {
      const codec = t.union([t.string, t.type({ value: t.string })]);
      const [closed] = resultsOf(['{"note":1,"value":null}', stop], codec);
      expect(closed?.issues).toEqual(['the payload: expected string, got null']);
    });
  });

  it('does not take a mention of an empty list for a list', () => {
    const { issues, result } = endOf(['["a",1]\nWithout any it is [].', stop], t.array(t.string));
    expect(issues).toEqual(['1: expected string, got 1']);
    expect(leftOf(result)).toMatchObject({ issues });
  });

  it.each<[string, t.Mixed, string, unknown]>([
    ['objects', t.array(Person), JSON.stringify([ada]), [ada]],
    ['strings', t.array(t.string), '["a","b"]', ['a', 'b']],
    ['strings, in an object', t.array(t.string), '{"value":["a","b"]}', ['a', 'b']],
  ])('does not take a footnote for a list of %s', (_, codec, json, value) => {
    for (const before of ['[1] A source.\n\n', '[1]: a source, [2]: another\n\n', 'As [1] says: ']) {
      expect(endOf([...before, ...json, stop], codec)).toEqual(ended(right(value), value));
    }
  });

  it('omits a null in place of a missing field, in the partial value as well', () => {
    const Card = t.intersection([
      t.type({ title: t.string }),
      t.partial({ note: t.string, stars: t.number }),
    ]);
    const results = resultsOf(['{"title":"A","note":null', ',"stars":3}', stop], Card);
    const card = { title: 'A', stars: 3 };
    expect(results.map(({ partial }) => partial)).toEqual([{ title: 'A' }, card, card]);
    expect(results.flatMap(({ issues }) => issues)).toEqual([]);
    expect(results.at(-1)?.result).toEqual(right(card));
  });

  it('decodes a codec that changes values, and shows the encoded value while it is written', () => {
    const DayFromText = new t.Type<Date, string>(
      'DayFromText',
      (value): value is Date => value instanceof Date,
      (value, context) =>
        typeof value === 'string' && !Number.isNaN(Date.parse(value))
          ? t.success(new Date(value))
          : t.failure(value, context),
      (date) => date.toISOString().slice(0, 10),
    );
    const Trip = t.type({ on: DayFromText });
    const results = resultsOf(['{"on":"2026-', '11-28"}', stop], Trip);
    expect(results.map(({ partial }) => partial)).toEqual([{}, { on: '2026-11-28' }, { on: '2026-11-28' }]);
    expect(results.at(-1)?.result).toEqual(right({ on: new Date('2026-11-28') }));
    expect(resultsOf(['{"on":"soon"', '}', stop], Trip)[0]?.issues).toEqual([
      'on: expected DayFromText, got "soon"',
    ]);
  });

  it('errors with the value that a codec throws', () => {
    const failure = new Error('a bug');
    const Broken = t.refinement(t.string, () => {
      throw failure;
    });
    const seen: unknown[] = [];
    of(text('{"a":"x"}'))
      .pipe(structured(t.type({ a: Broken })))
      .subscribe({ error: (error: unknown) => seen.push(error) });
    expect(seen).toEqual([failure]);
  });
});

function plain<A, O>({ partial, issues, result }: Structured<A, O>): object {
  return { partial, issues, result: leftOf(result)?.toJSON() ?? rightOf(result) };
}
