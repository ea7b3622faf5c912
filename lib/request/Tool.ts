import type { JsonSchema } from './JsonSchema';

/** A function that the model may call. */
export interface FunctionDefinition {
  /** Name of the function: letters, digits, `_` and `-`, at most 64 characters. */
  readonly name: string;
  /** Purpose of the tool and when to call it, for the model. */
  readonly description?: string;
  /** Schema of the arguments, an object; no arguments if left out. */
  readonly parameters?: JsonSchema;
  /**
   * Whether OpenAI enforces `parameters`, which must then be in its subset of JSON Schema; default `false`. Ollama ignores
   * it.
   */
  readonly strict?: boolean | null;
}

/** A tool with JSON arguments. The only kind that servers other than OpenAI's support. */
export interface FunctionTool {
  readonly type: 'function';
  readonly function: FunctionDefinition;
}

/** Input format of a {@link CustomTool}: any text, or text of a grammar. */
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

/** A tool with text input, such as a query, a patch or a program. OpenAI, `gpt-5` and later. */
export interface CustomTool {
  readonly type: 'custom';
  readonly custom: {
    /** Name of the tool. */
    readonly name: string;
    /** Purpose of the tool and when to call it, for the model. */
    readonly description?: string;
    /** Default: any text. */
    readonly format?: CustomToolFormat;
  };
}

/**
 * A tool that the model may call.
 *
 * Tools that the server itself runs, such as a web search, differ from server to server: send them as
 * `extra: { tools: [...] }`, which overrides the field.
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

/** A function by its name; as a {@link ToolChoice}, the model must call it. */
export interface NamedFunction {
  readonly type: 'function';
  readonly function: { readonly name: string };
}

/** A custom tool by its name; as a {@link ToolChoice}, the model must call it. OpenAI only. */
export interface NamedCustomTool {
  readonly type: 'custom';
  readonly custom: { readonly name: string };
}

/**
 * A subset of the tools, for one request.
 *
 * `tools` can then stay the same in every turn, which keeps the prompt cache valid. OpenAI only.
 */
export interface AllowedTools {
  readonly type: 'allowed_tools';
  readonly allowed_tools: {
    /** Whether the model may or must call one of them. */
    readonly mode: 'auto' | 'required';
    readonly tools: readonly (NamedFunction | NamedCustomTool)[];
  };
}

/**
 * Whether the model calls tools, and which.
 *
 * `'none'`, the default without tools: no call. `'auto'`, the default with tools: the model decides. `'required'`: at least
 * one call. The objects select one tool or several. Ollama ignores all of it; vLLM supports the three strings and
 * {@link NamedFunction}. A call forced by name ends with the finish reason `stop` at OpenAI, so read the calls and not the
 * reason.
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
