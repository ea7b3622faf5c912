import * as t from 'io-ts';

import { toContent, toPartText } from './coerce';
import { coerced } from './coerced';
import { fields } from './fields';
import { lenient, lenientText } from './lenient';
import { list } from './list';
import { nullableText } from './nullable';
import { sideText } from './scalars';

/** A text inside the reasoning of a {@link ContentPart}. */
export interface ThinkingPart {
  /** `text`, the only known type. */
  readonly type?: string | null;
  readonly text?: string | null;
}

/**
 * A part of an answer.
 *
 * Mistral's reasoning models send `content` as a list of parts, and plain strings in the same stream.
 *
 * @example
 * ```ts
 * import type { ContentPart } from 'rxjs-chat-completions/codec';
 * import { contentIn, reasoningIn } from 'rxjs-chat-completions/fold';
 *
 * const content: readonly ContentPart[] = [
 *   { type: 'thinking', thinking: [{ type: 'text', text: '12 * 12' }] },
 *   { type: 'text', text: '144' },
 * ];
 * console.assert(contentIn({ content }) === '144');
 * console.assert(reasoningIn({ content }) === '12 * 12');
 * ```
 */
export interface ContentPart {
  /** `text`, `thinking`, `reasoning` (Databricks), or a type of a particular server, such as Mistral's `reference`. */
  readonly type?: string | null;
  /** The text of a part of type `text`. */
  readonly text?: string | null;
  /** Reasoning, in a part of type `thinking`. */
  readonly thinking?: string | readonly ThinkingPart[] | null;
}

/** The content of an answer: text, or a list of parts. */
export type Content = string | readonly ContentPart[];

const ThinkingPart: t.Type<ThinkingPart, unknown> = fields(
  { type: lenientText, text: sideText },
  'ThinkingPart',
);

/** The codec of {@link ContentPart}. */
export const ContentPart: t.Type<ContentPart, unknown> = fields(
  {
    type: lenientText,
    text: coerced(nullableText, toPartText),
    thinking: lenient(coerced(t.union([t.string, list(ThinkingPart)]), toContent)),
  },
  'ContentPart',
);

/** The codec of {@link Content}. */
export const Content: t.Type<Content, unknown> = t.union([t.string, list(ContentPart)], 'Content');
