import { isRight, left, type Either } from 'fp-ts/Either';

import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import { markOf } from '../../codec/mark';
import { SchemaMismatch, type OutputError } from '../../errors';
import type { ChoiceOptions } from '../../fold/choices';
import { contentOf } from '../../fold/content';
import { OutputReader, type OutputFormat } from '../../schema/OutputReader';
import type { PartialOutput } from '../../schema/PartialOutput';
import { addEnding, notEnded, outcomeOf, type OutputEnding } from './ending';

/**
 * A typed value while a model writes it, and what has become of it in the end.
 *
 * @typeParam A - The value of the codec.
 * @typeParam O - The value as JSON: the encoded side of the codec. The same unless the codec changes values.
 *
 * @example
 * ```ts
 * import { right } from 'fp-ts/Either';
 * import type { Structured } from 'rxjs-chat-completions';
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
  /** The value as far as it is written, without what does not fit; `undefined` until it begins. Kept at the end, whatever that is. */
  readonly partial: PartialOutput<O> | undefined;
  /** What has been written and does not fit, a line each, five at most. */
  readonly issues: readonly string[];
  /** The value, or why there is none; `null` while it is written. */
  readonly result: Either<OutputError, A> | null;
}

/** The state together with what reading on needs. The reader is the one part that changes in place. */
export interface Progress<A, O> {
  readonly state: Structured<A, O>;
  readonly reader: OutputReader<A, O>;
  readonly ending: OutputEnding;
}

const NO_ISSUES: readonly string[] = [];

/** Begins an answer. */
export const begin = <A, O>(format: OutputFormat<A>): Progress<A, O> => ({
  state: { partial: undefined, issues: NO_ISSUES, result: null },
  reader: new OutputReader(format),
  ending: notEnded,
});

/** Begins anew at a restart. Shows the state of an empty answer, unless nothing was shown before. */
function restart<A, O>({ state }: Progress<A, O>, format: OutputFormat<A>): Progress<A, O> {
  const progress = begin<A, O>(format);
  const isSame = state.partial === undefined && state.issues.length === 0;
  return isSame ? { ...progress, state } : progress;
}

/** The progress after one more chunk; with the same state if it shows nothing new. */
export function addChunk<A, O>(
  progress: Progress<A, O>,
  chunk: ChatCompletionChunk,
  format: OutputFormat<A>,
  options: ChoiceOptions,
): Progress<A, O> {
  if (markOf(chunk)?.kind === 'restarted') return restart(progress, format);
  const { state, reader, ending } = progress;
  reader.push(contentOf(chunk, options));
  return {
    state: reader.affordable ? shown(progress) : state,
    reader,
    ending: addEnding(ending, chunk, options),
  };
}

/** The state with all that has been read; the same if it shows that already. */
export function shown<A, O>({ state, reader }: Progress<A, O>): Structured<A, O> {
  const { partial, issues } = reader;
  return partial === state.partial && issues.length === state.issues.length
    ? state
    : { ...state, partial, issues };
}

/** The state with a result if there are issues already. */
export function failedEarly<A, O>({ state, reader }: Progress<A, O>): Structured<A, O> {
  return state.issues.length === 0
    ? state
    : { ...state, result: left(new SchemaMismatch(state.issues, reader.text, [])) };
}

/** The state when the stream has completed. */
export function ended<A, O>(
  { reader, ending }: Progress<A, O>,
  repair?: (text: string) => string,
): Structured<A, O> {
  const result = outcomeOf(ending, reader, () => reader.decode(repair));
  const { partial, issues } = reader;
  if (isRight(result)) return { partial, issues: NO_ISSUES, result };
  const { left: error } = result;
  return { partial, issues: error._tag === 'SchemaMismatch' ? error.issues : issues, result };
}
