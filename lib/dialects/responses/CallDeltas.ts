import type { Json } from '../translated';
import { argumentsOf, callDelta, type Item } from './Item';

/** A call, or arguments whose call has not begun: gateways send events in any order. */
interface Call {
  /** Its arguments so far. */
  text: string;
  /** Whether that is all of them. */
  isWhole?: boolean;
  begun?: { readonly index: number; readonly item: Item };
}

/** Returns the tool call deltas of one stream, numbered in the order in which the calls begin. */
export class CallDeltas {
  readonly #calls = new Map<unknown, Call>();

  /** Number of calls that have begun. */
  count = 0;

  /** Number of characters that are kept of all calls. */
  length = 0;

  /**
   * Begins a call, or names one that has begun without its name or its id: some gateways know them at its end.
   *
   * @param key - Identifies the call in the stream.
   */
  begin(key: unknown, item: Item): readonly Json[] {
    const call = this.#of(key, item);
    const { begun } = call;
    if (begun !== undefined && (isNamed(begun.item) || !isNamed(item))) return [];
    const index = begun?.index ?? this.count++;
    call.begun = { index, item };
    this.#calls.set(item.call_id || key, call);
    return [callDelta(index, item, begun === undefined ? call.text : '', true)];
  }

  /** Writes a delta, unless the complete arguments have arrived before it. */
  write(key: unknown, text: string): readonly Json[] {
    const call = this.#at(key);
    return call.isWhole ? [] : this.#append(call, text);
  }

  /** Writes what is missing of complete arguments: some servers send no deltas of them. */
  complete(key: unknown, text: string, call = this.#at(key)): readonly Json[] {
    if (!text.startsWith(call.text)) return [];
    call.isWhole = text !== '';
    return this.#append(call, text.slice(call.text.length));
  }

  /** Some servers send a call only when it is complete. */
  end(key: unknown, item: Item): readonly Json[] {
    return [...this.complete(key, argumentsOf(item), this.#of(key, item)), ...this.begin(key, item)];
  }

  #append(call: Call, text: string): readonly Json[] {
    call.text += text;
    this.length += text.length;
    if (call.begun === undefined || text === '') return [];
    return [callDelta(call.begun.index, call.begun.item, text)];
  }

  /** Returns the call of an item: by its own id, since some gateways send the same place for every item. */
  #of(key: unknown, { call_id }: Item): Call {
    const own = this.#calls.get(call_id || key);
    if (own !== undefined) return own;
    const call = this.#at(key);
    return call.begun?.item.call_id ? this.#start(key) : call;
  }

  #at(key: unknown): Call {
    return this.#calls.get(key) ?? this.#start(key);
  }

  #start(key: unknown): Call {
    const call: Call = { text: '' };
    this.#calls.set(key, call);
    this.length += NAMES;
    return call;
  }
}

const isNamed = ({ call_id, name }: Item): boolean => Boolean(call_id && name);

/** Characters that a call without arguments counts as: those of `{"type":"function_call"}`, the shortest. */
const NAMES = 24;
