import fc from 'fast-check';

/** Names and strings that readers of JSON trip on. */
const ODD = [
  '',
  '__proto__',
  'constructor',
  '0',
  '"',
  '\\',
  '\n',
  '\u0000',
  '/',
  '🙂',
  'é',
  '\ud83d',
  '\ude42',
  '\u2028',
  '\ufeff',
];

const text = fc.oneof(
  fc.constantFrom(...ODD),
  fc.array(fc.constantFrom(...ODD, 'a', 'b '), { maxLength: 6 }).map((parts) => parts.join('')),
);
const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 1e21, 5e-324, 1.7976931348623157e308),
);

/** Objects are made of their fields, since `__proto__` is one like any other. */
const objectOf = (value: fc.Arbitrary<unknown>, maxKeys: number): fc.Arbitrary<unknown> =>
  fc.array(fc.tuple(text, value), { maxLength: maxKeys }).map((fields) => Object.fromEntries(fields));

/** Any value that JSON can say. */
const jsonValue: fc.Arbitrary<unknown> = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'json' },
    fc.constantFrom(null, true, false),
    number,
    text,
    fc.array(tie('any'), { maxLength: 4, depthIdentifier: 'json' }),
    objectOf(tie('any'), 4),
  ),
})).any;

const blanks = fc.constantFrom('', '', '', ' ', '\n', '\t\r\n');

/** Writes a value with blanks where they may stand, and some of its characters escaped. */
const written = (value: unknown, blank: () => string, escape: () => boolean): string => {
  const escaped = (character: string): string =>
    character.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const quoted = (string: string): string =>
    `"${[...string].map((each) => (escape() ? escaped(each) : JSON.stringify(each).slice(1, -1))).join('')}"`;
  const around = (part: string): string => blank() + part + blank();
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) {
    return `[${blank()}${value.map((item) => around(written(item, blank, escape))).join(',')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(
      ([name, field]) => around(quoted(name)) + ':' + around(written(field, blank, escape)),
    );
    return `{${blank()}${fields.join(',')}}`;
  }
  return Object.is(value, -0) ? '-0' : JSON.stringify(value);
};

/** JSON texts, laid out in any way. */
export const jsonText: fc.Arbitrary<string> = fc
  .tuple(jsonValue, fc.infiniteStream(blanks), fc.infiniteStream(fc.boolean()))
  .map(([value, blank, escape]) =>
    written(
      value,
      () => String(blank.next().value),
      () => escape.next().value === true,
    ),
  );

const MARKS = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  '\\',
  '-',
  '.',
  'e',
  '0',
  'n',
  'true',
  'null',
  ' ',
  '\n',
  'u00',
];

/** Texts in the manner of JSON; most are not. */
export const brokenJson: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.constantFrom(...MARKS), { maxLength: 10 }).map((marks) => marks.join('')),
  fc
    .tuple(jsonText, fc.nat(), fc.nat(2), fc.constantFrom('', ...MARKS))
    .map(([whole, place, removed, put]) => {
      const at = place % (whole.length + 1);
      return whole.slice(0, at) + put + whole.slice(at + removed);
    }),
);

/** A text in the pieces in which it may come; some are empty. */
export const piecesOf = (whole: string): fc.Arbitrary<string[]> =>
  fc.oneof(
    fc.constant([...Array(whole.length).keys()].map((at) => whole[at] as string)),
    fc
      .array(fc.nat(whole.length), { maxLength: 12 })
      .map((places) =>
        [0, ...places.sort((a, b) => a - b)].map((from, i, all) => whole.slice(from, all[i + 1])),
      ),
  );

/** Texts with the pieces they come in. */
export const inPieces = (texts: fc.Arbitrary<string>): fc.Arbitrary<readonly [string, string[]]> =>
  texts.chain((whole) => piecesOf(whole).map((pieces) => [whole, pieces] as const));

export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

/** Whether a snapshot goes on from an earlier one: strings and lists grew, fields were added, nothing else changed. */
export function goesOnFrom(before: unknown, after: unknown): boolean {
  if (before === undefined || Object.is(before, after)) return true;
  if (typeof before === 'string') return typeof after === 'string' && after.startsWith(before);
  if (Array.isArray(before)) {
    return (
      Array.isArray(after) &&
      before.length <= after.length &&
      before.every((item, i) => goesOnFrom(item, after[i]))
    );
  }
  if (typeof before !== 'object' || before === null || typeof after !== 'object' || after === null)
    return false;
  const names = Object.keys(after);
  return Object.keys(before).every(
    (name, i) =>
      names[i] === name && goesOnFrom(before[name as keyof typeof before], after[name as keyof typeof after]),
  );
}
