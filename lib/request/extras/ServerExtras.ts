import type { DeepSeekExtras } from './DeepSeekExtras';
import type { GroqExtras } from './GroqExtras';
import type { LlamaCppExtras } from './LlamaCppExtras';
import type { MistralExtras } from './MistralExtras';
import type { OllamaExtras } from './OllamaExtras';
import type { OpenRouterExtras } from './OpenRouterExtras';
import type { VllmExtras } from './VllmExtras';

/**
 * Request fields that OpenAI does not have, of any server.
 *
 * Each entry becomes a field at the top level of the JSON body, unchanged. Known names are checked and documented; any other
 * name accepts any value, because servers add fields faster than a library is released. A name that several servers share has
 * one type here. `satisfies VllmExtras` limits a value to one server; a `Record<string, unknown>` is not checked.
 *
 * An entry overrides a field of the same name, and so can send a value that the type of the field rejects. `stream` and
 * `stream_options` are not allowed here, because the call sets them.
 *
 * @example
 * ```ts
 * import type { LlamaCppExtras, ServerExtras, VllmExtras } from 'rxjs-chat-completions/request';
 *
 * const vllm = { structured_outputs: { choice: ['yes', 'no'] }, min_p: 0.1 } satisfies VllmExtras;
 * const llamaCpp = { grammar: 'root ::= "yes" | "no"', cache_prompt: true } satisfies LlamaCppExtras;
 * const another: ServerExtras = { top_k: 20, field_of_tomorrow: true };
 * ```
 */
export type ServerExtras = OllamaExtras &
  LlamaCppExtras &
  VllmExtras &
  OpenRouterExtras &
  DeepSeekExtras &
  GroqExtras &
  MistralExtras & {
    /** Set by the call: `chatCompletion$` streams, `completion$` does not. */
    readonly stream?: never;
    /** Set by the field of the request. */
    readonly stream_options?: never;
    readonly [field: string]: unknown;
  };
