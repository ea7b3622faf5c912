import type { ToolCall } from '../codec/ToolCall';
import type { ToolCallDelta } from '../codec/ToolCallDelta';
import { argumentsOf, toolCallName } from './AccumulatedToolCall';
import type { Draft } from './Draft';
import { joinToolCall } from './joinToolCall';
import type { List } from './LongList';

/** The tool calls of a message, and the `index` of each on the wire. */
export interface IndexedToolCalls {
  readonly calls: List<ToolCall>;
  /** Absent as long as each index is the place of its call, which it nearly always is. */
  readonly indexes?: List<number> | undefined;
}

/** Receives the place of a fragment's call, and the text of its arguments; `''` if those of the call stay the same. */
export type OnFragment = (place: number, text: string) => void;

/**
 * Joins the tool-call fragments of a delta to the calls of a message.
 *
 * @param onFragment - Called after each fragment.
 * @returns The same `calls` if the delta adds nothing.
 */
export function joinToolCalls(
  before: IndexedToolCalls,
  fragments: readonly ToolCallDelta[],
  draft: Draft,
  onFragment?: OnFragment,
): IndexedToolCalls {
  const joined = new JoinedToolCalls(before, draft);
  for (const fragment of fragments) joined.add(fragment, onFragment);
  return joined.end();
}

/** The places of calls: the last one of each index and of each id. */
interface Places {
  readonly byIndex: Map<number, number>;
  readonly byId: Map<string, number>;
}

/**
 * The places of the calls in a list, made when a fragment first needs them.
 *
 * A cache and nothing else: it moves on with the newest list, and is made again from the calls and their indexes for any
 * other, such as one that was stored as JSON.
 */
const placesOfList = new WeakMap<List<ToolCall>, Places>();

/** The most characters of the arguments of a call that another one without an id may follow at its index. */
const MAX_WHOLE = 4_096;

/**
 * Whether a fragment with a name begins another call than the one at its index: Gemini and Claude through gateways send index 0 for
 * each call. It does if it has another id or, without ids, if it begins an object after one that has ended.
 */
function isAnother(fragment: ToolCallDelta, known: ToolCall | undefined): boolean {
  if (known === undefined) return false;
  if (fragment.id && known.id) return fragment.id !== known.id;
  const text = argumentsOf(fragment);
  const before = argumentsOf(known);
  if (!text.startsWith('{') || before.length > MAX_WHOLE || !before.endsWith('}')) return false;
  // The same arguments of the same tool are sent again, and those after an empty object replace it.
  return toolCallName(fragment) !== toolCallName(known) || (text !== before && before !== '{}');
}

/** The calls of a message while the fragments of one delta are joined to them. */
class JoinedToolCalls {
  #calls: List<ToolCall>;
  #indexes: List<number> | undefined;
  #places: Places | undefined;
  /** The number of calls before this delta. */
  readonly #known: number;
  readonly #draft: Draft;
  #isFirst = true;

  constructor({ calls, indexes }: IndexedToolCalls, draft: Draft) {
    this.#calls = calls;
    this.#indexes = indexes;
    this.#known = calls.length;
    this.#draft = draft;
    this.#places = placesOfList.get(calls);
    placesOfList.delete(calls);
  }

  add(fragment: ToolCallDelta, onFragment?: OnFragment): void {
    const place = this.#placeOf(fragment);
    this.#isFirst = false;
    const before = this.#calls.at(place);
    const text = before && argumentsOf(before);
    const call = joinToolCall(before, fragment, this.#draft);
    if (call === undefined) return;
    if (before === undefined) this.#addIndex(place, fragment.index ?? place);
    if (call.id) this.#addId(place, call.id);
    if (call !== before) this.#calls = this.#draft.set(this.#calls, place, call);
    onFragment?.(place, argumentsOf(call) === text ? '' : argumentsOf(fragment));
  }

  end(): IndexedToolCalls {
    if (this.#places !== undefined) placesOfList.set(this.#calls, this.#places);
    return { calls: this.#calls, indexes: this.#indexes };
  }

  /** Finds the call that a fragment belongs to; the place after the last for a new call. */
  #placeOf(fragment: ToolCallDelta): number {
    const { index, id } = fragment;
    const name = toolCallName(fragment);
    const end = this.#calls.length;
    const last = this.#calls.at(-1);
    if (typeof index === 'number') {
      const place = this.#placeOfIndex(index);
      // LocalAI sends the arguments at an index of their own.
      if (place === undefined) return (name === '' && id ? this.#allPlaces().byId.get(id) : undefined) ?? end;
      return name !== '' && (place >= this.#known || isAnother(fragment, this.#calls.at(place)))
        ? end
        : place;
    }
    if (id) {
      if (last?.id === id) return end - 1;
      return this.#allPlaces().byId.get(id) ?? (name === '' && last?.id === '' ? end - 1 : end);
    }
    // Complete calls in one delta: each is a separate call.
    return name !== '' || !this.#isFirst || last === undefined ? end : end - 1;
  }

  #placeOfIndex(index: number): number | undefined {
    if (this.#indexes !== undefined) return this.#allPlaces().byIndex.get(index);
    return Number.isInteger(index) && index >= 0 && index < this.#calls.length ? index : undefined;
  }

  #addIndex(place: number, index: number): void {
    this.#places?.byIndex.set(index, place);
    if (this.#indexes === undefined && index === place) return;
    const indexes = this.#indexes ?? Array.from({ length: place }, (_, at) => at);
    this.#indexes = this.#draft.set(indexes, place, index);
  }

  #addId(place: number, id: string): void {
    const byId = this.#places?.byId;
    if (byId !== undefined && (byId.get(id) ?? -1) < place) byId.set(id, place);
  }

  #allPlaces(): Places {
    if (this.#places !== undefined) return this.#places;
    const places: Places = { byIndex: new Map(), byId: new Map() };
    for (let place = 0; place < this.#calls.length; place += 1) {
      places.byIndex.set(this.#indexes?.at(place) ?? place, place);
      places.byId.set(this.#calls.at(place)?.id ?? '', place);
    }
    this.#places = places;
    return places;
  }
}
