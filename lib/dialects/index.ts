/**
 * Other APIs of servers, behind the same chunks.
 *
 * @module rxjs-chat-completions/dialects
 */

export { ollamaApi } from './ollama/ollamaApi';
export { type OllamaModel, type OllamaModelDetails } from './ollama/OllamaModel';
export { installedModels$, loadedModels$ } from './ollama/ollamaModels';
export { ollamaNative } from './ollama/ollamaNative';
export { type OllamaNativeExtras } from './ollama/OllamaNativeExtras';
export { pull$, type PullProgress } from './ollama/pull';
