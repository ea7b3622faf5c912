/**
 * Marks the end of a part of the prompt that is worth caching.
 *
 * OpenAI, from `gpt-5.6` on, at most four written by one request; how long they live is
 * {@link PromptCacheOptions.ttl}.
 */
export interface PromptCacheBreakpoint {
  readonly mode: 'explicit';
}

/** What any part of a user's message may carry beside its content. */
interface Cacheable {
  readonly prompt_cache_breakpoint?: PromptCacheBreakpoint;
  /**
   * The same mark in Anthropic's spelling, read by OpenRouter and other gateways to Anthropic's models; not
   * part of OpenAI's API. `ttl` is `'5m'`, the default, or `'1h'`.
   */
  readonly cache_control?: { readonly type: 'ephemeral'; readonly ttl?: '5m' | '1h' | (string & {}) };
}

/**
 * Text, as one part of a message among others.
 *
 * For text alone a plain string as `content` says the same. Ollama makes a message of its own of each part,
 * so cutting one text into several parts can change the prompt there.
 */
export interface TextPart extends Cacheable {
  readonly type: 'text';
  readonly text: string;
}

/** An image for a model that can see. */
export interface ImagePart extends Cacheable {
  readonly type: 'image_url';
  readonly image_url: {
    /**
     * An `https:` URL that the server fetches, or the image itself as a `data:` URI.
     *
     * Ollama refuses the first; it reads `data:image/jpeg;base64,` and the same of `jpg`, `png` and `webp`,
     * or `data:;base64,` with no type. llama.cpp also reads `file:` URLs below the folder it was started
     * with.
     */
    readonly url: string;
    /** How closely to look, which decides what the image costs; `'auto'` by default. Ollama ignores it. */
    readonly detail?: 'auto' | 'low' | 'high' | (string & {});
  };
}

/** Sound for a model that can hear. */
export interface InputAudioPart extends Cacheable {
  readonly type: 'input_audio';
  readonly input_audio: {
    /** The file's bytes in base64, without a `data:` prefix. */
    readonly data: string;
    /** OpenAI takes these two. Ollama and newer llama.cpp look at the bytes instead. */
    readonly format: 'wav' | 'mp3' | (string & {});
  };
}

/**
 * A file, such as a PDF, to read before answering.
 *
 * Either uploaded before and named by `file_id`, or carried along as `file_data` and `filename`. OpenAI and
 * OpenRouter read it; Ollama and llama.cpp answer 400.
 */
export interface FilePart extends Cacheable {
  readonly type: 'file';
  readonly file: {
    /** The id that the files endpoint gave. */
    readonly file_id?: string;
    /** The file's bytes as a `data:` URI in base64; OpenRouter takes an `https:` URL as well. */
    readonly file_data?: string;
    /** The name the model is told. */
    readonly filename?: string;
  };
}

/**
 * A film for a model that can watch.
 *
 * vLLM and OpenRouter read it; it is not part of OpenAI's API.
 */
export interface VideoPart extends Cacheable {
  readonly type: 'video_url';
  readonly video_url: {
    /** An `https:` URL that the server fetches, or the film itself as a `data:` URI. */
    readonly url: string;
  };
}

/**
 * What the model said instead of an answer, as one part of its message.
 *
 * Only in an assistant's message. Ollama and llama.cpp answer 400: put a refusal in
 * {@link AssistantFields.refusal}, or send it as text.
 */
export interface RefusalPart {
  readonly type: 'refusal';
  readonly refusal: string;
}

/**
 * A part of a user's message: text, an image, sound, a file, a film.
 *
 * @example A question about a picture
 * ```ts
 * import type { UserContentPart } from 'rxjs-chat-completions';
 *
 * const parts: readonly UserContentPart[] = [
 *   { type: 'text', text: 'What is in this picture?' },
 *   { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'low' } },
 * ];
 * ```
 */
export type UserContentPart = TextPart | ImagePart | InputAudioPart | FilePart | VideoPart;

/** A part of what the model said before: text, or a refusal. */
export type AssistantContentPart = TextPart | RefusalPart;
