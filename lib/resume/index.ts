/**
 * The client side of a relay that keeps its answers: join again after a lost connection, a reload, or from another tab.
 *
 * @module rxjs-chat-completions/resume
 */

export { resumable, type ResumableOptions } from './resumable';
export { resume$ } from './resume';
