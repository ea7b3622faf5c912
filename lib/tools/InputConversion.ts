import type { Either } from 'fp-ts/Either';
import type * as t from 'io-ts';

import { messageOf, RequestError, type SchemaMismatch } from '../errors';
import type { JsonSchema } from '../request/JsonSchema';
import { decodeValue } from '../schema/decodeValue';
import { isObjectCodec } from '../schema/isObjectCodec';
import { describeRoot } from '../schema/describeRoot';
import { requireCodec } from '../schema/requireCodec';

/** The part of a tool that its conversion reads. */
interface ToolInput {
  readonly name: string;
  readonly input: t.Mixed;
  readonly parameters?: JsonSchema;
  readonly strict?: boolean;
}

/** The schema of the arguments of a tool. */
export interface ToolParameters {
  readonly parameters: JsonSchema;
  /** Whether the server enforces it. */
  readonly strict: boolean;
}

/** The ways between the codec of a tool and the JSON that a model writes for it. */
export interface InputConversion {
  /** Returns the schema of a tool; by default that of its input. */
  readonly parametersOf: (tool: ToolInput) => ToolParameters;
  /** Decodes the JSON of a text, without each `null` that the schema requests for a missing field. */
  readonly decode: (tool: ToolInput, json: unknown, text: string) => Either<SchemaMismatch, unknown>;
}

/** The conversion of an io-ts codec. */
export const codecConversion: InputConversion = {
  parametersOf,
  decode: ({ input }, json, text) => decodeValue(input)(json, text),
};

/**
 * Returns the schema of a tool; by default that of its codec, in strict mode if there is one.
 *
 * @throws RequestError if the input is not a codec. By default also if it is not an object, or has no schema.
 */
function parametersOf({ name, input, parameters, strict }: ToolInput): ToolParameters {
  requireCodec(input, `${name}: input`);
  const isStrict = strict ?? !parameters;
  if (parameters) return { parameters, strict: isStrict };
  if (!isObjectCodec(input)) {
    throw new RequestError(`${name}: the input is ${input.name}, and has to be an object: wrap it in t.type`);
  }
  try {
    return { parameters: describeRoot(input, isStrict), strict: isStrict };
  } catch (cause) {
    // Not possible in strict mode, but perhaps without it.
    if (strict === undefined) return parametersOf({ name, input, strict: false });
    throw new RequestError(`${name}: ${messageOf(cause)}`, { cause });
  }
}
