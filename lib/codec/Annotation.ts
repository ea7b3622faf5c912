import * as t from 'io-ts';

import { fields } from './fields';
import { lenient } from './lenient';
import { list } from './list';
import { lenientNumber, lenientText } from './scalars';

/** A page that an answer cites, and the cited passage of the answer. */
export interface UrlCitation {
  readonly url?: string | null;
  readonly title?: string | null;
  /** Index of the first character of the passage, from 0. */
  readonly start_index?: number | null;
  /** Index after its last character. */
  readonly end_index?: number | null;
}

/**
 * A note of the server on an answer, such as a source.
 *
 * @example
 * ```ts
 * import type { Annotation } from 'rxjs-chat-completions/codec';
 *
 * const source: Annotation = {
 *   type: 'url_citation',
 *   url_citation: { url: 'https://www.yr.no', title: 'Yr', start_index: 0, end_index: 12 },
 * };
 * ```
 */
export interface Annotation {
  /** `url_citation` at OpenAI and OpenRouter. */
  readonly type?: string | null;
  readonly url_citation?: UrlCitation | null;
}

/** Annotations as a list (OpenAI), or as an object of another shape (Copilot). */
export type Annotations = readonly Annotation[] | Readonly<Record<string, unknown>>;

const UrlCitation: t.Type<UrlCitation, unknown> = fields(
  {
    url: lenientText,
    title: lenientText,
    start_index: lenientNumber,
    end_index: lenientNumber,
  },
  'UrlCitation',
);

/** The codec of {@link Annotation}. */
export const Annotation: t.Type<Annotation, unknown> = fields(
  { type: lenientText, url_citation: lenient(UrlCitation) },
  'Annotation',
);

/** The codec of {@link Annotations}. */
export const Annotations: t.Type<Annotations, unknown> = t.union(
  [list(Annotation), t.UnknownRecord],
  'Annotations',
);
