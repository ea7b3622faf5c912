import { expectTypeOf } from 'expect-type';
import type { Either } from 'fp-ts/Either';
import * as t from 'io-ts';
import { from, map, type Observable, type OperatorFunction } from 'rxjs';

import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import type { Decoded } from '../../lib/decode/decode';
import type { OutputError } from '../../lib/errors';
import { elements } from '../../lib/operators/structure/elements';
import type { Structured } from '../../lib/operators/structure/progress';
import { structured } from '../../lib/operators/structure/structured';
import type { PartialOutput } from '../../lib/schema/PartialOutput';

const Person = t.intersection([
  t.type({ name: t.string, born: t.Int, tags: t.array(t.string) }),
  t.partial({ role: t.keyof({ admin: null, guest: null }) }),
]);
type Person = t.TypeOf<typeof Person>;

const chunk$: Observable<Decoded<ChatCompletionChunk>> = from([]);

describe('a partial value', () => {
  it('has fields that may be missing, at any depth', () => {
    type Partial = PartialOutput<{
      readonly a: { readonly b: string };
      readonly c: ReadonlyArray<{ readonly d: 1 }>;
    }>;
    expectTypeOf<Partial>().toEqualTypeOf<{
      readonly a?: { readonly b?: string };
      readonly c?: ReadonlyArray<{ readonly d?: 1 }>;
    }>();
    const partial: Partial = { c: [{}] };
    // @ts-expect-error the field may be missing
    expect(() => partial.a.b).toThrow(TypeError);
    // @ts-expect-error nobody writes to a snapshot
    partial.a = {};
  });

  it('has complete literals, numbers and brands', () => {
    expectTypeOf<PartialOutput<'a' | 'b'>>().toEqualTypeOf<'a' | 'b'>();
    expectTypeOf<PartialOutput<t.Int>>().toEqualTypeOf<t.Int>();
    expectTypeOf<PartialOutput<string | null>>().toEqualTypeOf<string | null>();
    expectTypeOf<PartialOutput<unknown>>().toEqualTypeOf<unknown>();
    // @ts-expect-error no enum is half written
    const half: PartialOutput<'admin' | 'guest'> = 'adm';
    expect(half).toBe('adm');
  });

  it('may be recursive', () => {
    interface Tree {
      readonly name: string;
      readonly below: readonly Tree[];
    }
    const partial: PartialOutput<Tree> = { below: [{ name: 'a' }, { below: [{}] }] };
    expect(partial.below).toHaveLength(2);
  });
});

describe('structured', () => {
  it('emits the value of the codec, and its encoded side while it is written', () => {
    const At = new t.Type<Date, string>(
      'At',
      (value): value is Date => value instanceof Date,
      t.success as never,
      String,
    );
    expectTypeOf(structured(t.type({ at: At }))).toEqualTypeOf<
      OperatorFunction<Decoded<ChatCompletionChunk>, Structured<{ at: Date }, { at: string }>>
    >();
  });

  it('has no value before the end, and a reason if there is none', () => {
    void chunk$.pipe(
      structured(Person),
      map(({ partial, result }) => {
        expectTypeOf(result).toEqualTypeOf<Either<OutputError, Person> | null>();
        expectTypeOf(partial?.name).toEqualTypeOf<string | undefined>();
        // @ts-expect-error there may be no partial value yet
        String(partial.name);
        // @ts-expect-error there is no such field
        String(partial?.age);
        // @ts-expect-error there may be no result yet
        return result._tag;
      }),
    );
  });

  it('accepts the chunks of a call, and named options', () => {
    // @ts-expect-error plain chunks are no Eithers
    void from<ChatCompletionChunk[]>([]).pipe(structured(Person));
    // @ts-expect-error there is no such way to find JSON
    structured(Person, { extract: 'sloppy' });
    // @ts-expect-error a path is a list of names
    expect(() => elements(Person, 'people')).toThrow('path must be a list of names');
    expectTypeOf(elements(Person, ['people'])).toEqualTypeOf<
      OperatorFunction<Decoded<ChatCompletionChunk>, Either<OutputError, Person>>
    >();
  });
});
