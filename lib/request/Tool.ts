import type { JsonSchema } from './JsonSchema';

/** A function that the model may ask the app to call. */
export interface FunctionDefinition {
  /** What the model calls it: letters, digits, `_` and `-`, at most 64 of them. */
  readonly name: string;
  /** Tells the model what it does and when to call it. */
  readonly description?: string;
  /** The arguments, as a schema of an object; none when left out. */
  readonly parameters?: JsonSchema;
  /**
   * Makes OpenAI hold the arguments to `parameters`, which then has to keep to its subset of JSON Schema;
   * `false` by default. Ollama ignores it.
   */
  readonly strict?: boolean | null;
}

/** A tool that takes JSON arguments. The only kind that servers other than OpenAI's know. */
export interface FunctionTool {
  readonly type: 'function';
  readonly function: FunctionDefinition;
}

/** What a {@link CustomTool} takes: any text, or text of a grammar. */
export type CustomToolFormat =
  | { readonly type: 'text' }
  | {
      readonly type: 'grammar';
      readonly grammar: {
        /** A grammar of the Lark parser, or a regular expression. */
        readonly syntax: 'lark' | 'regex';
        readonly definition: string;
      };
    };

/** A tool that takes text and not JSON: a query, a patch, a program. OpenAI, `gpt-5` and later. */
export interface CustomTool {
  readonly type: 'custom';
  readonly custom: {
    /** What the model calls it. */
    readonly name: string;
    /** Tells the model what it does and when to call it. */
    readonly description?: string;
    /** Any text when left out. */
    readonly format?: CustomToolFormat;
  };
}

/**
 * A tool the model may use.
 *
 * The tools that a server runs by itself, such as a web search, are each spelled in a way of their own: send
 * them as `extra: { tools: [...] }`, which takes the place of the field.
 *
 * @example
 * ```ts
 * import type { Tool } from 'rxjs-chat-completions';
 *
 * const weather: Tool = {
 *   type: 'function',
 *   function: {
 *     name: 'weather',
 *     description: 'The temperature in a city, now.',
 *     parameters: {
 *       type: 'object',
 *       properties: { city: { type: 'string' } },
 *       required: ['city'],
 *       additionalProperties: false,
 *     },
 *     strict: true,
 *   },
 * };
 * ```
 */
export type Tool = FunctionTool | CustomTool;

/** Points to a function by its name; as a {@link ToolChoice}, makes the model call it. */
export interface NamedFunction {
  readonly type: 'function';
  readonly function: { readonly name: string };
}

/** Points to a custom tool by its name; as a {@link ToolChoice}, makes the model call it. OpenAI only. */
export interface NamedCustomTool {
  readonly type: 'custom';
  readonly custom: { readonly name: string };
}

/**
 * Narrows the tools down for one request.
 *
 * The list in `tools` can then stay the same from turn to turn, which keeps the prompt cache warm. OpenAI
 * only.
 */
export interface AllowedTools {
  readonly type: 'allowed_tools';
  readonly allowed_tools: {
    /** Whether the model may call one of them or must. */
    readonly mode: 'auto' | 'required';
    readonly tools: readonly (NamedFunction | NamedCustomTool)[];
  };
}

/**
 * Whether the model calls tools, and which.
 *
 * `'none'`, the default without tools: it does not. `'auto'`, the default with tools: as it sees fit.
 * `'required'`: one or more. The objects name one tool, or some. Ollama ignores all of it; vLLM knows the
 * three words and {@link NamedFunction}. A call forced by name ends with the finish reason `stop` at OpenAI,
 * so look at the calls and not at the reason.
 *
 * @example
 * ```ts
 * import type { ToolChoice } from 'rxjs-chat-completions';
 *
 * const forced: ToolChoice = { type: 'function', function: { name: 'weather' } };
 * const some: ToolChoice = {
 *   type: 'allowed_tools',
 *   allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'weather' } }] },
 * };
 * ```
 */
export type ToolChoice = 'none' | 'auto' | 'required' | NamedFunction | NamedCustomTool | AllowedTools;
