import type { Json } from '../translated';
import { PARAGRAPH, textsOf, type Item, type TextField } from './Item';

/** A delta with text of one field. */
type TextDelta = { readonly [Field in TextField]?: string };

interface Early {
  readonly field?: TextField;
  /** Identifies the item in the stream. */
  readonly key?: unknown;
  readonly text: string;
}

/** Returns the text deltas of one stream: some servers send an item only when it is complete. */
export class TextDeltas {
  /** The texts that have been sent and that no complete item has contained so far. */
  readonly #open = { content: '', refusal: '', reasoning: '' };
  /** The text that was complete before its deltas, as far as they have not arrived, and its place. */
  #early: Early = { text: '' };
  readonly #lengths = { content: 0, refusal: 0, reasoning: 0 };

  /** Number of characters that all fields have so far. */
  length = 0;

  /** Number of characters that each field has so far. */
  get lengths(): Readonly<Record<TextField, number>> {
    return { ...this.#lengths };
  }

  /** Writes a delta, unless its text has arrived as a complete part or item before: some servers send them in this order. */
  add(field: TextField, text: string, key: unknown): readonly TextDelta[] {
    const early = this.#early;
    const isLate = early.field === field && early.key === key && early.text.startsWith(text);
    this.#early = isLate ? { ...early, text: early.text.slice(text.length) } : { text: '' };
    return isLate ? [] : this.write(field, text);
  }

  write(field: TextField, text: string): readonly TextDelta[] {
    if (text === '') return [];
    // One answer has several items of reasoning, and one text of it.
    const isNext = field === 'reasoning' && this.#open.reasoning === '' && this.#lengths.reasoning > 0;
    this.#open[field] += text;
    this.#lengths[field] += text.length;
    this.length += text.length;
    return [{ [field]: isNext ? PARAGRAPH + text : text }];
  }

  /** Writes the text of a complete part, if the field has none: some servers send no deltas. */
  complete(field: TextField, text: string, key: unknown): readonly TextDelta[] {
    return this.#lengths[field] > 0 ? [] : this.#writeEarly(field, text, key);
  }

  /** Begins another part of a summary. */
  separate(): readonly TextDelta[] {
    return this.#open.reasoning === '' ? [] : this.write('reasoning', PARAGRAPH);
  }

  /** Writes what is missing of a complete item. Text in another order than it was sent in is not repeated. */
  end(item: Item, key: unknown): readonly Json[] {
    return textsOf(item).flatMap(([field, text]) => {
      const open = this.#open[field];
      const missing = text.startsWith(open) ? this.#writeEarly(field, text.slice(open.length), key) : [];
      if (this.#open[field].startsWith(text)) this.#open[field] = this.#open[field].slice(text.length);
      return missing;
    });
  }

  #writeEarly(field: TextField, text: string, key: unknown): readonly TextDelta[] {
    if (text !== '') this.#early = { field, key, text };
    return this.write(field, text);
  }
}
