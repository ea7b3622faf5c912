import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Delta } from '../codec/Delta';
import { contentIn } from './content';
import { reasoningIn } from './reasoning';

/** Whether a chunk adds output to any choice: text, reasoning, a refusal, audio or a tool-call fragment. */
export const hasOutput = ({ choices }: ChatCompletionChunk): boolean =>
  choices?.some(({ delta }) => delta != null && addsOutput(delta)) ?? false;

const addsOutput = (delta: Delta): boolean =>
  contentIn(delta) !== '' ||
  reasoningIn(delta) !== '' ||
  Boolean(delta.refusal) ||
  (delta.tool_calls?.length ?? 0) > 0 ||
  delta.function_call != null ||
  delta.audio != null;
