import { isLeft, mapLeft, type Either } from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import type * as t from 'io-ts';

import { attempt } from '../codec/attempt';
import { mismatchOf, pathOf } from '../decode/issues';
import { taggedOf, type Tagged } from '../decode/Tagged';
import type { SchemaMismatch } from '../errors';
import { omitNulls } from './omitNulls';

/** A function of a value, of the text that an error quotes, and of the path of the value if it is a part of another. */
type DecodeValue<A> = (json: unknown, text?: string, place?: string) => Either<SchemaMismatch, A>;

/** Creates a decoder of a value that a model has written for a codec. Removes each `null` that means a missing field. */
export function decodeValue<A>(codec: t.Type<A, unknown>): DecodeValue<A> {
  const omit = omitNulls(codec);
  return (json, text, place) =>
    pipe(
      codec.decode(omit(json)),
      mapLeft((errors) => mismatchOf(errors.flatMap(tagErrors), text ?? JSON.stringify(json), place)),
    );
}

/** Returns the errors of the tags if an error is that of a union of tagged objects, of which io-ts names only the union. */
function tagErrors(error: t.ValidationError): t.Errors {
  const { context, value } = error;
  const tagged = taggedAt(context);
  const union = tagged._tag === 'RecursiveType' ? taggedOf(tagged.type) : tagged;
  if (union._tag !== 'UnionType') return [error];
  const members = union.types
    .map((type) => {
      // Its fields are not for this value, so their codecs may throw.
      const result = attempt(() => type.validate(value, [...context, { key: '', type, actual: value }]));
      return result && isLeft(result) ? result.left.flatMap(tagErrors).filter(isLiteral) : [];
    })
    .filter(({ length }) => length > 0);
  // A literal that is no tag is in some members only.
  const tags = members
    .flat()
    .filter(({ context: at }) =>
      members.every((literals) => literals.some((other) => pathOf(other.context) === pathOf(at))),
    );
  return tags.length > 0 ? tags : [error];
}

const isLiteral = ({ context }: t.ValidationError): boolean => taggedAt(context)._tag === 'LiteralType';

/** Returns the codec at the end of a context. */
const taggedAt = (context: t.Context): Tagged => taggedOf(context.at(-1)?.type as t.Any);
