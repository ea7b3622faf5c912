/**
 * Every type that a request is made of. The main entry point has those that an app names most.
 *
 * @module rxjs-chat-completions/request
 */

export type * from './AudioOutput';
export type * from './ChatRequest';
export type * from './ContentPart';
export type * from './EmbeddingsRequest';
export type * from './extras';
export type * from './JsonSchema';
export type * from './Message';
export type * from './Moderation';
export type * from './Prediction';
export type * from './PromptCacheOptions';
export type * from './ResponseFormat';
export type * from './StreamOptions';
export type * from './Tool';
export type * from './WebSearchOptions';
