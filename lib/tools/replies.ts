import type { ImagePart, TextPart, UserContentPart } from '../request/ContentPart';
import type { ToolMessage, UserMessage } from '../request/Message';
import type { ToolFailure } from '../errors';
import type { AnyTool } from './tool';

/** What the model is told of one call. */
export interface Reply {
  readonly message: ToolMessage;
  /** Not for a tool's message, which holds text only. */
  readonly pictures: readonly ImagePart[];
}

const reply = (id: string, content: string, pictures: readonly ImagePart[] = []): Reply => ({
  message: { role: 'tool', tool_call_id: id, content },
  pictures,
});

/** The reply that tells a result. */
export function resultReply(id: string, { toModel }: AnyTool, output: unknown): Reply {
  const told = toModel === undefined ? textOf(output) : toModel(output as never);
  if (typeof told === 'string') return reply(id, told);
  const texts = told.filter((part): part is TextPart => part.type === 'text').map(({ text }) => text);
  const pictures = told.filter((part): part is ImagePart => part.type === 'image_url');
  return reply(id, texts.join('\n') || (pictures.length > 0 ? 'The pictures follow.' : ''), pictures);
}

function textOf(output: unknown): string {
  if (typeof output === 'string') return output;
  // In a list, where JSON has a `null` for what it cannot say.
  return output === undefined ? '' : JSON.stringify([output]).slice(1, -1);
}

/** Longest piece of arguments that are not JSON that the model is shown again, in UTF-16 code units. */
const SHOWN = 200;

/** The reply that tells a failure, for the model to correct it. */
export const failureReply = (id: string, failure: ToolFailure): Reply => reply(id, wordsOf(failure));

function wordsOf(failure: ToolFailure): string {
  switch (failure._tag) {
    case 'UnknownTool':
      return `There is no tool named ${JSON.stringify(failure.tool)}. The tools are: ${failure.known.join(', ') || 'none'}.`;
    case 'BadJson':
      return `The arguments are not JSON: ${failure.raw.slice(0, SHOWN)}`;
    case 'SchemaMismatch':
      return `The arguments do not fit: ${failure.issues.join('; ')}`;
    case 'ToolDenied':
      return `The user did not allow this call, so it was not run.${failure.reason === null ? '' : ` Reason: ${failure.reason}`}`;
    case 'ToolFailed':
      return `Error: ${failure.message}`;
  }
}

/** The reply that tells a failure in words of the app's own. */
export const customReply = (id: string, words: string): Reply => reply(id, words);

/** The reply to a call that has no result, because the run was stopped. */
export const stoppedReply = (id: string, began: boolean): ToolMessage =>
  reply(
    id,
    began ? 'The run was stopped; this call may have run.' : 'The run was stopped; this call was not run.',
  ).message;

/** The pictures of all results as the user's, which is where models look for them. */
export function picturesOf(replies: readonly Reply[]): readonly UserMessage[] {
  const content = replies.flatMap(({ message, pictures }): readonly UserContentPart[] =>
    pictures.length === 0
      ? []
      : [{ type: 'text', text: `Pictures of the result of ${message.tool_call_id}:` }, ...pictures],
  );
  return content.length === 0 ? [] : [{ role: 'user', content }];
}
