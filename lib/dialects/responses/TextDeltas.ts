import type { Json } from '../translated';
import { PARAGRAPH, textsOf, type Item, type TextField } from './Item';

/** The text of an item in one field. */
interface Place {
  readonly field: TextField;
  readonly sent: string;
  /** The end of it that was complete before its deltas, as far as they have not arrived. */
  early: string;
}

const NONE = { content: '', refusal: '', reasoning: '' };

/**
 * Returns the text deltas of one stream: some servers send a part or an item only when it is complete.
 *
 * A `key` identifies an item in the stream.
 */
export class TextDeltas {
  /** Number of characters of each field so far. */
  readonly sent = { content: 0, refusal: 0, reasoning: 0 };
  /** The texts that no complete item has contained so far. */
  #open = { ...NONE };
  readonly #places = new Map<string, Place>();

  /** Number of characters of all fields. */
  length = 0;

  /** Writes a delta, unless its text has arrived as a complete part or item before: some servers send them in this order. */
  add(field: TextField, text: string, key: unknown): readonly Json[] {
    const place = this.#at(field, key);
    if (text === '' || !place.early.startsWith(text)) return this.#write(field, text, key);
    place.early = place.early.slice(text.length);
    return [];
  }

  /** Writes what is missing of a complete part. That of a second part follows with its item. */
  complete(field: TextField, text: string, key: unknown): readonly Json[] {
    // A gateway may have sent its deltas with another id.
    return this.#open[field] === text ? [] : this.#writeRest(field, text, this.#at(field, key).sent, key);
  }

  /** Begins another part of a summary. */
  separate(key: unknown): readonly Json[] {
    return this.#open.reasoning === '' ? [] : this.#write('reasoning', PARAGRAPH, key);
  }

  /** Writes what is missing of a complete item. Text in another order than it was sent in is not repeated. */
  end(item: Item, key: unknown): readonly Json[] {
    return textsOf(item).flatMap(([field, text]) => {
      const missing = this.#writeRest(field, text, this.#open[field], key);
      if (this.#open[field].startsWith(text)) this.#open[field] = this.#open[field].slice(text.length);
      return missing;
    });
  }

  /** Begins the items of the complete response, which contain all texts again. */
  reopen(): void {
    this.#open = { ...NONE };
    for (const { field, sent } of this.#places.values()) this.#open[field] += sent;
  }

  #at(field: TextField, key: unknown): Place {
    return this.#places.get(nameOf(field, key)) ?? { field, sent: '', early: '' };
  }

  #writeRest(field: TextField, text: string, sent: string, key: unknown): readonly Json[] {
    const rest = text.startsWith(sent) ? text.slice(sent.length) : '';
    return this.#write(field, rest, key, rest);
  }

  #write(field: TextField, text: string, key: unknown, early = ''): readonly Json[] {
    if (text === '') return [];
    // One answer has several items of reasoning, and one text of it.
    const isNext = field === 'reasoning' && this.#open.reasoning === '' && this.sent.reasoning > 0;
    this.length += text.length;
    this.sent[field] += text.length;
    this.#open[field] += text;
    this.#places.set(nameOf(field, key), { field, sent: this.#at(field, key).sent + text, early });
    return [{ [field]: isNext ? PARAGRAPH + text : text }];
  }
}

const nameOf = (field: TextField, key: unknown): string => `${field} ${String(key)}`;
