import { chain, isRight, left, tryCatch } from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import type * as t from 'io-ts';

import { isRecord } from '../codec/isRecord';
import { MAX_MISFITS } from '../codec/list';
import { issueOf } from '../decode/issues';
import { BadJson } from '../errors';
import { JsonInText } from '../json/JsonInText';
import { JsonReader, type Closed } from '../json/JsonReader';
import type { JsonContainer } from '../json/Shape';
import { decodeOutput, type DecodedOutput } from './decodeOutput';
import { outlineOf, type Outline } from './Outline';
import { outputOutline } from './outputOutline';
import type { PartialOutput } from './PartialOutput';
import { rootOf } from './rootOf';

/** Where the JSON is: `'lenient'` finds it in a fence or after prose, `'bare'` takes the whole text for it. */
export type Extract = 'lenient' | 'bare';

/** What is made of a codec once, however many answers are read. */
export interface OutputFormat<A> {
  /** The outline of the value, and of what is written: the value, or an object around it. */
  readonly value: Outline;
  readonly written: Outline;
  readonly root: 'object' | 'array' | 'value';
  readonly extract: Extract;
  readonly decode: (text: string, quoted?: string) => DecodedOutput<A>;
}

/** Prepares a codec for reading what a model writes for it. */
export const outputFormat = <A>(
  codec: t.Type<A, unknown>,
  extract: Extract = 'lenient',
): OutputFormat<A> => ({
  value: outlineOf(codec),
  written: outputOutline(codec),
  root: rootOf(codec),
  extract,
  decode: decodeOutput(codec, extract),
});

const KINDS: Readonly<Record<OutputFormat<unknown>['root'], readonly JsonContainer[]>> = {
  object: ['object'],
  // With the object around it, or without.
  array: ['object', 'array'],
  value: ['object', 'array'],
};

const NO_ISSUES: readonly string[] = [];

/**
 * Reads the value of a codec from a text that arrives in pieces.
 *
 * Never throws because of the text. The codec alone decides, in {@link OutputReader.decode}; until then there are the partial
 * value, and the issues of what has closed.
 *
 * @typeParam O - The encoded side of the codec, which is what is written.
 */
export class OutputReader<A, O> {
  /** What has closed and does not fit, a line each, five at most. Replaced rather than changed. */
  issues = NO_ISSUES;

  private readonly format: OutputFormat<A>;
  private readonly json: JsonInText<Outline>;

  constructor(format: OutputFormat<A>) {
    this.format = format;
    this.json = new JsonInText({
      begin: () => {
        this.issues = NO_ISSUES;
        return new JsonReader({ shape: format.written, onClose: (closed) => this.check(closed) });
      },
      extract: format.extract,
      kinds: KINDS[format.root],
    });
  }

  /** Whether the value has been read to its end. */
  get done(): boolean {
    return this.json.done;
  }

  /** The text of the value when it is {@link done}; otherwise all of the text. */
  get text(): string {
    return this.json.text;
  }

  /** Whether the text so far pays for another look at {@link partial}. */
  get affordable(): boolean {
    return this.json.reader?.affordable ?? true;
  }

  /** The value as far as it is written, without what does not fit. The same object as long as nothing more is shown. */
  get partial(): PartialOutput<O> | undefined {
    const value = this.json.reader?.value;
    return (this.format.root === 'object' ? value : this.unwrapped(value)) as PartialOutput<O> | undefined;
  }

  /** Reads on. */
  push(text: string): void {
    this.json.push(text);
  }

  /**
   * Ends the text, and decodes the value.
   *
   * @param repair - Makes JSON of a text that is not.
   */
  decode(repair?: (text: string) => string): DecodedOutput<A> {
    this.json.end();
    const { done, text, error } = this.json;
    const { decode, extract } = this.format;
    // Where no bracket was found, the whole text may still be a number or a string.
    const decoded: DecodedOutput<A> =
      done || error === undefined
        ? decode(extract === 'bare' ? text : withoutMark(text), text)
        : left(new BadJson(text, error));
    if (repair === undefined || isRight(decoded) || decoded.left._tag !== 'BadJson') return decoded;
    return pipe(
      tryCatch(
        () => repair(text),
        (cause) => new BadJson(text, cause),
      ),
      chain((repaired) => decode(repaired, text)),
    );
  }

  /** The value inside the object that `responseFormatOf` has put around it; `undefined` until it is known whether there is one. */
  private unwrapped(value: unknown): unknown {
    if (!isRecord(value)) return value;
    const [first] = Object.keys(value);
    if (first === 'value') return value[first];
    return first !== undefined || (this.done && this.format.value.opens('object')) ? value : undefined;
  }

  private check({ value, shape, shown, path }: Closed<Outline>): void {
    if (this.issues.length >= MAX_MISFITS) return;
    if (!shown) this.report(path(), shape.expectedInstead(value), value);
    else if (isRecord(value)) {
      for (const [name, expected] of shape.missingIn(value))
        this.report([...path(), name], expected, undefined);
    }
  }

  private report(path: ReadonlyArray<string | number>, expected: readonly string[], got: unknown): void {
    if (expected.length === 0 || this.issues.length >= MAX_MISFITS) return;
    const isInWrapper = this.format.root !== 'object' && path[0] === 'value';
    const place = path.slice(isInWrapper ? 1 : 0).join('/');
    // A field that does not fit is not shown, and so would seem to be missing, too.
    if (this.issues.some((issue) => issue.startsWith(`${place}: `))) return;
    this.issues = [...this.issues, issueOf(place, expected, got)];
  }
}

const withoutMark = (text: string): string => text.replace(/^\uFEFF/, '');
