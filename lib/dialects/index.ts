/**
 * Other protocols behind the same requests, chunks and errors: Ollama's own API and OpenAI's Responses API.
 *
 * @module rxjs-chat-completions/dialects
 */

export { ollamaNative } from './ollama/ollamaNative';
export { ollamaNativeProfile } from './ollama/ollamaNativeProfile';
export type { OllamaNativeExtras, OllamaOptions } from './ollama/OllamaNativeExtras';
export { loadedOllamaModels$, ollamaModels$ } from './ollama/ollamaModels';
export type { OllamaModel, OllamaModelDetails } from './ollama/OllamaModel';
export { pull$ } from './ollama/pull';
export type { PullProgress, PullStatus } from './ollama/PullProgress';
export { openaiResponses } from './responses/openaiResponses';
export { responses } from './responses/responses';
export type { Profile } from '../servers/Profile';
export type { ServerConfig } from '../servers/ServerConfig';
