import { attempt } from './attempt';

/** Parses JSON; `undefined` for text that is not JSON, which callers read in another way. */
export const parseJson = (text: string): unknown => attempt((): unknown => JSON.parse(text));
