import { isObservable } from 'rxjs';

import { isRecord } from '../codec/isRecord';
import { isRecordList } from '../codec/recordsIn';
import type { ImagePart, UserContentPart } from '../request/ContentPart';
import type { ToolMessage, UserMessage } from '../request/Message';
import { isError, type ToolFailure } from '../errors';
import type { AnyTool } from './tool';

/** The reply to one call, for the model. */
export interface Reply {
  readonly message: ToolMessage;
  /** Images of the result, which a tool message cannot contain. */
  readonly images: readonly ImagePart[];
}

const reply = (id: string, content: string, images: readonly ImagePart[] = []): Reply => ({
  message: { role: 'tool', tool_call_id: id, content },
  images,
});

/** Returns the reply with a result. */
export function resultReply(id: string, tool: AnyTool, output: unknown): Reply {
  const forModel = tool.toModel ? tool.toModel(output as never) : textOf(output);
  if (typeof forModel === 'string') return reply(id, forModel);
  // JavaScript allows a `toModel` that returns something else, and an `async` one.
  if (!isRecordList(forModel) || !forModel.every(({ type }) => /^(text|image_url)$/.test(type)))
    throw new TypeError('toModel must return a text or a list of parts');
  const texts = forModel.flatMap((part) => (part.type === 'text' ? part.text : []));
  const images = forModel.filter((part) => part.type === 'image_url');
  return reply(id, texts.join('\n') || (images.length > 0 ? 'The pictures follow.' : ''), images);
}

function textOf(output: unknown): string {
  if (typeof output === 'string') return output;
  if (output === undefined) return '';
  // In a list, because there JSON has `null` for values that it cannot express.
  return JSON.stringify([output], requireJson).slice(1, -1);
}

/**
 * Returns a value for `JSON.stringify`.
 *
 * @throws TypeError for a value whose JSON would not contain it: a Promise that is not awaited, a Map, an error, bytes.
 */
function requireJson(this: Readonly<Record<string, unknown>>, name: string, json: unknown): unknown {
  // Bytes of a file that was read without an encoding have a JSON form.
  const value = this[name];
  if (
    ArrayBuffer.isView(value) ||
    (typeof json === 'function' && Array.isArray(this)) ||
    (isRecord(json) &&
      !isPlain(json) &&
      (isObservable(json) || isError(json) || Object.keys(json).length === 0))
  )
    throw new TypeError('the result has no JSON: emit plain data, or convert it with toModel');
  return json;
}

/** Whether an object, of any realm, has no class: the JSON of a Map, a Set or a Promise is `{}` whatever it contains. */
function isPlain(value: unknown): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Longest quote of arguments that are not JSON, in UTF-16 code units. */
const SHOWN = 200;

/** Returns the reply with a failure, so that the model can correct it. */
export const failureReply = (id: string, failure: ToolFailure): Reply => reply(id, textOfFailure(failure));

function textOfFailure(failure: ToolFailure): string {
  switch (failure._tag) {
    case 'UnknownTool':
      return `There is no tool named ${JSON.stringify(failure.tool)}. The tools are: ${failure.known.join(', ') || 'none'}.`;
    case 'BadJson':
      return `The arguments are not JSON: ${failure.raw.slice(0, SHOWN)}`;
    case 'SchemaMismatch':
      return `The arguments do not fit: ${failure.issues.join('; ')}`;
    case 'ToolDenied':
      return `The user did not allow this call, so it was not run.${failure.reason ? ` Reason: ${failure.reason}` : ''}`;
    case 'ToolFailed':
      return `Error: ${failure.message || 'the tool failed'}`;
  }
}

/** Returns the reply with the app's text for a failure. */
export function customReply(id: string, text: unknown): Reply {
  if (typeof text !== 'string') throw new TypeError('onToolError must return a text');
  return reply(id, text);
}

/** Returns the reply to a call without a result, because the run was stopped. */
export const stoppedReply = (id: string, began: boolean): ToolMessage =>
  reply(id, `The run was stopped; this call ${began ? 'may have run' : 'was not run'}.`).message;

/** Returns the images of all results as a user message, because models read images only there. */
export function imagesOf(replies: readonly Reply[]): readonly UserMessage[] {
  const content = replies.flatMap(({ message, images }): readonly UserContentPart[] =>
    images.length === 0
      ? []
      : [{ type: 'text', text: `Pictures of the result of ${message.tool_call_id}:` }, ...images],
  );
  return content.length === 0 ? [] : [{ role: 'user', content }];
}
