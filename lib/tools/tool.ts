import type * as t from 'io-ts';

import type { ImagePart, TextPart } from '../request/ContentPart';
import type { JsonSchema } from '../request/JsonSchema';
import type { Message } from '../request/Message';
import type { ValueOrStream } from '../rx/valuesOf';
import type { PartialOutput } from '../schema/PartialOutput';
import { codecConversion, type InputConversion } from './InputConversion';

/** The context of one call of a tool. */
export interface ToolContext {
  /** Id that links the result to the call. */
  readonly id: string;
  /** Number of the turn that contains the call, from 1; 0 for a call of the history without a reply. */
  readonly step: number;
  /** The conversation before the message with the call. */
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
  /** Name of the tool for the model: letters, digits, `_` and `-`, at most 64. */
  readonly name: N;
  /** Description of the tool for the model: its effect, and when to call it. */
  readonly description?: string;
  /** Codec of the arguments, an object. They are decoded before {@link ToolOf.run} is called. */
  readonly input: t.Type<A, E>;
  /** JSON Schema of the arguments, also for the `input` `t.UnknownRecord`, which takes any object. Default `jsonSchemaOf(input)`. */
  readonly parameters?: JsonSchema;
  /** Whether the server enforces the schema of the arguments. Default: whether `input` has a schema in strict mode. */
  readonly strict?: boolean;
  /**
   * Runs the tool. Returns the result, or a promise, an Observable, an async iterable or a generator.
   *
   * Of a stream of values, the last is the result and each is progress; without a value the result is `''`. Unsubscribing from the
   * run unsubscribes from the stream.
   */
  readonly run: (input: A, context: ToolContext) => ValueOrStream<O>;
  /** Whether a call needs approval (`approve`) before it runs. Default `false`. */
  readonly needsApproval?: boolean | ((input: A) => boolean);
  /** Converts the result for the model. Default: a string unchanged, any other value as JSON. */
  readonly toModel?: (output: O) => string | readonly (TextPart | ImagePart)[];
  /** Conversion between `input` and JSON. Set by {@link tool}, so that only a bundle with codecs has it. */
  readonly conversion?: InputConversion;
}

/** A tool of any input and output. */
export interface AnyTool extends Omit<
  ToolOf<string, never, never>,
  'input' | 'run' | 'needsApproval' | 'toModel'
> {
  /** Codec of the arguments, an object. */
  readonly input: t.Mixed;
  /** Runs a call; see {@link ToolOf.run}. */
  readonly run: (input: never, context: ToolContext) => unknown;
  /** Whether a call waits for approval. */
  readonly needsApproval?: boolean | ((input: never) => boolean);
  /** Converts the output for the model. */
  readonly toModel?: (output: never) => string | readonly (TextPart | ImagePart)[];
}

/** The decoded arguments of a tool. */
export type InputOf<T extends AnyTool> = Known<t.TypeOf<T['input']>>;

/** The result of a tool. */
export type OutputOf<T extends AnyTool> = Known<ValueIn<ReturnType<T['run']>>>;

/** The arguments of a tool while the model writes them. */
export type PartialInputOf<T extends AnyTool> = Known<PartialOutput<t.OutputOf<T['input']>>>;

type ValueIn<R> = R extends ValueOrStream<infer O> ? O : never;

/** `unknown` for `any`, which is the input of an unknown tool. */
type Known<A> = 0 extends 1 & A ? unknown : A;

/**
 * Defines a tool that a model may call.
 *
 * TypeScript infers the types of `run`, `needsApproval` and `toModel` from `input`. The schema of `input` is built when a run begins,
 * and a codec without one is an error of the run.
 *
 * @param definition - Name, description, codec of the input, and the function that runs it. May be an instance of a class.
 * @returns A copy of the definition, which can be copied with changes: `{ ...weather, needsApproval: true }`.
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
 * @example Progress, and approval by the user
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
export const tool = <N extends string, A, O, E>(
  // `input` once more, so that a misnamed field is an error at that field, and not at `input`.
  definition: ToolOf<N, A, O, E> & { readonly input: t.Type<A, E> },
): ToolOf<N, A, O, E> => {
  const copy: Record<string, unknown> = { ...definition, conversion: codecConversion };
  // A copy lacks the fields of a class, and its methods need their object.
  for (const name of FIELDS) {
    const field: unknown = Reflect.get(definition, name);
    if (field !== undefined) copy[name] ??= typeof field === 'function' ? field.bind(definition) : field;
  }
  return copy as object as ToolOf<N, A, O, E>;
};

const FIELDS = ['name', 'description', 'input', 'parameters', 'strict', 'run', 'needsApproval', 'toModel'];
