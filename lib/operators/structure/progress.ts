import { isRight, left, type Either } from 'fp-ts/Either';

import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import { isRestart } from '../../codec/mark';
import { SchemaMismatch, type OutputError } from '../../errors';
import type { ChoiceOptions } from '../../fold/choices';
import { contentOf } from '../../fold/content';
import { NO_ISSUES } from '../../schema/CheckedReader';
import { OutputReader, type OutputFormat } from '../../schema/OutputReader';
import type { PartialOutput } from '../../schema/PartialOutput';
import { addEnding, notEnded, outcomeOf, type OutputEnding } from './ending';

/**
 * A typed value while a model writes it, and its result.
 *
 * @typeParam A - The value of the codec.
 * @typeParam O - The value as JSON: the encoded side of the codec. The same unless the codec transforms values.
 *
 * @example
 * ```ts
 * import { right } from 'fp-ts/Either';
 * import type { Structured } from 'rxjs-chat-completions/structured';
 *
 * interface Person {
 *   readonly name: string;
 *   readonly born: number;
 * }
 * const ada: Person = { name: 'Ada', born: 1815 };
 * const writing: Structured<Person> = { partial: { name: 'Ad' }, issues: [], result: null };
 * const done: Structured<Person> = { partial: ada, issues: [], result: right(ada) };
 * ```
 */
export interface Structured<A, O = A> {
  /** The value so far, without the parts that do not fit; `undefined` until it begins. It stays whatever the result is. */
  readonly partial: PartialOutput<O> | undefined;
  /** The parts that do not fit, a line each, at most five. */
  readonly issues: readonly string[];
  /** The decoded value, or the error; `null` while the model writes. */
  readonly result: Either<OutputError, A> | null;
}

/** The state, and the data that the fold needs beside it. Only the reader is mutated. */
export interface Progress<A, O> {
  readonly state: Structured<A, O>;
  readonly reader: OutputReader<A, O>;
  readonly ending: OutputEnding;
}

/** The state before the first chunk. One for all answers, so that a restart before any output changes nothing. */
const nothingRead = { partial: undefined, issues: NO_ISSUES, result: null };

/** Returns the progress before the first chunk. */
export const begin = <A, O>(format: OutputFormat<A>): Progress<A, O> => ({
  state: nothingRead,
  reader: new OutputReader(format),
  ending: notEnded,
});

/** Adds a chunk to the progress. Keeps the state object if there is nothing new to show. */
export function addChunk<A, O>(
  progress: Progress<A, O>,
  chunk: ChatCompletionChunk,
  format: OutputFormat<A>,
  options: ChoiceOptions,
): Progress<A, O> {
  if (isRestart(chunk)) return begin(format);
  const { state, reader, ending } = progress;
  const isComplete = reader.done;
  reader.push(contentOf(chunk, options));
  return {
    state: !isComplete && reader.affordable ? shown(progress) : state,
    reader,
    ending: addEnding(ending, chunk, options),
  };
}

/** Returns the state with everything read so far; the same object if it is up to date. */
export function shown<A, O>({ state, reader }: Progress<A, O>): Structured<A, O> {
  const { partial, issues } = reader;
  return partial === state.partial && issues.length === state.issues.length
    ? state
    : { ...state, partial, issues };
}

/** Returns the state with an error as its result if there are issues. */
export function failedEarly<A, O>({ state, reader }: Progress<A, O>): Structured<A, O> {
  return state.issues.length === 0
    ? state
    : { ...state, result: left(new SchemaMismatch(state.issues, reader.text, [])) };
}

/**
 * Returns the state when the stream has completed.
 *
 * @param result - The result of a repaired text; by default that of the answer.
 */
export function ended<A, O>(
  { reader, ending }: Progress<A, O>,
  result: Either<OutputError, A> = outcomeOf(ending, reader, () => reader.decode()),
): Structured<A, O> {
  const { partial, issues } = reader;
  if (isRight(result)) return { partial, issues: NO_ISSUES, result };
  const { left: error } = result;
  return { partial, issues: error._tag === 'SchemaMismatch' ? error.issues : issues, result };
}
