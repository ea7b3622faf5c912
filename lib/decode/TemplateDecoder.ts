import { isRight, right } from 'fp-ts/Either';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { decodeChunk, type Decoded } from './decode';
import { compileTemplate, cut, decodeByTemplate, type Cut, type Template } from './Template';

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
  #last: Cut | undefined;
  /** Number of payloads in a row without a template. */
  #misses = 0;

  /**
   * Returns what {@link decodeChunk} returns for a payload. Consecutive chunks may share parts; nothing in this library mutates
   * them.
   */
  decode(payload: string): Decoded<ChatCompletionChunk> {
    const chunk = this.#template && decodeByTemplate(payload, this.#template);
    if (chunk !== undefined) return right(chunk);
    const decoded = decodeChunk(payload);
    // A server whose payloads differ in several places is compared now and then only.
    if (this.#misses > MAX_MISSES && this.#misses % COMPARED_EVERY > 1) this.#misses += 1;
    else this.#learn(payload, decoded);
    return decoded;
  }

  /** Compares a payload with the previous one: after two that differ in these fields only, a third is likely. */
  #learn(payload: string, decoded: Decoded<ChatCompletionChunk>): void {
    const next = isRight(decoded) ? cut(payload, decoded.right) : undefined;
    const compiled = next && compileTemplate(this.#last, next);
    this.#misses = compiled === undefined ? this.#misses + 1 : 0;
    this.#template = compiled ?? this.#template;
    this.#last = next;
  }
}

/** Number of misses in a row after which only two payloads in {@link COMPARED_EVERY} are compared. */
const MAX_MISSES = 32;
const COMPARED_EVERY = 128;
