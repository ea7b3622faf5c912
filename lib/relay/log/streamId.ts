/**
 * Whether a text can be the id of a stream of a user: it fits in a header and in a path, and no URL parser changes it.
 */
export const isStreamKey = (key: string): boolean =>
  /^[\x20-\x7e\xa0-\xff]{1,200}$/.test(key) && key !== '.' && key !== '..' && key.trim() === key;

/** Returns the id of a stream in the log. Escaped, so that no user's key is the id of another user's stream. */
export const streamId = (userId: string, key: string): string => JSON.stringify([userId, key]);

/** Parses a cursor: the number of the last event that a reader has, 0 for none; `undefined` if it is not one. */
export function parseCursor(cursor: string | null): number | undefined {
  if (cursor === null || cursor === '') return 0;
  return /^(?:0|[1-9]\d{0,14})$/.test(cursor) ? Number(cursor) : undefined;
}
