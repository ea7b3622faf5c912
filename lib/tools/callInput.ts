import { isRight, left, mapLeft, type Either } from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';

import { isRecord } from '../codec/isRecord';
import { parseJson } from '../codec/parseJson';
import { mismatchOf } from '../decode/issues';
import { parse } from '../decode/parse';
import { ToolFailed, type ToolFailure } from '../errors';
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
 * `[]`, which some models and PHP write for no arguments, are decoded as `{}`, and the object in a JSON string as that object.
 */
export function readInput(tool: AnyTool, text: string): CallInput {
  const parsed = parse(text.trim() || '{}', text);
  if (!isRight(parsed)) return { json: text, input: parsed };
  const json = parsed.right;
  const input = decode(tool, json, text);
  const object = isRight(input) ? json : objectIn(json);
  return { json: object, input: object === json ? input : decode(tool, object, text) };
}

/** Returns the object that a value stands for; the value itself if it stands for none. */
function objectIn(json: unknown): unknown {
  const inner = typeof json === 'string' ? parseJson(json.trim() || '{}') : json;
  if (inner === null || (Array.isArray(inner) && inner.length === 0)) return {};
  return isRecord(inner) ? inner : json;
}

function decode(tool: AnyTool, json: unknown, text: string): Either<ToolFailure, unknown> {
  try {
    return (
      tool.conversion?.decode(tool, json, text) ??
      pipe(
        tool.input.decode(json),
        mapLeft((errors) => mismatchOf(errors, text)),
      )
    );
  } catch (cause) {
    return left(new ToolFailed(tool.name, cause));
  }
}
