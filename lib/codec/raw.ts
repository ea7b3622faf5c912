/** JSON has no symbols, so no server can send this key. Two copies of this library share it. */
const RAW = Symbol.for('rxjs-chat-completions.raw');

/**
 * Returns an object as the server sent it, before its fields were coerced or left out.
 *
 * A field whose value does not fit its type is absent in the decoded object; here it has its original name and value. The link
 * is a hidden property of the decoded object itself, so copies of it and its JSON form have none.
 *
 * @param decoded - A chunk, a completion, or any object in one.
 * @returns The same object if decoding changed nothing in it.
 *
 * @example Read a field that a server sends with another type
 * ```ts
 * import { isRight } from 'fp-ts/Either';
 * import { decodeChunk, rawOf } from 'rxjs-chat-completions/codec';
 *
 * const decoded = decodeChunk('{"created":"yesterday","choices":[]}');
 * if (isRight(decoded)) {
 *   console.assert(decoded.right.created === undefined);
 *   console.assert((rawOf(decoded.right) as { created?: unknown }).created === 'yesterday');
 * }
 * ```
 */
export const rawOf = (decoded: object): object => (decoded as { readonly [RAW]?: object })[RAW] ?? decoded;

/** Links a decoded copy to its original. Not enumerable, so that a spread or a fold of the copy does not take it along. */
export function linkRaw<A extends object>(decoded: A, raw: object): A {
  return Object.defineProperty(decoded, RAW, { value: raw });
}
