/**
 * Known servers as plain data: address, key, and the request fields that each reads, rejects or renames.
 *
 * @module rxjs-chat-completions/servers
 */

export { apiKeyFrom } from './apiKeyFrom';
export { azure, type AzureOptions } from './azure';
export { cerebras } from './cerebras';
export { deepSeek } from './deepSeek';
export { groq } from './groq';
export { llamaCpp } from './llamaCpp';
export { lmStudio } from './lmStudio';
export { mistral } from './mistral';
export { ollama } from './ollama';
export { openai } from './openai';
export { openRouter } from './openRouter';
export type { Profile } from './Profile';
export type { ServerConfig } from './ServerConfig';
export { together } from './together';
export { vllm } from './vllm';
export { xai } from './xai';
export { zai } from './zai';
