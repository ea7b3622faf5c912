import { azure } from './dialects/azure';
import { deepseek } from './dialects/deepseek';
import { groq } from './dialects/groq';
import { llamaCpp } from './dialects/llamaCpp';
import { mistral } from './dialects/mistral';
import { ollama } from './dialects/ollama';
import { openai } from './dialects/openai';
import { openrouter } from './dialects/openrouter';
import type { Dialect, DialectContext } from './DialectBuilders';

const DIALECTS: Readonly<Record<DialectName, (context: DialectContext) => Dialect>> = {
  ollama,
  openai,
  'llama.cpp': llamaCpp,
  openrouter,
  azure,
  groq,
  deepseek,
  mistral,
};

/** A server whose format is known. */
export type DialectName =
  'ollama' | 'openai' | 'llama.cpp' | 'openrouter' | 'azure' | 'groq' | 'deepseek' | 'mistral';

/**
 * Returns the builders of one server.
 *
 * Compatible servers differ in the place of the role, the field for reasoning, the deltas of a tool call, the chunk with the
 * usage, and the shape of errors. Write a spec in the dialect of the server you deploy on to find wrong assumptions.
 *
 * @param context - The name of the model, `scripted` by default, and the number of the response, from 0, which ids contain.
 * @throws RangeError for a name that is not known, which JavaScript allows.
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
export function dialect(
  name: DialectName,
  { model = 'scripted', turn = 0 }: Partial<DialectContext> = {},
): Dialect {
  if (!Object.hasOwn(DIALECTS, name))
    throw new RangeError(`no dialect '${name}'; use one of ${Object.keys(DIALECTS).join(', ')}`);
  return DIALECTS[name]({ model, turn });
}
