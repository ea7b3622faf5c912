/**
 * The calls, and the operators that turn their chunks into what an app shows.
 *
 * Codecs, folds, structured output, tools, conversations, server-sent events, servers and the details of a request have entry
 * points of their own.
 *
 * @module rxjs-chat-completions
 */

// Calls
export { chatCompletion$ } from './call/chatCompletion';
export { completion$ } from './call/completion';
export { models$ } from './call/models';
export { embeddings$ } from './call/embeddings';
export type { ChatConfig, ChatTimeouts } from './call/config';
export type { CallInfo, ChatHooks, CompletedCall } from './call/ChatHooks';
export { removeRefusedFields, type RemovableField } from './call/removeRefusedFields';
export type { FieldRemoval, RefusedFieldPolicy, RefusedRequest } from './call/RefusedFieldPolicy';

// Errors
export {
  AbortedError,
  BadJson,
  ChatTimeoutError,
  ChunkFailed,
  ConnectionError,
  CutOffError,
  HttpError,
  isChatError,
  LimitError,
  ProtocolError,
  RefusalError,
  RequestError,
  SchemaMismatch,
  ServerError,
  StorageConflict,
  ToolDenied,
  ToolFailed,
  TruncatedError,
  UnknownTool,
} from './errors';
export type {
  ChatError,
  ChunkError,
  ErrorDetails,
  HttpErrorFields,
  LimitKind,
  OutputError,
  RateLimit,
  RateLimitWindow,
  ServerErrorFields,
  TimeoutPhase,
  ToolFailure,
} from './errors';
export { chatErrorFrom } from './decode/chatErrorFrom';

// Requests
export type { ChatRequest } from './request/ChatRequest';
export type { EmbeddingsRequest } from './request/EmbeddingsRequest';
export type { AssistantMessage, Message, SystemMessage, ToolMessage, UserMessage } from './request/Message';
export type { JsonSchema } from './request/JsonSchema';
export type { ResponseFormat } from './request/ResponseFormat';
export type { Tool, ToolChoice } from './request/Tool';

// Transport
export type { Bytes, ResponseHead, Transport, TransportRequest } from './transport/transport';
export type { Fetch } from './transport/callFetch';
export { fetchTransport, type FetchTransportOptions } from './transport/fetchTransport';
export type { Limits } from './transport/limits';
export { ReadGate } from './transport/ReadGate';
export { rateLimitOf } from './response/errors/rateLimit';
export { retryAfterMs } from './response/errors/retryAfter';

// Values
export type { ChatCompletionChunk } from './codec/ChatCompletionChunk';
export type { ChunkChoice } from './codec/ChunkChoice';
export type { Delta } from './codec/Delta';
export type { ChatCompletion, CompletionChoice } from './codec/ChatCompletion';
export type { CompletionMessage } from './codec/CompletionMessage';
export type { ToolCall } from './codec/ToolCall';
export type { Usage } from './codec/Usage';
export type { Model } from './codec/Model';
export type { Embedding, Embeddings } from './codec/Embeddings';
export type { Decoded } from './decode/decode';
export { costOf, type TokenPrice } from './fold/costOf';

// Operators
export { orFail } from './operators/either/orFail';
export { orSkip } from './operators/either/orSkip';
export type { ChunkErrorPolicy } from './operators/either/unwrap';
export { concatMapGated } from './operators/flow/concatMapGated';
export { toAsyncIterable } from './operators/flow/toAsyncIterable';
export { toEither } from './operators/either/toEither';
export { fromEither } from './operators/either/fromEither';
export type { FoldOptions } from './operators/accumulate/FoldOptions';
export type { AccumulatedToolCall } from './fold/AccumulatedToolCall';
export { contentDeltas } from './operators/accumulate/contentDeltas';
export { accumulateContent } from './operators/accumulate/accumulateContent';
export { accumulateReasoning } from './operators/accumulate/accumulateReasoning';
export { accumulateToolCalls } from './operators/accumulate/accumulateToolCalls';
export { accumulateCompletion } from './operators/accumulate/accumulateCompletion';
export {
  chatTimeout,
  type ChatTimeoutOptions,
  type TimeoutOptions,
} from './operators/resilience/chatTimeout';
export * from './operators/resilience/policies';
export {
  retryChat,
  type PlannedRetry,
  type RestartOptions,
  type RetryOptions,
} from './operators/resilience/retryChat';
export type { EmptyPolicy } from './operators/resilience/failWhenEmpty';
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
