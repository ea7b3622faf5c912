import type * as t from 'io-ts';
import type { ObservableInput, ObservedValueOf } from 'rxjs';

import type { ImagePart, TextPart } from '../request/ContentPart';
import type { JsonSchema } from '../request/JsonSchema';
import type { Message } from '../request/Message';
import type { PartialOutput } from '../schema/PartialOutput';

/** The circumstances of one call of a tool. */
export interface ToolContext {
  /** The id that ties the result to the call. */
  readonly id: string;
  /** The turn of the model that called, from 1; 0 for a call that was waiting in the history. */
  readonly step: number;
  /** The conversation up to the message that called. */
  readonly messages: readonly Message[];
  /** Aborted when the run is unsubscribed from while the tool runs: for `fetch` and other promises. */
  readonly signal: AbortSignal;
}

/**
 * A tool that a model may call, with its name, input and output in its type.
 *
 * @typeParam A - The decoded input.
 * @typeParam O - The values of `run`.
 * @typeParam E - The input as the model writes it.
 */
export interface ToolOf<N extends string, A, O, E = A> {
  /** The name the model calls it by: letters, digits, `_` and `-`, at most 64. */
  readonly name: N;
  /** Tells the model what the tool does and when to call it. */
  readonly description?: string;
  /** The arguments, an object. What the model writes is decoded with it before {@link ToolOf.run} is called. */
  readonly input: t.Type<A, E>;
  /** The JSON Schema of the arguments, in place of the one that `jsonSchemaOf(input)` makes. */
  readonly parameters?: JsonSchema;
  /** Whether the server holds the arguments to the schema. Default: whether the schema of `input` keeps to strict mode. */
  readonly strict?: boolean;
  /**
   * Runs the tool. The last value is the result and each value is progress; without a value the result is `''`.
   *
   * Unsubscribing from the run unsubscribes from it. A string counts as one value.
   */
  readonly run: (input: A, context: ToolContext) => ObservableInput<O>;
  /** Whether `approve` has to allow a call before it runs; `false` by default. */
  readonly needsApproval?: boolean | ((input: A) => boolean);
  /** The result as the model is told it. Default: a string as it is, anything else as JSON. */
  readonly toModel?: (output: O) => string | readonly (TextPart | ImagePart)[];
}

/** A tool of any input and output. */
export interface AnyTool {
  readonly name: string;
  readonly description?: string;
  readonly input: t.Mixed;
  readonly parameters?: JsonSchema;
  readonly strict?: boolean;
  readonly run: (input: never, context: ToolContext) => ObservableInput<unknown>;
  readonly needsApproval?: boolean | ((input: never) => boolean);
  readonly toModel?: (output: never) => string | readonly (TextPart | ImagePart)[];
}

/** The decoded arguments of a tool. */
export type InputOf<T extends AnyTool> = Known<t.TypeOf<T['input']>>;

/** The result of a tool. */
export type OutputOf<T extends AnyTool> = Known<ObservedValueOf<ReturnType<T['run']>>>;

/** The arguments of a tool as far as they are written. */
export type PartialInputOf<T extends AnyTool> = Known<PartialOutput<t.OutputOf<T['input']>>>;

/** Of a tool that is not known the input is `any`. */
type Known<A> = 0 extends 1 & A ? unknown : A;

/**
 * Defines a tool that a model may call.
 *
 * Returns the definition as it is: the call lets TypeScript infer the types of `run`, `needsApproval` and `toModel` from
 * `input`.
 *
 * @param definition - Name, description, codec of the input, and the function that runs it.
 *
 * @example
 * ```ts
 * import * as t from 'io-ts';
 * import { tool } from 'rxjs-chat-completions/tools';
 *
 * const weather = tool({
 *   name: 'weather',
 *   description: 'The temperature in a city, now.',
 *   input: t.type({ city: t.string }),
 *   run: ({ city }, { signal }) => fetch(`https://weather.example/${city}`, { signal }).then((response) => response.text()),
 * });
 * ```
 *
 * @example Progress, and a user who has to allow it
 * ```ts
 * import { interval, map, take } from 'rxjs';
 * import * as t from 'io-ts';
 * import { tool } from 'rxjs-chat-completions/tools';
 *
 * const index = tool({
 *   name: 'index',
 *   description: 'Builds the search index again. Takes ten seconds.',
 *   input: t.type({}),
 *   needsApproval: true,
 *   run: () => interval(1_000).pipe(take(10), map((n) => `${(n + 1) * 10} %`)),
 * });
 * ```
 */
export const tool = <N extends string, A, O, E>(definition: ToolOf<N, A, O, E>): ToolOf<N, A, O, E> =>
  definition;
