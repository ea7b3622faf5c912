// The build of this library, as it is published.
export * from '../../dist/index.js';
export { ChatCompletionChunk } from '../../dist/codec/index.js';
