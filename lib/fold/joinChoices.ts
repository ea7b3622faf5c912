import type { CompletionChoice } from '../codec/ChatCompletion';
import type { ChunkChoice } from '../codec/ChunkChoice';
import { choiceIndex } from './choices';
import type { Draft } from './Draft';

/** A function that joins an entry of a chunk to its choice; returns the choice itself if the entry adds nothing. */
export type JoinChoice = (choice: CompletionChoice, entry: ChunkChoice, draft: Draft) => CompletionChoice;

/**
 * Joins the choices of a chunk to those of a completion.
 *
 * @param known - The choices so far, in the order of their index.
 * @returns The choices in the order of their index; `known` itself if the chunk adds nothing.
 */
export function joinChoices(
  known: readonly CompletionChoice[],
  entries: readonly ChunkChoice[],
  draft: Draft,
  joinChoice: JoinChoice,
): readonly CompletionChoice[] {
  let joined = known;
  let isSorted = true;
  let added: Map<number, number> | undefined;
  let nth = 0;
  for (const entry of entries) {
    const index = choiceIndex(entry, nth);
    nth += 1;
    const place = added?.get(index) ?? placeOf(known, index);
    const choice = place === undefined ? newChoice(index) : joined[place];
    if (choice === undefined) continue;
    const next = joinChoice(choice, entry, draft);
    if (place === undefined) {
      (added ??= new Map()).set(index, joined.length);
      isSorted &&= joined.length === 0 || indexAt(joined, joined.length - 1) < index;
      const copy = draft.list(joined);
      copy.push(next);
      joined = copy;
    } else if (next !== choice) {
      const copy = draft.list(joined);
      copy[place] = next;
      joined = copy;
    }
  }
  return isSorted ? joined : draft.list(joined).sort((a, b) => (a.index ?? 0) - (b.index ?? 0));
}

const newChoice = (index: number): CompletionChoice => ({
  index,
  message: { role: 'assistant', content: null },
  finish_reason: null,
});

const indexAt = (choices: readonly CompletionChoice[], place: number): number =>
  choices[place]?.index ?? place;

/** Finds the place of a choice: nearly always its index, else by a binary search. */
function placeOf(choices: readonly CompletionChoice[], index: number): number | undefined {
  if (choices[index] !== undefined && indexAt(choices, index) === index) return index;
  let low = 0;
  let high = choices.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (indexAt(choices, middle) < index) low = middle + 1;
    else high = middle;
  }
  return low < choices.length && indexAt(choices, low) === index ? low : undefined;
}
