import type { CompletionChoice } from '../codec/ChatCompletion';
import type { ChunkChoice } from '../codec/ChunkChoice';
import { choiceIndex } from './choices';
import type { Draft } from './Draft';
import { LongList, MAX_ARRAY, type List } from './LongList';

/** A function that joins an entry of a chunk to its choice; returns the choice itself if the entry adds nothing. */
export type JoinChoice = (choice: CompletionChoice, entry: ChunkChoice, draft: Draft) => CompletionChoice;

/**
 * Joins the choices of a chunk to those of a completion.
 *
 * @param known - The choices so far.
 * @returns The choices in the order of their index; `known` itself if the chunk adds nothing.
 */
export function joinChoices(
  known: List<CompletionChoice>,
  entries: readonly ChunkChoice[],
  draft: Draft,
  joinChoice: JoinChoice,
): List<CompletionChoice> {
  let choices = known;
  let places = placesOfList.get(known);
  placesOfList.delete(known);
  let isSorted = true;
  let nth = 0;
  for (const entry of entries) {
    const index = choiceIndex(entry, nth);
    nth += 1;
    if (choices.length > MAX_ARRAY) places ??= placesIn(choices);
    const place = places === undefined ? placeOf(choices, index) : places.get(index);
    const choice = place === undefined ? newChoice(index) : choices.at(place);
    if (choice === undefined) continue;
    const next = joinChoice(choice, entry, draft);
    if (next === choice && place !== undefined) continue;
    if (place === undefined) {
      places?.set(index, choices.length);
      isSorted &&= choices.length === 0 || indexAt(choices, choices.length - 1) < index;
    }
    if (choices.length >= MAX_ARRAY && !(choices instanceof LongList))
      choices = LongList.of(choices, byIndex);
    choices = draft.set(choices, place ?? choices.length, next);
  }
  if (places !== undefined) placesOfList.set(choices, places);
  return isSorted || choices instanceof LongList ? choices : draft.array(choices).sort(byIndex);
}

/** The places of choices by index, for a long list. A cache and nothing else: it moves on with the newest list. */
const placesOfList = new WeakMap<List<CompletionChoice>, Map<number, number>>();

function placesIn(choices: List<CompletionChoice>): Map<number, number> {
  const places = new Map<number, number>();
  for (let place = 0; place < choices.length; place += 1) places.set(indexAt(choices, place), place);
  return places;
}

/** Finds the place of a choice in a short list; it need not be its index. */
function placeOf(choices: List<CompletionChoice>, index: number): number | undefined {
  for (let place = 0; place < choices.length; place += 1) {
    if (indexAt(choices, place) === index) return place;
  }
  return undefined;
}

const indexAt = (choices: List<CompletionChoice>, place: number): number => choices.at(place)?.index ?? place;

const byIndex = (a: CompletionChoice, b: CompletionChoice): number => (a.index ?? 0) - (b.index ?? 0);

const newChoice = (index: number): CompletionChoice => ({
  index,
  message: { role: 'assistant', content: null },
  finish_reason: null,
});
