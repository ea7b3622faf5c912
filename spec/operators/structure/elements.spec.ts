import { isLeft, isRight, left, right, type Either } from 'fp-ts/Either';
import fc from 'fast-check';
import * as t from 'io-ts';
import { from, of, takeUntil, toArray } from 'rxjs';
import { finishChunk, textChunk } from 'rxjs-chat-completions/testing';

import type { ChatCompletionChunk } from '../../../lib/codec/ChatCompletionChunk';
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
import { elements, type ElementsOptions } from '../../../lib/operators/structure/elements';
import { piecesOf } from '../../helpers/json';
import { marbles } from '../../helpers/marbles';
import { mismatchOf } from '../../helpers/mismatch';
import { badJson, frames } from '../../helpers/frames';

type Said = ReadonlyArray<ChatCompletionChunk | string>;

const Recipe = t.intersection([t.type({ name: t.string }), t.partial({ minutes: t.number })], 'Recipe');
const path = ['book', 'recipes'];

const text = (content: string): Decoded<ChatCompletionChunk> => right(textChunk(content));
const said = {
  ...frames,
  o: text('{"book":{"recipes":['),
  a: text('{"name":"Soup"}'),
  b: text(',{"name":"Bread","minutes":null}'),
  i: text(',{"name":5}'),
  d: text(',{"name":"Tea"},{"name":'),
  n: text('"Rice"}'),
  c: text(']}}'),
  j: text(']},"total":"'),
};
const wrong = mismatchOf(Recipe, '{"name":5}', 'book/recipes/2');
const shown = {
  a: right({ name: 'Soup' }),
  b: right({ name: 'Bread' }),
  i: left(wrong),
  d: right({ name: 'Tea' }),
  n: right({ name: 'Rice' }),
};

function resultsOf<A, O>(
  chunks: Said,
  codec: t.Type<A, O>,
  where?: readonly string[],
  options?: ElementsOptions,
): ReadonlyArray<Either<OutputError, A>> {
  let results: ReadonlyArray<Either<OutputError, A>> = [];
  from(chunks.map((chunk) => (typeof chunk === 'string' ? text(chunk) : right(chunk))))
    .pipe(elements(codec, where, options), toArray())
    .subscribe((all) => (results = all));
  return results;
}

const stop = finishChunk('stop');

describe('elements', () => {
  it('emits each element when it closes, including one that does not fit', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -r-o-a-b-i-d-n-c-f-u-|', said);
      const subs = '         ^--------------------!';
      const expected = '     -----a-b-i-d-n-------|';
      expectObservable(source$.pipe(elements(Recipe, path))).toBe(expected, shown);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('has the place of an element that does not fit', () => {
    expect(wrong.message).toBe('book/recipes/2/name: expected string, got 5');
  });

  it('emits all elements of a chunk, in order', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -x--------|', { ...said, x: text('["a","b",3,"c"]') });
      const expected = '     -(abxc)---|';
      expectObservable(source$.pipe(elements(t.string))).toBe(expected, {
        a: right('a'),
        b: right('b'),
        x: left(mismatchOf(t.string, '3', '2')),
        c: right('c'),
      });
    });
  });

  it('completes without another value if the list has closed, whatever follows', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -o-a-j-x-|', said);
      const expected = '     ---a-----|';
      expectObservable(source$.pipe(elements(Recipe, path))).toBe(expected, shown);
    });
  });

  it('passes an error on, after the elements before it', () => {
    marbles(({ cold, expectObservable }) => {
      const lost = new TruncatedError();
      const source$ = cold(' -o-a-#', said, lost);
      const expected = '     ---a-#';
      expectObservable(source$.pipe(elements(Recipe, path))).toBe(expected, shown, lost);
    });
  });

  it('emits a CutOffError when it is stopped', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -o-a-b-c-|', said);
      const stop$ = hot('    ------s   ');
      const subs = '         ^-----!   ';
      const expected = '     ---a-b(e|)';
      const cut = new CutOffError(
        null,
        '{"book":{"recipes":[{"name":"Soup"},{"name":"Bread","minutes":null}',
      );
      expectObservable(source$.pipe(takeUntil(stop$), elements(Recipe, path))).toBe(expected, {
        ...shown,
        e: left(cut),
      });
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('starts again when an answer is restarted', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -o-a-R-o-a-b-c-f-|', said);
      const expected = '     ---a-----a-b-----|';
      expectObservable(source$.pipe(elements(Recipe, path))).toBe(expected, shown);
    });
  });

  it('starts again for each subscriber, and unsubscribes with it', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -o-a-b-c-f-|', said);
      const result$ = source$.pipe(elements(Recipe, path));
      const unsub = '        ^---!       ';
      expectObservable(result$, unsub).toBe('        ---a        ', shown);
      expectObservable(result$, '------^').toBe('    ---------a-b-----|', shown);
      expectSubscriptions(source$.subscriptions).toBe([unsub, '------^----------!']);
    });
  });

  it('fails at a chunk that does not decode, by default', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -o-L-a-c-f-|', said);
      expectObservable(source$.pipe(elements(Recipe, path))).toBe('---#', shown, new ChunkFailed(badJson));
      const expected = '     -----a-----|';
      expectObservable(source$.pipe(elements(Recipe, path, { onChunkError: 'skip' }))).toBe(expected, shown);
    });
  });

  it.each<[string, Said, readonly string[] | undefined]>([
    ['at the root', ['["a"', ',"b"]', stop], undefined],
    ['in the object that a response format puts around it', ['{"value":["a"', ',"b"]}', stop], undefined],
    [
      'at the end of a path',
      ['{"x":["no"],"book":{"y":{"recipes":["no"]},"recipes":["a","b"]}}', stop],
      path,
    ],
    ['in a fence', ['```json\n["a","b"]\n```', stop], undefined],
    ['in a fence of text', ['```text\n["a","b"]\n```', stop], undefined],
    ['after prose', ['My list [1]:\n["a","b"] Bye', stop], undefined],
    [
      'that closed before the answer was cut off',
      ['{"value":["a","b"],"more":"', finishChunk('length')],
      undefined,
    ],
  ])('finds a list %s, however the text is cut', (_, chunks, where) => {
    const [first = '', ...rest] = chunks;
    fc.assert(
      fc.property(piecesOf(first as string), (pieces) => {
        expect(resultsOf([...pieces, ...rest], t.string, where)).toEqual([right('a'), right('b')]);
      }),
      { numRuns: 30 },
    );
  });

  it.each<[string, Said, new (...args: never[]) => OutputError]>([
    ['cut off', ['{"recipes":["a","b', finishChunk('length')], CutOffError],
    ['cut off by the source', ['{"recipes":["a","b'], CutOffError],
    ['refused', [{ choices: [{ index: 0, delta: { refusal: 'No.' } }] }, stop], RefusalError],
    ['not JSON', ['I cannot.', stop], BadJson],
    ['not closed', ['{"recipes":["a"', stop], BadJson],
    ['broken', ['{"recipes":["a" "b"]}', stop], BadJson],
    ['another object', ['{"cakes":["a"]}', stop], SchemaMismatch],
    ['an object with something else in the place of the list', ['{"recipes":{"a":1}}', stop], SchemaMismatch],
  ])('ends with a left when the answer is %s', (_, chunks, kind) => {
    const results = resultsOf(chunks, t.string, ['recipes']);
    expect(results.slice(0, -1).every(isRight)).toBe(true);
    const last = results.at(-1);
    expect(last && isLeft(last) ? last.left : undefined).toBeInstanceOf(kind);
  });

  it('emits no number that is not closed', () => {
    const results = resultsOf(['[1,18', stop], t.number);
    expect(results.map((each) => (isLeft(each) ? each.left._tag : each.right))).toEqual([1, 'BadJson']);
  });

  it.each<[string, string, readonly string[], string]>([
    ['a missing list', '{"cakes":[]}', path, 'book/recipes: expected array, got nothing'],
    ['an object', '{"book":{"recipes":{"a":1}}}', path, 'book/recipes: expected array, got an object'],
    ['null', '{"book":{"recipes":null}}', path, 'book/recipes: expected array, got null'],
    ['a list at the root', '[\n{"name":"Soup"}]', path, 'book/recipes: expected array, got nothing'],
    ['a JSON string', '"[]"', path, 'book/recipes: expected array, got nothing'],
    [
      'a list in a fence',
      '```json\n[{"name":"Soup"}]\n```',
      path,
      'book/recipes: expected array, got nothing',
    ],
    ['a JSON string at the root', '"[]"', [], 'the payload: expected array, got "[]"'],
    ['a value around which no list is', '{"value":5}', [], 'the payload: expected array, got 5'],
    ['an object at the root', '{"a":1}', [], 'the payload: expected array, got an object'],
  ])('has the place of a missing list, and the value in it: %s', (_, json, where, issue) => {
    expect(resultsOf([json, stop], t.string, where)).toEqual([left(new SchemaMismatch([issue], json, []))]);
  });

  it('continues after a value without the list, and after elements of which none fits', () => {
    const schema = '{"type":"object","properties":{}}';
    expect(resultsOf([`${schema}\n{"a":["b"]}`, stop], t.string, ['a'])).toEqual([right('b')]);
    const footnote = left(mismatchOf(t.string, '1', '0'));
    expect(resultsOf(['[1] A source.\n["b"]', stop], t.string)).toEqual([footnote, right('b')]);
    expect(resultsOf(['[1] A source.\n["b', stop], t.string)).toEqual([
      footnote,
      left(new BadJson('[1] A source.\n["b')),
    ]);
    expect(resultsOf(['[1] and [] or {', stop], t.string)).toEqual([footnote]);
  });

  it('reads the choice that is named', () => {
    const both = ['["a","b"]', '["c"]'].map((content, index) => ({
      choices: [{ index, delta: { content } }],
    }));
    expect(resultsOf([...both, stop], t.string, [], { choice: 1 })).toEqual([right('c')]);
  });

  it('parses the complete text with `bare`', () => {
    expect(resultsOf(['["a"]', stop], t.string, [], { extract: 'bare' })).toEqual([right('a')]);
    const fenced = '```\n["a"]\n```';
    expect(resultsOf([fenced, stop], t.string, [], { extract: 'bare' })).toEqual([left(new BadJson(fenced))]);
    const results = resultsOf(['Here:\n["a"]', stop], t.string, [], { extract: 'bare' });
    expect(results.map((result) => (isLeft(result) ? result.left : undefined))).toEqual([
      expect.any(BadJson),
    ]);
  });

  it('passes on what a codec throws', () => {
    const failure = new Error('a bug');
    const Broken = t.refinement(t.string, () => {
      throw failure;
    });
    const seen: unknown[] = [];
    of(text('["x"]'))
      .pipe(elements(Broken))
      .subscribe({ error: (error: unknown) => seen.push(error) });
    expect(seen).toEqual([failure]);
  });
});
