/**
 * Tools: a loop that sends a request, runs the tools that the model calls, and sends their results.
 *
 * @module rxjs-chat-completions/tools
 */

export {
  tool,
  type AnyTool,
  type InputOf,
  type OutputOf,
  type PartialInputOf,
  type ToolContext,
  type ToolOf,
} from './tool';
export type { ValueOrStream } from '../rx/valuesOf';
export type { InputConversion, ToolParameters } from './InputConversion';
export { runTools$ } from './runTools';
export type { RunToolsOptions, StepRequest, ToolErrorPolicy, Verdict } from './RunToolsOptions';
export { partialInputs, type ReadInputs, type TurnStart } from './partialInputs';
export type { Approval, Call, DoneEvent, DoneReason, FinishedCall, ToolEvent, ToolStep } from './events';
export { calledTool, repeats, usageOver, type StopCondition } from './stopWhen';
export {
  emptyRun,
  type CallStatus,
  type RunCall,
  type RunCallOf,
  type RunState,
  type RunStep,
} from './RunState';
export { addToolEvent } from './addToolEvent';
export type { UnansweredPolicy } from './endRun';
export { toRunState, type RunStateOptions } from './toRunState';
export type { McpContent, McpResult } from './mcpResult';
export {
  mcpTools$,
  type McpProgress,
  type McpSource,
  type McpTool,
  type McpToolPage,
  type McpToolsOptions,
} from './mcpTools';
