/**
 * The calls, and the operators that make of their chunks what an app asks for.
 *
 * In the order in which an answer passes through: what is asked, the HTTP answer, typed values, folds, operators, state.
 *
 * @module rxjs-chat-completions
 */

// The calls
export { chatCompletion$ } from './chatCompletion';
export { completion$ } from './completion';
export { models$ } from './models';
export { embeddings$ } from './embeddings';
export type { ChatConfig, ChatObserver, ChatTimeouts } from './config';

// Errors
export * from './errors';

// What is asked
export type * from './request/AudioOutput';
export type * from './request/ChatRequest';
export type * from './request/ContentPart';
export type * from './request/EmbeddingsRequest';
export type * from './request/extras';
export type * from './request/JsonSchema';
export type * from './request/Message';
export type * from './request/Moderation';
export type * from './request/Prediction';
export type * from './request/PromptCacheOptions';
export type * from './request/ResponseFormat';
export type * from './request/StreamOptions';
export type * from './request/Tool';
export type * from './request/WebSearchOptions';
export { ollama, type Profile } from './request/profiles';

// The HTTP answer
export type { Bytes, Head, Transport, TransportRequest } from './body/transport';
export { fetchTransport, type FetchTransportOptions } from './body/fetchTransport';
export type { Limits } from './body/limits';
export { ReadGate } from './body/ReadGate';
export { retryAfterMs } from './body/retryAfter';
export { toText } from './body/toText';
export type { ServerSentEvent } from './body/events';
export { toServerSentEvents, type ServerSentEventsOptions } from './body/toServerSentEvents';

// Typed values, each an interface and its codec
export * from './codec/ChatCompletionChunk';
export * from './codec/ChunkChoice';
export * from './codec/Delta';
export * from './codec/ContentPart';
export * from './codec/ToolCallDelta';
export * from './codec/FunctionCall';
export * from './codec/AnswerAudio';
export * from './codec/Annotation';
export * from './codec/ReasoningDetail';
export * from './codec/Logprobs';
export * from './codec/Usage';
export * from './codec/ChatCompletion';
export * from './codec/CompletionMessage';
export * from './codec/ToolCall';
export * from './codec/Model';
export * from './codec/Embeddings';
export { decodeChunk, decodeWith, type Codec, type Decoded } from './codec/decode';
export { markOf, markedChunk, type Mark } from './codec/mark';

// Folds, a pure step each
export type { ChoiceOptions, ChunkReader, ChunkStep } from './fold/choices';
export { addContent, contentIn, contentOf } from './fold/content';
export { addReasoning, reasoningIn, reasoningOf, type Thoughts } from './fold/reasoning';
export {
  addToolCalls,
  noToolCalls,
  toolCallsIn,
  type AccumulatedToolCall,
  type ToolCallsState,
} from './fold/toolCalls';
export { addChunk, emptyCompletion, finishReasonOf, refusalOf, usageOf } from './fold/completion';

// Operators
export { orFail } from './operators/orFail';
export { orSkip } from './operators/orSkip';
export type { ChunkErrorPolicy } from './operators/settle';
export { inTurn } from './operators/inTurn';
export { toAsyncIterable } from './operators/toAsyncIterable';
export { toEither } from './operators/toEither';
export { fromEither } from './operators/fromEither';
export type { FoldOptions } from './operators/FoldOptions';
export { contentDeltas } from './operators/contentDeltas';
export { accumulateContent } from './operators/accumulateContent';
export { accumulateReasoning } from './operators/accumulateReasoning';
export { accumulateToolCalls } from './operators/accumulateToolCalls';
export { accumulateCompletion } from './operators/accumulateCompletion';
export { chatTimeout, type ChatTimeoutOptions } from './operators/chatTimeout';
export type { Silences } from './operators/failWhenSilent';
export * from './retry/policies';
export { retryChat, type PlannedRetry, type RestartOptions, type RetryOptions } from './operators/retryChat';
export { hedge$, type HedgeOptions } from './operators/hedge';
export { fallbackTo, type FallbackOptions } from './operators/fallbackTo';
export { continueOnTruncation, type ContinueOptions, type Send } from './operators/continueOnTruncation';
export { splitThinking, type SplitThinkingOptions } from './operators/splitThinking';
export { measure, type ChatMetrics, type MeasureOptions } from './operators/measure';
export { perFrame, type PerFrameOptions } from './operators/perFrame';
export { paced, type PacedOptions } from './operators/paced';
export { shareCompletion, type ShareOptions } from './operators/shareCompletion';

// State
export { toChatState } from './state/toChatState';
export type { ChatState, ChatStatus } from './state/ChatState';
