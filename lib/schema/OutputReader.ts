import { left } from 'fp-ts/Either';
import type * as t from 'io-ts';

import { BadJson } from '../errors';
import { brokenJson } from '../json/brokenJson';
import { JsonInText } from '../json/JsonInText';
import { CheckedReader, NO_ISSUES } from './CheckedReader';
import { decodeOutput, type DecodedOutput } from './decodeOutput';
import type { Outline } from './Outline';
import { outputOutline } from './outputOutline';
import type { PartialOutput } from './PartialOutput';

/** Location of the JSON: `'lenient'` finds it in a fence or after prose, `'bare'` reads the complete text as JSON. */
export type Extract = 'lenient' | 'bare';

/** The format of an answer, derived from a codec once for all answers. */
export interface OutputFormat<A> {
  /** The outline of the written JSON: the value, or an object around it. */
  readonly written: Outline;
  readonly extract: Extract;
  readonly decode: (text: string, quoted: string) => DecodedOutput<A>;
}

/** Returns the format of the answers for a codec. */
export function outputFormat<A>(codec: t.Type<A, unknown>, extract: Extract = 'lenient'): OutputFormat<A> {
  const written = outputOutline(codec);
  return { written, extract, decode: decodeOutput(codec, written, extract) };
}

/**
 * Reads the value of a codec from a text that arrives in parts.
 *
 * Never throws because of the text. Only the codec decides about the value, in {@link OutputReader.decode}. Until then the reader
 * has the partial value, and the issues of the closed parts.
 *
 * @typeParam O - The encoded side of the codec, which the model writes.
 */
export class OutputReader<A, O> extends JsonInText<CheckedReader> {
  readonly #format: OutputFormat<A>;

  constructor(format: OutputFormat<A>) {
    const { written, extract } = format;
    super({
      begin: () => new CheckedReader(written),
      extract,
      // With or without the object around it.
      openings: written.isWrapped ? '{[' : '{',
      fits: ({ issues }) => issues.length === 0,
    });
    this.#format = format;
  }

  /** Closed parts that do not fit, a line each, at most five. Replaced, never mutated. */
  get issues(): readonly string[] {
    return this.reader?.issues ?? NO_ISSUES;
  }

  /** Whether the text so far is long enough for the cost of reading {@link partial} again. */
  get affordable(): boolean {
    return this.reader?.affordable ?? true;
  }

  /** The value so far, without the parts that do not fit. The same object until there is more to show. */
  get partial(): PartialOutput<O> | undefined {
    const { reader } = this;
    return reader?.shape.unwrap(reader.value, reader.done) as PartialOutput<O> | undefined;
  }

  /** The text of broken JSON, without the prose before it and the fence around it. */
  get broken(): string {
    return brokenJson(this.text, this.start);
  }

  /** Ends the text, and decodes the value. */
  decode(): DecodedOutput<A> {
    this.end();
    const { done, json, text, error } = this;
    // Without a bracket, the complete text may still be a number or a string.
    return done || error === undefined ? this.decodeText(json) : left(new BadJson(text, { cause: error }));
  }

  /** Decodes another text in place of the received one, which an error still quotes. */
  decodeText(text: string): DecodedOutput<A> {
    return this.#format.decode(text, this.text);
  }
}
