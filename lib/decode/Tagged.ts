import type * as t from 'io-ts';

/** The codecs of io-ts, discriminated by their tag at run time. */
export type Tagged =
  | t.StringType
  | t.NumberType
  | t.BooleanType
  | t.NullType
  | t.UndefinedType
  | t.VoidType
  | t.UnknownType
  | t.AnyArrayType
  | t.AnyDictionaryType
  | t.LiteralType<string | number | boolean>
  | t.KeyofType<Record<string, unknown>>
  | t.ArrayType<t.Mixed>
  | t.ReadonlyArrayType<t.Mixed>
  | t.TupleType<t.Mixed[]>
  | t.DictionaryType<t.Mixed, t.Mixed>
  | t.InterfaceType<t.Props>
  | t.PartialType<t.Props>
  | Strict
  | t.ExactType<t.HasProps>
  | t.ReadonlyType<t.Mixed>
  | t.IntersectionType<t.Mixed[]>
  | t.UnionType<t.Mixed[]>
  | t.RefinementType<t.Mixed>
  | t.RecursiveType<t.Mixed>;

/** The codec of a class that io-ts has deprecated, but still exports. */
interface Strict {
  readonly _tag: 'StrictType';
  readonly name: string;
  readonly props: t.Props;
}

/** Returns a codec as a union by its tag. A user-defined codec has no tag, so a switch needs a `default`. */
export const taggedOf = (codec: t.Any): Tagged => codec as unknown as Tagged;
