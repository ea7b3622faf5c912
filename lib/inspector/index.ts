/**
 * Inspector of calls for development: a log, and a custom element that shows it as marbles on a time axis.
 *
 * @module rxjs-chat-completions/inspector
 */

export { inspect } from './log/inspect';
export { tapMarbles } from './log/tapMarbles';
export { CallLog, sharedLog, type CallLogOptions } from './log/CallLog';
export type { Lane, LaneOptions } from './log/Lane';
export type { Marble, MarbleKind } from './log/Marble';
export { kindOf, type ChunkKind } from './log/kindOf';
export { summaryOf, type CallSummary } from './log/summaryOf';
export { defineInspector } from './view/defineInspector';
export type { InspectorElement } from './view/InspectorElement';
