import type * as t from 'io-ts';

import { toList } from './coerce';
import { coerced } from './coerced';
import { fields } from './fields';
import { list } from './list';
import { messageFields, type MessageFields } from './MessageFields';
import { nullable } from './nullable';
import { ToolCallDelta } from './ToolCallDelta';

/**
 * The addition of a chunk to a choice.
 *
 * Often a single field; `{}` beside the finish reason. An empty string adds nothing, like `null`.
 *
 * @example
 * ```ts
 * import type { Delta } from 'rxjs-chat-completions';
 * import { contentIn } from 'rxjs-chat-completions/fold';
 *
 * const delta: Delta = { role: 'assistant', content: 'Hel' };
 * console.assert(contentIn(delta) === 'Hel');
 * ```
 */
export interface Delta extends MessageFields {
  /** Fragments of tool calls. */
  readonly tool_calls?: readonly ToolCallDelta[] | null;
}

/** The codec of {@link Delta}. */
export const Delta: t.Type<Delta, unknown> = fields(
  {
    ...messageFields,
    tool_calls: coerced(nullable(list(ToolCallDelta)), toList('function', 'custom', 'id')),
  },
  'Delta',
);
