import type * as t from 'io-ts';

import { toList } from './coerce';
import { coerced } from './coerced';
import { fields } from './fields';
import { list } from './list';
import { messageFields, type MessageFields } from './MessageFields';
import { nullable } from './nullable';
import { ToolCall } from './ToolCall';

/**
 * The message of a completion.
 *
 * It has the fields of a {@link Delta}, in the spelling that the server streams. `contentIn`, `reasoningIn` and
 * `toolCallsIn` read every spelling.
 *
 * @example
 * ```ts
 * import { map } from 'rxjs';
 * import { completion$ } from 'rxjs-chat-completions';
 * import { contentIn } from 'rxjs-chat-completions/fold';
 *
 * completion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] }).pipe(
 *   map(({ choices }) => contentIn(choices[0]?.message ?? {})),
 * );
 * ```
 */
export interface CompletionMessage extends MessageFields {
  readonly tool_calls?: readonly ToolCall[] | null;
}

/** The codec of {@link CompletionMessage}. */
export const CompletionMessage: t.Type<CompletionMessage, unknown> = fields(
  { ...messageFields, tool_calls: coerced(nullable(list(ToolCall)), toList('function', 'custom', 'id')) },
  'CompletionMessage',
);
