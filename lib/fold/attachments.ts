import type { Annotation } from '../codec/Annotation';
import type { AnswerAudio } from '../codec/AnswerAudio';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { ContentPart } from '../codec/ContentPart';
import type { Delta } from '../codec/Delta';
import { isRestart } from '../codec/mark';
import { recordsIn } from '../codec/recordsIn';
import { choicesAt, type ChoiceOptions, type ChunkStep } from './choices';
import { Draft } from './Draft';
import { concat, concatUnlessRepeated, isObject, join, omit, type Rules } from './join';
import { joinAudio } from './joinAudio';

/** An image of an answer, as OpenRouter and the gateways that follow it send it. */
export interface AnswerImage {
  /** `image_url`. */
  readonly type?: string | null;
  /** Address of the image, mostly a `data:` URL. */
  readonly image_url?: { readonly url?: string | null } | null;
}

/** Parts of an answer beside its text. */
export interface Attachments {
  readonly images: readonly AnswerImage[];
  /** Sound and its transcript so far; `null` without audio. */
  readonly audio: AnswerAudio | null;
  /** Annotations of the text, such as its sources. */
  readonly annotations: readonly Annotation[];
  /** Addresses of the sources, in the order that the text refers to; Perplexity. */
  readonly citations: readonly string[];
}

/**
 * The attachments before the first chunk.
 *
 * @example
 * ```ts
 * import { noAttachments } from 'rxjs-chat-completions/fold';
 *
 * console.assert(noAttachments.images.length === 0);
 * ```
 */
export const noAttachments: Attachments = { images: [], audio: null, annotations: [], citations: [] };

/** Fields of a delta, and of a chunk, that the codecs do not list. */
interface UnlistedFields {
  readonly images?: unknown;
  readonly citations?: unknown;
}

/**
 * Adds the images, audio, annotations and citations of a chunk.
 *
 * @param attachments - The attachments so far; {@link noAttachments} at the start.
 * @param chunk - Any chunk. One that is marked as a restart resets to {@link noAttachments}.
 * @param options - The choice to read.
 * @returns New attachments, or the same object if the chunk adds none.
 *
 * @example
 * ```ts
 * import { addAttachments, noAttachments } from 'rxjs-chat-completions/fold';
 *
 * const audio = { transcript: 'Hello' };
 * const { audio: spoken } = addAttachments(noAttachments, { choices: [{ index: 0, delta: { audio } }] });
 * console.assert(spoken?.transcript === 'Hello');
 * ```
 */
export const addAttachments: ChunkStep<Attachments> = (
  attachments,
  chunk: ChatCompletionChunk & UnlistedFields,
  { choice = 0 }: ChoiceOptions = {},
) => {
  if (isRestart(chunk)) return noAttachments;
  const draft = new Draft();
  const add = (before: Attachments, fields: object, rules = DELTA_RULES): Attachments =>
    join(before, fields, rules, draft, omit);
  const cited = chunk.citations ? add(attachments, chunk, CHUNK_RULES) : attachments;
  return choicesAt(chunk, choice).reduce((before, { delta }) => {
    if (!isObject(delta) || !hasAttachments(delta)) return before;
    const { content } = delta;
    const images = Array.isArray(content) ? (content as readonly ContentPart[]).filter(isImage) : [];
    return add(add(before, delta), { images });
  }, cited);
};

const hasAttachments = ({ images, audio, annotations, content }: Delta & UnlistedFields): boolean =>
  (images ?? audio ?? annotations ?? null) !== null || Array.isArray(content);

/** Whether a part of the content is an image, as some gateways send it. */
const isImage = ({ type }: ContentPart): boolean => type === 'image_url';

const DELTA_RULES: Rules = new Map([
  // One image in each delta, and two may be equal.
  ['images', (before, delta, draft) => concat(before, recordsIn(delta), draft)],
  ['audio', joinAudio],
  // Copilot's annotations are not a list.
  ['annotations', (before, delta, draft) => concatUnlessRepeated(before, recordsIn(delta), draft)],
]);

const CHUNK_RULES: Rules = new Map([
  ['citations', (before, list, draft) => concatUnlessRepeated(before, addressesIn(list), draft)],
]);

/** Returns the addresses of a list of citations; some gateways wrap each in an object. */
const addressesIn = (citations: unknown): readonly string[] =>
  Array.isArray(citations) ? citations.flatMap(addressOf) : [];

function addressOf(citation: unknown): readonly string[] {
  const address = isObject(citation) ? (citation as { readonly url?: unknown }).url : citation;
  return typeof address === 'string' ? [address] : [];
}
