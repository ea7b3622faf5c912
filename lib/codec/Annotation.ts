import * as t from 'io-ts';

import { nullable } from './nullable';

/** A page that an answer rests on, and which characters of it do. */
export interface UrlCitation {
  readonly url?: string | null;
  readonly title?: string | null;
  /** The first character of the passage, counted from 0. */
  readonly start_index?: number | null;
  /** The character after its last. */
  readonly end_index?: number | null;
}

/**
 * What a server notes about an answer, such as a source of it.
 *
 * @example
 * ```ts
 * import type { Annotation } from 'rxjs-chat-completions';
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

/** Annotations as a list (OpenAI), or as an object of the server's own (Copilot). */
export type Annotations = readonly Annotation[] | Readonly<Record<string, unknown>>;

const UrlCitation: t.Type<UrlCitation, unknown> = t.partial(
  {
    url: nullable(t.string),
    title: nullable(t.string),
    start_index: nullable(t.number),
    end_index: nullable(t.number),
  },
  'UrlCitation',
);

/** The codec of {@link Annotation}. */
export const Annotation: t.Type<Annotation, unknown> = t.partial(
  { type: nullable(t.string), url_citation: nullable(UrlCitation) },
  'Annotation',
);

/** The codec of {@link Annotations}. */
export const Annotations: t.Type<Annotations, unknown> = t.union(
  [t.readonlyArray(Annotation), t.UnknownRecord],
  'Annotations',
);
