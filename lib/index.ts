/**
 * The calls, and the operators that make of their chunks what an app asks for.
 *
 * In the order in which an answer passes through: what is asked, the HTTP answer, typed values, folds, operators, state.
 *
 * @module rxjs-chat-completions
 */

// The calls
export { chatCompletion$ } from './call/chatCompletion';
export { completion$ } from './call/completion';
export { models$ } from './call/models';
export { embeddings$ } from './call/embeddings';
export type { ChatConfig, ChatHooks, ChatTimeouts } from './call/config';

// Errors
export * from './errors';
export { chatErrorFrom } from './decode/chatErrorFrom';

// What is asked
export type * from './request/AudioOutput';
export type * from './request/ChatRequest';
export type * from './request/ContentPart';
export type * from './request/EmbeddingsRequest';
export type * from './request/extras/DeepSeekExtras';
export type * from './request/extras/GroqExtras';
export type * from './request/extras/LlamaCppExtras';
export type * from './request/extras/MistralExtras';
export type * from './request/extras/OllamaExtras';
export type * from './request/extras/OpenRouterExtras';
export type * from './request/extras/ServerExtras';
export type * from './request/extras/VllmExtras';
export type * from './request/JsonSchema';
export type * from './request/Message';
export type * from './request/Moderation';
export type * from './request/Prediction';
export type * from './request/PromptCacheOptions';
export type * from './request/ResponseFormat';
export type * from './request/StreamOptions';
export type * from './request/Tool';
export type * from './request/WebSearchOptions';
export { ollama } from './servers/ollama';
export type { Profile } from './servers/Profile';

// The HTTP answer
export type { Bytes, ResponseHead, Transport, TransportRequest } from './transport/transport';
export { fetchTransport, type FetchTransportOptions } from './transport/fetchTransport';
export type { Limits } from './transport/limits';
export { ReadGate } from './transport/ReadGate';
export { retryAfterMs } from './response/retryAfter';
export { toText } from './sse/toText';
export type { ServerSentEvent } from './sse/events';
export { toServerSentEvents, type ServerSentEventsOptions } from './sse/toServerSentEvents';

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
export type { MessageFields } from './codec/MessageFields';
export * from './codec/ToolCall';
export * from './codec/Model';
export * from './codec/Embeddings';
export { chunkFromJSON, chunkToJSON, type ChunkJSON } from './decode/chunkJson';
export { decodeChunk, decodeWith, type Codec, type Decoded } from './decode/decode';
export { markOf, markedChunk, type Mark } from './codec/mark';
export { rawOf } from './codec/raw';

// Folds, a pure step each
export type { ChoiceOptions, ChunkReader, ChunkStep } from './fold/choices';
export { addContent, contentIn, contentOf } from './fold/content';
export { addReasoning, reasoningIn, reasoningOf, type ReasoningFields } from './fold/reasoning';
export {
  addToolCalls,
  noToolCalls,
  toolCallsIn,
  type AccumulatedToolCall,
  type ToolCallsState,
} from './fold/toolCalls';
export { finishKind, type FinishKind } from './fold/finishReason';
export { addChunk, emptyCompletion, finishReasonOf, refusalOf, usageOf } from './fold/completion';

// Codecs as JSON Schemas
export { annotate } from './schema/annotate';
export { jsonSchemaOf, type Jsonable, type JsonSchemaOptions, type Writable } from './schema/jsonSchemaOf';
export { responseFormatOf, type ResponseFormatOptions } from './schema/responseFormatOf';

export type { PartialOutput } from './schema/PartialOutput';

// Operators
export { orFail } from './operators/either/orFail';
export { orSkip } from './operators/either/orSkip';
export type { ChunkErrorPolicy } from './operators/either/unwrap';
export { concatMapGated } from './operators/flow/concatMapGated';
export { toAsyncIterable } from './operators/flow/toAsyncIterable';
export { toEither } from './operators/either/toEither';
export { fromEither } from './operators/either/fromEither';
export type { FoldOptions } from './operators/accumulate/FoldOptions';
export { contentDeltas } from './operators/accumulate/contentDeltas';
export { accumulateContent } from './operators/accumulate/accumulateContent';
export { accumulateReasoning } from './operators/accumulate/accumulateReasoning';
export { accumulateToolCalls } from './operators/accumulate/accumulateToolCalls';
export { accumulateCompletion } from './operators/accumulate/accumulateCompletion';
export { structured, type StructuredOptions } from './operators/structure/structured';
export { elements, type ElementsOptions } from './operators/structure/elements';
export type { Structured } from './operators/structure/progress';
export { chatTimeout, type ChatTimeoutOptions } from './operators/resilience/chatTimeout';
export type { TimeoutOptions } from './call/timeouts';
export * from './operators/resilience/policies';
export {
  retryChat,
  type PlannedRetry,
  type RestartOptions,
  type RetryOptions,
} from './operators/resilience/retryChat';
export { hedge$, type HedgeOptions } from './operators/resilience/hedge';
export { fallbackTo, type FallbackOptions } from './operators/resilience/fallbackTo';
export {
  continueOnTruncation,
  type ContinueOptions,
  type SendRequest,
} from './operators/resilience/continueOnTruncation';
export { splitThinking, type SplitThinkingOptions } from './operators/splitThinking';
export { tapMetrics, type ChatMetrics, type TapMetricsOptions } from './operators/tapMetrics';
export { perFrame, type PerFrameOptions } from './operators/flow/perFrame';
export { smoothText, type SmoothTextOptions } from './operators/flow/smoothText';
export { shareCompletion, type ShareOptions } from './operators/flow/shareCompletion';

// State
export { toChatState } from './state/toChatState';
export type { ChatState, ChatStatus } from './state/ChatState';
export type { AnswerImage, Attachments } from './fold/attachments';
