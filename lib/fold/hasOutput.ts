import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Delta } from '../codec/Delta';
import { contentIn } from './content';
import { reasoningIn } from './reasoning';

/** Whether a chunk brings anything of the answer: text, reasoning, a refusal, audio or a piece of a tool call, in any choice. */
export const hasOutput = ({ choices }: ChatCompletionChunk): boolean =>
  choices?.some(({ delta }) => delta != null && saysSomething(delta)) ?? false;

const saysSomething = (delta: Delta): boolean =>
  contentIn(delta) !== '' ||
  reasoningIn(delta) !== '' ||
  Boolean(delta.refusal) ||
  (delta.tool_calls?.length ?? 0) > 0 ||
  delta.function_call != null ||
  delta.audio != null;
