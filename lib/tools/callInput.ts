import { isRight, left, mapLeft, type Either } from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';

import { mismatchOf } from '../decode/issues';
import { parse } from '../decode/parse';
import { ToolFailed, type BadJson, type ToolFailure } from '../errors';
import type { AnyTool } from './tool';

/** The arguments of a call, as JSON and as the input of the tool. */
export interface CallInput {
  /** The arguments as parsed JSON; the text itself if it is not JSON. */
  readonly json: unknown;
  readonly input: Either<ToolFailure, unknown>;
}

/**
 * Reads the arguments of a call.
 *
 * An empty text means no arguments. The nulls of strict mode are removed, then the codec decodes the value. If that fails, `null` and
 * `[]`, which some models and PHP write for no arguments, are decoded as `{}`, and the text in a JSON string is read in the same way.
 */
export function readInput(tool: AnyTool, text: string): CallInput {
  const parsed = parseArguments(text);
  if (!isRight(parsed)) return { json: text, input: parsed };
  const json = parsed.right;
  const input = decode(tool, json, text);
  if (isRight(input)) return { json, input };
  const alternative = alternativeOf(json);
  const alternativeInput = alternative === undefined ? input : decode(tool, alternative, text);
  return isRight(alternativeInput) ? { json: alternative, input: alternativeInput } : { json, input };
}

function alternativeOf(json: unknown): unknown {
  if (isNone(json)) return {};
  const parsed = typeof json === 'string' ? parseArguments(json) : undefined;
  if (parsed === undefined || !isRight(parsed)) return undefined;
  return isNone(parsed.right) ? {} : parsed.right;
}

const isNone = (json: unknown): boolean => json === null || (Array.isArray(json) && json.length === 0);

const parseArguments = (text: string): Either<BadJson, unknown> => parse(text.trim() === '' ? '{}' : text);

function decode(tool: AnyTool, json: unknown, text: string): Either<ToolFailure, unknown> {
  const { name, input: codec, conversion } = tool;
  try {
    return pipe(
      codec.decode(conversion === undefined ? json : conversion.omitNulls(tool)(json)),
      mapLeft((errors) => mismatchOf(errors, text)),
    );
  } catch (cause) {
    return left(new ToolFailed(name, cause));
  }
}
