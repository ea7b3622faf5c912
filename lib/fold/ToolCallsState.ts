import type { AccumulatedToolCall } from './AccumulatedToolCall';
import type { FoldedChoice } from './joinMessage';
import type { JsonScan } from './jsonScan';

/**
 * The tool calls of one choice so far.
 *
 * @example
 * ```ts
 * import { map, scan } from 'rxjs';
 * import { chatCompletion$, orFail } from 'rxjs-chat-completions';
 * import { addToolCalls, noToolCalls } from 'rxjs-chat-completions/fold';
 *
 * chatCompletion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] }).pipe(
 *   orFail(),
 *   scan(addToolCalls, noToolCalls),
 *   map(({ calls }) => calls),
 * );
 * ```
 */
export interface ToolCallsState {
  readonly calls: readonly AccumulatedToolCall[];
  /** The choice so far, in the shape of the wire. */
  readonly choice: FoldedChoice;
  /** The scans of the arguments, call by call, while the choice has a good finish reason. */
  readonly scans?: readonly JsonScan[];
  /** The number of finish reasons so far; absent before the first. */
  readonly reasons?: number;
}
