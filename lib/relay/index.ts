/**
 * A relay for your own backend: it speaks the protocol that it calls.
 *
 * @module rxjs-chat-completions/relay
 */

export { LogError, type LogErrorReason } from './log/LogError';
export { memoryLog, type MemoryLogOptions } from './log/memoryLog';
export { resumeFrom, type LogResume, type ResumeOptions } from './log/resumeFrom';
export type { LogEnd, LogEvent, StopReason, StreamLog } from './log/StreamLog';
export { RelayError, type RelayErrorOptions } from './RelayError';
export { relay, type RelayHandler } from './relay';
export type { RelayAllow, RelayCall, RelayLimits, RelayOptions, RelayUser } from './RelayOptions';
export type { RelayEvents, RelayReader, Resume } from './Resume';
export { standardFields } from './standardFields';
export { toEvents, type EventsOptions } from './toEvents';
export { toResponse, type ResponseOptions } from './toResponse';
