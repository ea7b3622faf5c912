/**
 * A value as far as a model has written it.
 *
 * Plain strings grow, everything else (numbers, literals, enums, brands) is there as a whole or not at all. So every field may
 * still be missing, and a list may still become longer.
 *
 * @typeParam A - The value as JSON: the encoded side of a codec.
 *
 * @example
 * ```ts
 * import type { PartialOutput } from 'rxjs-chat-completions';
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
