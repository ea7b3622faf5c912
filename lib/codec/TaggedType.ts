import * as t from 'io-ts';

/** The class of the codecs that this library adds to io-ts. They change nothing when they encode. */
export class TaggedType<A> extends t.Type<A, unknown> {
  /**
   * @param _tag - The kind of the codec, by which issues name its type.
   * @param type - The codec within that it adds a rule to.
   */
  constructor(
    readonly _tag: 'FieldsType' | 'ListType' | 'WrappedType',
    name: string,
    is: t.Is<A>,
    validate: t.Validate<unknown, A>,
    readonly type?: t.Any,
  ) {
    super(name, is, validate, t.identity);
  }
}

/** Creates a codec that adds a rule to another one, by whose type and name issues name it. */
export const wrapped = <A>(codec: t.Any, is: t.Is<A>, validate: t.Validate<unknown, A>): t.Type<A, unknown> =>
  new TaggedType('WrappedType', codec.name, is, validate, codec);
