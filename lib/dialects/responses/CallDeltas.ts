import type { Json } from '../translated';
import { argumentsOf, callOf, moreOf, type Item } from './Item';

/** A call, or arguments whose call has not begun: gateways send events in any order. */
interface Call {
  /** Its arguments so far. */
  text: string;
  begun?: { readonly index: number; readonly item: Item };
}

/** Returns the tool call deltas of one stream, numbered in the order in which the calls begin. */
export class CallDeltas {
  readonly #calls = new Map<unknown, Call>();

  /** Number of calls that have begun. */
  count = 0;

  /** Number of characters that are kept of all calls. */
  length = 0;

  /** @param key - Identifies the call in the stream. */
  begin(key: unknown, item: Item): readonly Json[] {
    const call = this.#at(key);
    if (call.begun !== undefined) return [];
    call.begun = { index: this.count++, item };
    return [{ index: call.begun.index, ...callOf(item, call.text) }];
  }

  write(key: unknown, text: string): readonly Json[] {
    const call = this.#at(key);
    call.text += text;
    this.length += text.length;
    if (call.begun === undefined || text === '') return [];
    return [{ index: call.begun.index, ...moreOf(call.begun.item, text) }];
  }

  /** Writes what is missing of complete arguments: some servers send no deltas of them. */
  complete(key: unknown, text: string): readonly Json[] {
    const sent = this.#at(key).text;
    return text.startsWith(sent) ? this.write(key, text.slice(sent.length)) : [];
  }

  /** Some servers send a call only when it is complete. */
  end(key: unknown, item: Item): readonly Json[] {
    return [...this.complete(key, argumentsOf(item)), ...this.begin(key, item)];
  }

  #at(key: unknown): Call {
    let call = this.#calls.get(key);
    if (call === undefined) {
      call = { text: '' };
      this.#calls.set(key, call);
      this.length += NAMES;
    }
    return call;
  }
}

/** Characters that a call without arguments counts as: those of `{"type":"function_call"}`, the shortest. */
const NAMES = 24;
