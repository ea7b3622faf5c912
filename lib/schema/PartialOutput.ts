/**
 * The part of a value that a model has written so far.
 *
 * A plain string may be incomplete. Every other value without parts (a number, a literal, an enum, a brand) is either complete or
 * missing. Any field may be missing, and a list may have fewer items.
 *
 * @typeParam A - The value as JSON: the encoded side of a codec.
 *
 * @example
 * ```ts
 * import type { PartialOutput } from 'rxjs-chat-completions/structured';
 *
 * interface Person {
 *   readonly name: string;
 *   readonly born: number;
 * }
 * const partial: PartialOutput<Person> = { name: 'Ada Lov' };
 * console.assert(partial.born === undefined);
 * ```
 */
export type PartialOutput<A> = unknown extends A
  ? A
  : A extends null | undefined | boolean | number | string
    ? A
    : A extends ReadonlyArray<infer E>
      ? ReadonlyArray<PartialOutput<E>>
      : { readonly [K in keyof A]?: PartialOutput<A[K]> };
