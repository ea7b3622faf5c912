/**
 * The folds as plain functions: a step from one chunk to the next state, and readers of a field. For reducers of your own.
 *
 * @module rxjs-chat-completions/fold
 */

export type { ChoiceOptions, ChunkReader, ChunkStep } from './choices';
export { addContent, contentIn, contentOf } from './content';
export { addReasoning, reasoningIn, reasoningOf, type ReasoningFields } from './reasoning';
export { toolCallsIn, type AccumulatedToolCall } from './AccumulatedToolCall';
export { addToolCalls, noToolCalls } from './toolCalls';
export type { ToolCallsState } from './ToolCallsState';
export { addAttachments, noAttachments, type AnswerImage, type Attachments } from './attachments';
export { finishKind, type FinishKind } from './finishReason';
export { costOf, type TokenPrice } from './costOf';
export { hasOutput } from './hasOutput';
export { addChunk, emptyCompletion, finishReasonOf, refusalOf, usageOf } from './completion';
