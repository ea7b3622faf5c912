import * as t from 'io-ts';

/** The class of the codecs that this library adds to io-ts. They change nothing when they encode. */
export class TaggedType<A> extends t.Type<A, unknown> {
  /**
   * @param _tag - The kind of the codec, by which issues name its type.
   * @param type - The codec within that it adds a rule to.
   */
  constructor(
    readonly _tag: 'FieldsType' | 'ListType' | 'LenientType' | 'CoercedType',
    name: string,
    is: t.Is<A>,
    validate: t.Validate<unknown, A>,
    readonly type?: t.Any,
  ) {
    super(name, is, validate, t.identity);
  }
}
