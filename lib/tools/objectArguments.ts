import { toJsonText } from '../codec/coerce';
import { isRecord } from '../codec/isRecord';
import { parseJson } from '../codec/parseJson';
import type { ToolCall } from '../codec/ToolCall';

/**
 * Returns a call of a function with a type, and with arguments that are the JSON of an object: servers respond with 400 to others.
 *
 * @returns The same call if it has both, and a call of a custom tool.
 */
export function withObjectArguments<C extends ToolCall>(call: C): C {
  const { type, custom, function: called } = call;
  if (custom) return call;
  const written = called?.arguments;
  const text = objectText(written);
  return type && text === written
    ? call
    : { ...call, type: type || 'function', function: { ...called, arguments: text } };
}

/** Returns JSON inside a JSON string without the string, an object as its JSON, and an empty object for any other value. */
function objectText(written: unknown): string {
  // The history of another program may have an object.
  const text = toJsonText(written) as string;
  const json = parseJson(text);
  if (isRecord(json)) return text;
  return typeof json === 'string' && isRecord(parseJson(json)) ? json : '{}';
}
