/**
 * All types of a request. The main entry point has the most common ones.
 *
 * @module rxjs-chat-completions/request
 */

export type * from './AudioOutput';
export type * from './ChatRequest';
export type * from './ContentPart';
export type * from './EmbeddingsRequest';
export type * from './extras/DeepSeekExtras';
export type * from './extras/GroqExtras';
export type * from './extras/LlamaCppExtras';
export type * from './extras/MistralExtras';
export type * from './extras/OllamaExtras';
export type * from './extras/OpenRouterExtras';
export type * from './extras/ServerExtras';
export type * from './extras/VllmExtras';
export type * from './JsonSchema';
export type * from './Message';
export type * from './Moderation';
export type * from './Prediction';
export type * from './PromptCacheOptions';
export type * from './ResponseFormat';
export type * from './StreamOptions';
export type * from './Tool';
export type * from './WebSearchOptions';
