import { left } from 'fp-ts/Either';
import type * as t from 'io-ts';

import { isRecord } from '../codec/isRecord';
import { MAX_MISFITS } from '../codec/list';
import { parseJson } from '../codec/parseJson';
import { issueOf } from '../decode/issues';
import { BadJson } from '../errors';
import { JsonInText } from '../json/JsonInText';
import { JsonReader } from '../json/JsonReader';
import type { Closed } from '../json/JsonTree';
import { decodeOutput, type DecodedOutput } from './decodeOutput';
import { isObjectCodec } from './isObjectCodec';
import type { Outline } from './Outline';
import { outputOutline } from './outputOutline';
import type { PartialOutput } from './PartialOutput';

/** Location of the JSON: `'lenient'` finds it in a fence or after prose, `'bare'` reads the complete text as JSON. */
export type Extract = 'lenient' | 'bare';

/** The format of an answer, derived from a codec once for all answers. */
export interface OutputFormat<A> {
  /** The outline of the written JSON: the value, or an object around it. */
  readonly written: Outline;
  /** Whether an object around the value is requested from the model. */
  readonly isWrapped: boolean;
  readonly extract: Extract;
  readonly decode: (text: string, quoted: string) => DecodedOutput<A>;
}

/** Returns the format of the answers for a codec. */
export function outputFormat<A>(codec: t.Type<A, unknown>, extract: Extract = 'lenient'): OutputFormat<A> {
  const written = outputOutline(codec);
  const isWrapped = !isObjectCodec(codec);
  return { written, isWrapped, extract, decode: decodeOutput(codec, written, extract) };
}

const NO_ISSUES: readonly string[] = [];

/**
 * Reads the value of a codec from a text that arrives in parts.
 *
 * Never throws because of the text. Only the codec decides about the value, in {@link OutputReader.decode}. Until then the reader
 * has the partial value, and the issues of the closed parts.
 *
 * @typeParam O - The encoded side of the codec, which the model writes.
 */
export class OutputReader<A, O> {
  /** Closed parts that do not fit, a line each, at most five. Replaced, never mutated. */
  issues = NO_ISSUES;

  readonly #format: OutputFormat<A>;
  readonly #json: JsonInText<Outline>;

  constructor(format: OutputFormat<A>) {
    this.#format = format;
    this.#json = new JsonInText({
      begin: () => {
        this.issues = NO_ISSUES;
        return new JsonReader({ shape: format.written, onClose: (closed) => this.#check(closed) });
      },
      extract: format.extract,
      // With or without the object around it.
      openings: format.isWrapped ? '{[' : '{',
      isJson: (text) => parseJson(withoutFence(text)) !== undefined,
    });
  }

  /** Whether the value is complete. */
  get done(): boolean {
    return this.#json.done;
  }

  /** The text of the value when it is {@link done}; otherwise the complete text. */
  get text(): string {
    return this.#json.text;
  }

  /** Whether the text so far is long enough for the cost of reading {@link partial} again. */
  get affordable(): boolean {
    return this.#json.reader?.affordable ?? true;
  }

  /** The value so far, without the parts that do not fit. The same object until there is more to show. */
  get partial(): PartialOutput<O> | undefined {
    const { reader } = this.#json;
    return reader?.shape.unwrap(reader.value, reader.done) as PartialOutput<O> | undefined;
  }

  /** Reads more text. */
  push(text: string): void {
    this.#json.push(text);
  }

  /** Ends the text, and decodes the value. */
  decode(): DecodedOutput<A> {
    this.#json.end();
    const { done, text, error, reader } = this.#json;
    // Those of a value that the search has skipped.
    if (reader === undefined) this.issues = NO_ISSUES;
    const isBare = this.#format.extract === 'bare';
    // Without a bracket, the complete text may still be a number or a string.
    return done || error === undefined
      ? this.decodeText(isBare ? text : withoutFence(text))
      : left(new BadJson(text, error));
  }

  /** Decodes another text in place of the received one, which an error still quotes. */
  decodeText(text: string): DecodedOutput<A> {
    return this.#format.decode(text, this.text);
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
    const isInWrapper = this.#format.isWrapped && path[0] === 'value';
    const place = path.slice(isInWrapper ? 1 : 0).join('/');
    // A field that does not fit is not shown, so it would also be reported as missing.
    if (this.issues.some((issue) => issue.startsWith(`${place}: `))) return;
    this.issues = [...this.issues, issueOf(place, expected, got)];
  }
}

/** The line that opens a fence. */
const FENCE = /^(`{3,}|~{3,})[^\s`~]*\s/m;

/** Returns the text in a fence, or else the text without the blanks and the byte order mark around it. */
function withoutFence(text: string): string {
  const trimmed = text.trim();
  const match = FENCE.exec(trimmed);
  if (match === null) return trimmed;
  const [opening, fence = ''] = match;
  const start = match.index + opening.length;
  const end = trimmed.lastIndexOf(fence);
  return end < start ? trimmed : trimmed.slice(start, end);
}
