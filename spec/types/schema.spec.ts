import * as t from 'io-ts';

import { annotate } from '../../lib/schema/annotate';
import { jsonSchemaOf } from '../../lib/schema/jsonSchemaOf';
import { responseFormatOf } from '../../lib/schema/responseFormatOf';

interface Tree {
  readonly name: string;
  readonly below: Tree[];
}
const Tree: t.Type<Tree> = t.recursion('Tree', () => t.type({ name: t.string, below: t.array(Tree) }));

const DateItself = new t.Type<Date>(
  'Date',
  (value): value is Date => value instanceof Date,
  t.success as never,
  (date) => date,
);
const DateFromISO = new t.Type<Date, string>('DateFromISO', DateItself.is, t.success as never, (date) =>
  date.toISOString(),
);

describe('a codec that is described', () => {
  it('encodes to JSON', () => {
    // @ts-expect-error a Date is not JSON
    expect(() => jsonSchemaOf(t.type({ at: DateItself }))).toThrow('at: no schema for Date');
    // @ts-expect-error wherever it stands
    expect(() => responseFormatOf(t.array(t.partial({ at: DateItself })))).toThrow(
      '*/at: no schema for Date',
    );
    // @ts-expect-error nor is a function
    expect(() => jsonSchemaOf(t.type({ run: t.Function }))).toThrow('run: no schema for Function');
    // @ts-expect-error nor a bigint
    expect(() => jsonSchemaOf(t.type({ id: t.bigint }))).toThrow('id: no schema for bigint');
  });

  it('may be of any type itself', () => {
    const At = annotate(DateFromISO, { type: 'string' });
    expect(jsonSchemaOf(t.type({ at: At }))).toMatchObject({ required: ['at'] });
  });

  it('may be recursive, branded, optional', () => {
    expect(jsonSchemaOf(Tree)).toHaveProperty('$defs');
    expect(jsonSchemaOf(t.intersection([t.type({ id: t.Int }), t.partial({ tree: Tree })]))).toMatchObject({
      required: ['id', 'tree'],
    });
  });

  it('may contain anything, without strict mode', () => {
    const loose = { strict: false } as const;
    expect(jsonSchemaOf(t.type({ any: t.unknown }), loose)).toMatchObject({ properties: { any: {} } });
    expect(responseFormatOf(t.UnknownRecord, loose)).toMatchObject({ type: 'json_schema' });
  });

  it('may be that of a function for any codec', () => {
    const format = <A>(codec: t.Type<A, object>): unknown => responseFormatOf(codec);
    expect(format(t.type({ name: t.string }))).toMatchObject({ type: 'json_schema' });
  });

  it('stays what it is when it is annotated', () => {
    const Person = annotate(t.type({ name: annotate(t.string, { description: 'Full name' }) }), {});
    const person: t.TypeOf<typeof Person> = { name: 'Ada' };
    expect(Person.props.name.is(person.name)).toBe(true);
    // @ts-expect-error of another type
    expect(Person.is({ name: 5 } satisfies t.TypeOf<typeof Person>)).toBe(false);
  });
});
