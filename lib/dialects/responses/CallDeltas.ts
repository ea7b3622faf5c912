import type { Json } from '../translated';
import { argumentsOf, callOf, moreOf, type Item } from './Item';

interface Begun {
  readonly index: number;
  readonly item: Item;
  hasText: boolean;
}

/** Returns the tool call deltas of one stream, numbered in the order in which the calls begin. */
export class CallDeltas {
  readonly #calls = new Map<unknown, Begun>();

  /** Whether the answer has calls so far. */
  get hasCalls(): boolean {
    return this.#calls.size > 0;
  }

  /** @param key - Identifies the call in the stream. */
  begin(key: unknown, item: Item, text = ''): readonly Json[] {
    const index = this.#calls.size;
    this.#calls.set(key, { index, item, hasText: text !== '' });
    return [{ index, ...callOf(item, text) }];
  }

  write(key: unknown, text: string): readonly Json[] {
    const call = this.#calls.get(key);
    if (call === undefined) return [];
    call.hasText = true;
    return [{ index: call.index, ...moreOf(call.item, text) }];
  }

  /** Some servers send a call, or its arguments, only when it is complete. */
  end(key: unknown, item: Item): readonly Json[] {
    const call = this.#calls.get(key);
    if (call === undefined) return this.begin(key, item, argumentsOf(item));
    return call.hasText ? [] : this.write(key, argumentsOf(item));
  }
}
