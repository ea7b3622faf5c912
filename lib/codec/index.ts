/**
 * The values that servers send, an interface and an io-ts codec each, and the decoding of a payload.
 *
 * @module rxjs-chat-completions/codec
 */

export * from './ChatCompletionChunk';
export * from './ChunkChoice';
export * from './Delta';
export * from './ContentPart';
export * from './ToolCallDelta';
export * from './FunctionCall';
export * from './AnswerAudio';
export * from './Annotation';
export * from './ReasoningDetail';
export * from './Logprobs';
export * from './Usage';
export * from './ChatCompletion';
export * from './CompletionMessage';
export type { MessageFields } from './MessageFields';
export * from './ToolCall';
export * from './Model';
export * from './Embeddings';
export { markOf, markedChunk, type Mark } from './mark';
export { rawOf } from './raw';
export { chunkFromJSON, chunkToJSON, type ChunkJSON } from '../decode/chunkJson';
export { decodeChunk, decodeWith, type Codec, type Decoded } from '../decode/decode';
