import * as t from 'io-ts';

import { nullable } from './nullable';

/** A piece of text inside the thinking of a {@link ContentPart}. */
export interface ThinkingPart {
  /** `text`, the only kind seen. */
  readonly type?: string | null;
  readonly text?: string | null;
}

/**
 * A part of an answer that is not plain text alone.
 *
 * Mistral's reasoning models send `content` as a list of these, with plain strings between them in one stream.
 *
 * @example
 * ```ts
 * import { contentIn, reasoningIn, type ContentPart } from 'rxjs-chat-completions';
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
  /** `text`, `thinking`, or a kind of the server's own, such as Mistral's `reference`. */
  readonly type?: string | null;
  /** The text of a part of type `text`. */
  readonly text?: string | null;
  /** What the model thought, in a part of type `thinking`. */
  readonly thinking?: string | readonly ThinkingPart[] | null;
}

/** What a model answered: text, or parts of it. */
export type Content = string | readonly ContentPart[];

const ThinkingPart: t.Type<ThinkingPart, unknown> = t.partial(
  { type: nullable(t.string), text: nullable(t.string) },
  'ThinkingPart',
);

/** The codec of {@link ContentPart}. */
export const ContentPart: t.Type<ContentPart, unknown> = t.partial(
  {
    type: nullable(t.string),
    text: nullable(t.string),
    thinking: nullable(t.union([t.string, t.readonlyArray(ThinkingPart)])),
  },
  'ContentPart',
);

/** The codec of {@link Content}. */
export const Content: t.Type<Content, unknown> = t.union([t.string, t.readonlyArray(ContentPart)], 'Content');
