// The build of this library, as Node reads it.
export * from '../../dist/bundled/index.js';
export { ChatCompletionChunk } from '../../dist/bundled/codec/index.js';
