import type { RecordedAnswer } from './recordings';

export type Json = Readonly<Record<string, unknown>>;
type Path = readonly string[];

const ABSENT = Symbol('absent');
/** The values that replace each field, one at a time; at last the field is left out. */
const REPLACEMENTS: readonly unknown[] = [null, false, 0, 1.5, '', 'x', [], {}, [null], [{}], ABSENT];
/** Number of items of a list that are mutated: the others are like these. */
const ITEMS = 2;

/** A stream of JSON payloads, or a completion as its only payload. */
export interface Sample {
  readonly name: string;
  readonly payloads: readonly Json[];
  /** Positions of the payloads to mutate, which no earlier sample has in this shape. */
  readonly places: readonly number[];
}

/** A field of a payload with another value, between the payloads that precede and follow it. */
export interface Mutation {
  readonly label: string;
  /** The path of the field, such as `choices/0/delta`. */
  readonly path: string;
  readonly original: unknown;
  /** The replacement; a symbol if the field is left out. */
  readonly value: unknown;
  readonly before: readonly Json[];
  readonly after: readonly Json[];
}

/** Returns the answers that have a payload of a new shape. */
export function samplesOf(
  answers: readonly RecordedAnswer[],
  payloadsOf: (body: string) => readonly string[],
): Sample[] {
  const shapes = new Set<string>();
  return answers.flatMap(({ name, body }) => {
    const payloads = payloadsOf(new TextDecoder().decode(body))
      .filter((text) => text.startsWith('{') && text.endsWith('}'))
      .map((text) => JSON.parse(text) as Json);
    const places = payloads.flatMap((json, place) => (isNew(shapes, shapeOf(json)) ? [place] : []));
    return places.length > 0 ? [{ name, payloads, places }] : [];
  });
}

/** Returns the mutations of each field of the samples, once for each server and type of value. */
export function* mutationsOf(samples: readonly Sample[]): Generator<Mutation> {
  const fields = new Set<string>();
  for (const { name, payloads, places } of samples) {
    for (const place of places) {
      const from = Math.max(0, place - 1);
      const before = payloads.slice(from, place + 2);
      for (const keys of pathsIn(payloads[place])) {
        const path = keys.join('/');
        const original = valueAt(payloads[place], keys);
        const field = `${name.split('/')[0]} ${path.replace(/\d+/g, '*')} ${typeOf(original)}`;
        if (!isNew(fields, field)) continue;
        for (const value of REPLACEMENTS) {
          const label = `${name} ${path}: ${value === ABSENT ? 'absent' : JSON.stringify(value)}`;
          const after = before.map((json, i) =>
            i === place - from ? (replaced(json, keys, value) as Json) : json,
          );
          yield { label, path, original, value, before, after };
        }
      }
    }
  }
}

function isNew(seen: Set<string>, value: string): boolean {
  const { size } = seen;
  return seen.add(value).size > size;
}

/** The text of a payload without its values. */
const shapeOf = (json: unknown): string =>
  JSON.stringify(json, (_, value: unknown) => {
    if (Array.isArray(value)) return (value as readonly unknown[]).slice(0, ITEMS);
    if (typeof value === 'number') return 1;
    return typeof value === 'string' && value !== '' ? 's' : value;
  });

const typeOf = (json: unknown): string =>
  Array.isArray(json) ? 'list' : json === null ? 'null' : json === '' ? 'blank' : typeof json;

/** The paths of all fields of a JSON value. */
function pathsIn(json: unknown, path: Path = []): Path[] {
  if (typeof json !== 'object' || json === null) return [];
  const fields = Object.entries(json);
  return (Array.isArray(json) ? fields.slice(0, ITEMS) : fields).flatMap(([key, value]) => [
    [...path, key],
    ...pathsIn(value, [...path, key]),
  ]);
}

const valueAt = (json: unknown, path: Path): unknown =>
  path.reduce((value, key) => (value as Json)[key], json);

/** A copy of a JSON value with the value at a path replaced. */
function replaced(json: unknown, [key = '', ...inner]: Path, value: unknown): unknown {
  if (Array.isArray(json)) {
    return json.flatMap((item: unknown, i) => {
      if (String(i) !== key) return [item];
      if (inner.length > 0) return [replaced(item, inner, value)];
      return value === ABSENT ? [] : [value];
    });
  }
  const { [key]: field, ...others } = json as Json;
  if (inner.length > 0) return { ...(json as Json), [key]: replaced(field, inner, value) };
  return value === ABSENT ? others : { ...(json as Json), [key]: value };
}
