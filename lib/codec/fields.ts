import { isLeft } from 'fp-ts/Either';
import * as t from 'io-ts';

import { isRecord } from './isRecord';
import { linkRaw } from './raw';
import { TaggedType } from './TaggedType';

type OptionalFields<P extends t.Props> = { readonly [Name in keyof P]?: t.TypeOf<P[Name]> };
type RequiredFields<P extends t.Props> = { readonly [Name in keyof P]: t.TypeOf<P[Name]> };

/**
 * Creates the codec of an object with optional and required fields; unknown fields are kept.
 *
 * An object of which every field fits is decoded to itself. Otherwise the result is a copy with the decoded fields, and without
 * those that {@link lenient} leaves out; {@link rawOf} returns the original. Unlike `t.partial` and `t.type` it reads own
 * properties only and copies them as such, so a field `__proto__` is a field like any other.
 *
 * @param optional - Codecs of the fields that may be absent.
 * @param name - Name of the codec.
 * @param required - Codecs of the other fields.
 */
export function fields<P extends t.Props>(optional: P, name: string): t.Type<OptionalFields<P>, unknown>;
export function fields<P extends t.Props, R extends t.Props>(
  optional: P,
  name: string,
  required: R,
): t.Type<OptionalFields<P> & RequiredFields<R>, unknown>;
export function fields(optional: t.Props, name: string, required: t.Props = {}): t.Type<object, unknown> {
  const codecs = Object.entries<t.Mixed>({ ...optional, ...required });
  const requiredNames = Object.keys(required);
  // Without a prototype, so that `__proto__` is a name like any other.
  const guards = Object.create(null) as Record<string, t.Is<unknown> | undefined>;
  for (const [field, codec] of codecs) guards[field] = codec.is;
  /** Whether an optional field is absent; `undefined` counts as absent. */
  const isAbsent = (json: object, field: string): boolean =>
    !requiredNames.includes(field) && valueAt(json, field) === undefined;

  return new TaggedType<object>(
    'FieldsType',
    name,
    (json): json is object => {
      if (!isRecord(json)) return false;
      // Traverses the fields of the object and not those of the codec: a delta has one of ten.
      for (const field in json) {
        const fits = guards[field];
        if (fits !== undefined && !fits(json[field]) && !isAbsent(json, field)) return false;
      }
      return requiredNames.every((field) => Object.hasOwn(json, field));
    },
    (json, context) => {
      if (!isRecord(json)) return t.failure(json, context);
      const errors: t.ValidationError[] = [];
      let decoded: Record<string, unknown> | undefined;
      for (const [field, codec] of codecs) {
        if (isAbsent(json, field)) continue;
        const value = valueAt(json, field);
        const inner = t.appendContext(context, field, codec, value);
        const result = Object.hasOwn(json, field) ? codec.validate(value, inner) : t.failure(value, inner);
        if (isLeft(result)) errors.push(...result.left);
        else if (result.right !== value) {
          decoded ??= { ...json };
          if (result.right === undefined) Reflect.deleteProperty(decoded, field);
          else decoded[field] = result.right;
        }
      }
      if (errors.length > 0) return t.failures(errors);
      return t.success(decoded === undefined ? json : linkRaw(decoded, json));
    },
  );
}

const valueAt = (json: object, field: string): unknown =>
  Object.hasOwn(json, field) ? (json as Readonly<Record<string, unknown>>)[field] : undefined;
