import { isRight, left, type Either } from 'fp-ts/Either';
import type * as t from 'io-ts';
import { concat, defer, type OperatorFunction } from 'rxjs';

import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import { isRestart } from '../../codec/mark';
import { parseJson } from '../../codec/parseJson';
import type { Decoded } from '../../decode/decode';
import { issueOf } from '../../decode/issues';
import { BadJson, RequestError, SchemaMismatch, type OutputError } from '../../errors';
import type { ChoiceOptions } from '../../fold/choices';
import { contentOf } from '../../fold/content';
import { JsonInText } from '../../json/JsonInText';
import { concatMapDelayError } from '../../rx/concatMapDelayError';
import { decodeValue } from '../../schema/decodeValue';
import type { Extract } from '../../schema/OutputReader';
import { requireCodec } from '../../schema/requireCodec';
import type { FoldOptions } from '../accumulate/FoldOptions';
import { unwrap } from '../either/unwrap';
import { addEnding, notEnded, outcomeOf } from './ending';
import { ListReader } from './ListReader';
import { rootAbove, type Place } from './Place';

/** Options for {@link elements}. */
export interface ElementsOptions extends FoldOptions {
  /**
   * Location of the JSON, as in {@link structured}. Default `'lenient'`: a list of which no element fits is followed by the elements
   * of a later one. JSON inside a JSON string is not read, because its elements are not known before the string closes.
   */
  readonly extract?: Extract;
}

/**
 * Emits each element of a JSON list as soon as it is complete.
 *
 * Use it to render a list item by item. An element that does not fit is a `Left` in its place, and later elements are still
 * emitted. Elements are not kept, so a list may be of any length.
 *
 * If the list does not close, the last value is a `Left` with the reason: `CutOffError`, `RefusalError`,
 * {@link BadJson}, or {@link SchemaMismatch} without a list. After a restart by `retryChat`, elements are emitted again from the
 * first.
 *
 * ```text
 * source:         --[-a--b---c|    [ = '{"recipes":[', a = '{"name":"Soup"},', b = '{"name":5},', c = ']}' with a finish reason
 * elements(Card): ----x--y----|    x = Right { name: 'Soup' }, y = Left SchemaMismatch
 * ```
 *
 * @param codec - The codec of an element.
 * @param path - The names of the fields that lead to the list. Default none: the list is the root, or the `value` of the object
 * that {@link responseFormatOf} requests.
 * @param options - The choice to follow, the policy for chunks that do not decode, and the location of the JSON.
 * @returns An operator that completes with the source and passes on its errors. With the default policy, errors with
 * `ChunkFailed` at a chunk that does not decode.
 * @throws RequestError if the codec is something else, or the path is not a list.
 *
 * @example
 * ```ts
 * import { match } from 'fp-ts/Either';
 * import * as t from 'io-ts';
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { elements, responseFormatOf } from 'rxjs-chat-completions/structured';
 * import { scriptedTransport } from 'rxjs-chat-completions/testing';
 *
 * const Recipe = t.type({ name: t.string, minutes: t.Int }, 'Recipe');
 * const transport = scriptedTransport('{"recipes":[{"name":"Soup","minutes":20}]}'); // yours is a server
 *
 * chatCompletion$(
 *   { transport },
 *   {
 *     model: 'llama3.2',
 *     messages: [{ role: 'user', content: 'Three recipes for a rainy day.' }],
 *     response_format: responseFormatOf(t.type({ recipes: t.array(Recipe) }, 'Recipes')),
 *   },
 * )
 *   .pipe(elements(Recipe, ['recipes']))
 *   .subscribe(
 *     match(
 *       (error) => console.warn(error.message),
 *       ({ name, minutes }) => console.assert(name === 'Soup' && minutes === 20),
 *     ),
 *   );
 * ```
 */
export function elements<A, O>(
  codec: t.Type<A, O>,
  path: readonly string[] = [],
  { choice, onChunkError = 'fail', extract = 'lenient' }: ElementsOptions = {},
): OperatorFunction<Decoded<ChatCompletionChunk>, Either<OutputError, A>> {
  requireCodec(codec);
  if (!Array.isArray(path)) throw new RequestError("path must be a list of names, such as ['recipes']");
  const root = rootAbove(path);
  const decode = decodeValue(codec);

  const begin = (): ElementsReader<A> =>
    new ElementsReader(root, extract, (value, place) => decode(value, undefined, place));

  return (decoded$) =>
    defer(() => {
      let reading = begin();
      const element$ = decoded$.pipe(
        unwrap(onChunkError),
        concatMapDelayError((chunk: ChatCompletionChunk) => {
          if (isRestart(chunk)) reading = begin();
          return reading.add(chunk, { choice });
        }),
      );
      return concat(
        element$,
        defer(() => reading.end(path)),
      );
    });
}

type Element<A> = Either<OutputError, A>;

/** Reads the elements of one answer. */
class ElementsReader<A> {
  readonly #json: JsonInText<ListReader>;
  #closed: Array<Element<A>> = [];
  #ending = notEnded;

  constructor(
    root: Place,
    extract: Extract,
    decode: (value: unknown, place: string) => Either<SchemaMismatch, A>,
  ) {
    this.#json = new JsonInText({
      begin: () =>
        new ListReader(root, (value, place) => {
          const element = decode(value, place);
          this.#closed.push(element);
          return isRight(element);
        }),
      extract,
      openings: root.opens('array') ? '{[' : '{',
      fits: ({ fits }) => fits,
    });
  }

  /** Reads a chunk. Returns the elements that have closed. */
  add(chunk: ChatCompletionChunk, options: ChoiceOptions): ReadonlyArray<Element<A>> {
    this.#ending = addEnding(this.#ending, chunk, options);
    this.#json.push(contentOf(chunk, options));
    const closed = this.#closed;
    this.#closed = [];
    return closed;
  }

  /** Returns the elements of a list that is found at the end, or the reason why the list has not closed. */
  end(path: readonly string[]): ReadonlyArray<Element<A>> {
    const json = this.#json;
    const outcome = outcomeOf(this.#ending, json, () => {
      json.end();
      const { text, error, reader } = json;
      const value = parseJson(json.json);
      if (value === undefined) return left(new BadJson(text, { cause: error }));
      const got = reader === undefined && path.length === 0 ? value : reader?.misfit;
      return left(new SchemaMismatch([issueOf(path.join('/'), ['array'], got)], text, []));
    });
    return json.reader?.hasList ? this.#closed : [...this.#closed, outcome];
  }
}
