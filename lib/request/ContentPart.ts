/**
 * A mark at the end of a part of the prompt to cache.
 *
 * OpenAI, from `gpt-5.6` on; at most four a request. {@link PromptCacheOptions.ttl} sets their lifetime.
 */
export interface PromptCacheBreakpoint {
  readonly mode: 'explicit';
}

/** Fields that any part of a user's message may have beside its content. */
interface Cacheable {
  readonly prompt_cache_breakpoint?: PromptCacheBreakpoint;
  /**
   * The same mark in Anthropic's spelling, for OpenRouter and other gateways to Anthropic's models; not part of OpenAI's
   * API. `ttl` is `'5m'`, the default, or `'1h'`.
   */
  readonly cache_control?: { readonly type: 'ephemeral'; readonly ttl?: '5m' | '1h' | (string & {}) };
}

/**
 * A text part of a message.
 *
 * A message with text only can have a string as `content` instead. Ollama turns each part into a separate message, so a text
 * split into several parts can change the prompt.
 */
export interface TextPart extends Cacheable {
  readonly type: 'text';
  readonly text: string;
}

/** An image part, for vision models. */
export interface ImagePart extends Cacheable {
  readonly type: 'image_url';
  readonly image_url: {
    /**
     * An `https:` URL that the server fetches, or the image as a `data:` URI.
     *
     * Ollama rejects the former; it reads `data:image/jpeg;base64,` (also `jpg`, `png` and `webp`) or `data:;base64,` without
     * a type. llama.cpp also reads `file:` URLs in the folder set at its start.
     */
    readonly url: string;
    /** Resolution at which the model sees the image, which determines its price; default `'auto'`. Ollama ignores it. */
    readonly detail?: 'auto' | 'low' | 'high' | (string & {});
  };
}

/** An audio part, for models with audio input. */
export interface InputAudioPart extends Cacheable {
  readonly type: 'input_audio';
  readonly input_audio: {
    /** The file's bytes in base64, without a `data:` prefix. */
    readonly data: string;
    /** OpenAI accepts these two. Ollama and newer llama.cpp detect the format from the bytes. */
    readonly format: 'wav' | 'mp3' | (string & {});
  };
}

/**
 * A file part, such as a PDF.
 *
 * Either an uploaded file by its `file_id`, or its content as `file_data` and `filename`. OpenAI and OpenRouter read it;
 * Ollama and llama.cpp respond with 400.
 */
export interface FilePart extends Cacheable {
  readonly type: 'file';
  readonly file: {
    /** The id from the files endpoint. */
    readonly file_id?: string;
    /** The file's bytes as a `data:` URI in base64; OpenRouter also accepts an `https:` URL. */
    readonly file_data?: string;
    /** The name that the model sees. */
    readonly filename?: string;
  };
}

/**
 * A video part, for models with video input.
 *
 * vLLM and OpenRouter read it; it is not part of OpenAI's API.
 */
export interface VideoPart extends Cacheable {
  readonly type: 'video_url';
  readonly video_url: {
    /** An `https:` URL that the server fetches, or the video as a `data:` URI. */
    readonly url: string;
  };
}

/**
 * A refusal, as a part of an assistant's message.
 *
 * Ollama and llama.cpp respond with 400: put a refusal in {@link AssistantFields.refusal}, or send it as text.
 */
export interface RefusalPart {
  readonly type: 'refusal';
  readonly refusal: string;
}

/**
 * A part of a user's message: text, an image, audio, a file or a video.
 *
 * @example A question about a picture
 * ```ts
 * import type { UserContentPart } from 'rxjs-chat-completions/request';
 *
 * const parts: readonly UserContentPart[] = [
 *   { type: 'text', text: 'What is in this picture?' },
 *   { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'low' } },
 * ];
 * ```
 */
export type UserContentPart = TextPart | ImagePart | InputAudioPart | FilePart | VideoPart;

/** A part of an assistant's message: text or a refusal. */
export type AssistantContentPart = TextPart | RefusalPart;
