import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { compileTemplate, decodeByTemplate, sampleOf, type Sample, type Template } from './Template';

/**
 * Decodes the payloads of one stream, and parses their common parts only once.
 *
 * From one delta to the next, usually only the inside of one string changes: the text. Beside it some servers change the id, the
 * time or a padding. If all other characters equal those of the previous payload, the chunk is the previous one with other
 * values, at a fraction of the cost of `JSON.parse`.
 *
 * This is exact. JSON is context-free, so another inside of a string literal, or another number, changes neither the structure
 * nor any other value. A literal is that of a field if it has its name and its value in two payloads that are equal except for such
 * values: a repeated name, or the same name elsewhere, fails that test. The inserted text is the inside of a single literal: it has
 * no quote, backslash or control character, or it parses as one. And the copied chunk fits the codec without coercion, which
 * accepts any string or number in these places.
 */
export class TemplateDecoder {
  #template: Template | undefined;
  #last: Sample | undefined;
  /** Number of payloads in a row without a template. */
  #misses = 0;

  /**
   * Returns the chunk of a payload that differs from one that was learned in these fields only, the same that parsing it would
   * return; `undefined` for any other. Consecutive chunks may share parts; nothing in this library mutates them.
   */
  decode(payload: string): ChatCompletionChunk | undefined {
    return this.#template && decodeByTemplate(payload, this.#template);
  }

  /** Compares a payload with the one learned before: after two that differ in these fields only, a third is likely. */
  learn(payload: string, chunk: ChatCompletionChunk): void {
    // A server whose payloads differ in several places is compared now and then only.
    if (this.#misses > MAX_MISSES && this.#misses % COMPARED_EVERY > 1) {
      this.#misses += 1;
      return;
    }
    const next = sampleOf(payload, chunk);
    const compiled = next && this.#last && compileTemplate(this.#last, next);
    this.#misses = compiled === undefined ? this.#misses + 1 : 0;
    this.#template = compiled ?? this.#template;
    this.#last = next;
  }
}

/** Number of misses in a row after which only two payloads in {@link COMPARED_EVERY} are compared. */
const MAX_MISSES = 32;
const COMPARED_EVERY = 128;
