import { isRecord } from '../codec/isRecord';
import { MAX_MISFITS } from '../codec/list';
import { issueOf } from '../decode/issues';
import { JsonReader } from '../json/JsonReader';
import type { Closed } from '../json/JsonTree';
import type { Outline } from './Outline';

/** The issues of a value without any. */
export const NO_ISSUES: readonly string[] = [];

/** Reads a JSON text, and reports the closed parts that do not fit an outline. */
export class CheckedReader extends JsonReader<Outline> {
  /** Closed parts that do not fit, a line each, at most five. Replaced, never mutated. */
  issues = NO_ISSUES;
  /** Their places, which leave out the object around the value. */
  readonly #places = new Set<string>();
  readonly #isWrapped: boolean;

  /** @param written - The outline of the written JSON: the value, or an object around it. */
  constructor(written: Outline) {
    super({ shape: written, onClose: (closed) => this.#check(closed) });
    this.#isWrapped = written.isWrapped;
  }

  #check({ value, shape, shown, path }: Closed<Outline>): void {
    if (this.issues.length >= MAX_MISFITS) return;
    if (!shown) this.#report(path(), shape.expectedInstead(value), value);
    else if (isRecord(value)) {
      for (const [name, expected] of shape.missingIn(value))
        this.#report([...path(), name], expected, undefined);
    }
  }

  #report(path: ReadonlyArray<string | number>, expected: readonly string[], got: unknown): void {
    if (expected.length === 0 || this.issues.length >= MAX_MISFITS) return;
    const isInWrapper = this.#isWrapped && path[0] === 'value';
    const place = path.slice(isInWrapper ? 1 : 0).join('/');
    // A field that does not fit is not shown, so it would also be reported as missing.
    if (this.#places.has(place)) return;
    this.#places.add(place);
    this.issues = [...this.issues, issueOf(place, expected, got)];
  }
}
