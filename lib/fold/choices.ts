import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { ChunkChoice } from '../codec/ChunkChoice';

const none: readonly ChunkChoice[] = [];

/** Which answer an entry goes on with: its `index`, or its place where it has none. */
export const indexOf = ({ index }: ChunkChoice, place: number): number => index ?? place;

/** What a chunk has for one choice; a list, since nothing forbids it to come in two entries. */
export const entriesOf = (chunk: ChatCompletionChunk, choice: number): readonly ChunkChoice[] =>
  chunk.choices?.filter((entry, place) => indexOf(entry, place) === choice) ?? none;
