import { azure } from './dialects/azure';
import { deepseek } from './dialects/deepseek';
import { groq } from './dialects/groq';
import { llamaCpp } from './dialects/llamaCpp';
import { mistral } from './dialects/mistral';
import { ollama } from './dialects/ollama';
import { openai } from './dialects/openai';
import { openrouter } from './dialects/openrouter';
import type { Dialect, DialectContext } from './DialectBuilders';

const DIALECTS: Readonly<Record<DialectName, (speaker: DialectContext) => Dialect>> = {
  ollama,
  openai,
  'llama.cpp': llamaCpp,
  openrouter,
  azure,
  groq,
  deepseek,
  mistral,
};

/** A server whose way of saying things is known. */
export type DialectName =
  'ollama' | 'openai' | 'llama.cpp' | 'openrouter' | 'azure' | 'groq' | 'deepseek' | 'mistral';

/**
 * The builders of one server.
 *
 * Compatible servers agree on little: where the role stands, how reasoning is called, whether a tool call
 * comes whole, which chunk has the usage, what an error looks like. A spec in the dialect of the server you
 * deploy on finds out what your code takes for granted.
 *
 * @param speaker - The name of the model, `scripted` by default, and the number of the answer, which ids are made of.
 *
 * @example Azure, whose first chunk has no choices and no id
 * ```ts
 * import { of } from 'rxjs';
 * import type { Transport } from 'rxjs-chat-completions';
 * import { bytesOf, dialect, doneFrame } from 'rxjs-chat-completions/testing';
 *
 * const { head, openingChunks, textChunk, finishChunk } = dialect('azure');
 * const hello: Transport = () =>
 *   of(head, bytesOf(...openingChunks(textChunk('Hel'))), bytesOf(...textChunk('lo'), ...finishChunk('stop', [9, 2]), doneFrame()));
 * ```
 */
export const dialect = (
  name: DialectName,
  { model = 'scripted', turn = 0 }: Partial<DialectContext> = {},
): Dialect => DIALECTS[name]({ model, turn });
