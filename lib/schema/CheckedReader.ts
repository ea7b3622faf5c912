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

  /** @param isWrapped - Whether the value is in an object, which the places of issues leave out. */
  constructor(
    written: Outline,
    private readonly isWrapped: boolean,
  ) {
    super({ shape: written, onClose: (closed) => this.#check(closed) });
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
    const isInWrapper = this.isWrapped && path[0] === 'value';
    const place = path.slice(isInWrapper ? 1 : 0).join('/');
    // A field that does not fit is not shown, so it would also be reported as missing.
    if (this.issues.some((issue) => issue.startsWith(`${place}: `))) return;
    this.issues = [...this.issues, issueOf(place, expected, got)];
  }
}
