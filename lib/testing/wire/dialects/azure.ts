import type { ChatCompletionChunk } from '../../../codec/ChatCompletionChunk';
import type { Dialect, DialectContext } from '../DialectBuilders';
import { responseHead } from '../heads';
import type { ServerFrame } from '../wire';
import { openai } from './openai';

/**
 * Builds Azure's format: OpenAI's chunks with the results of a content filter. A first chunk without choices, id or model has
 * the results for the prompt.
 */
export function azure(context: DialectContext): Dialect {
  const inner = openai(context);
  return {
    ...inner,
    head: responseHead(200),
    textChunk: (text) => addFilterResults(inner.textChunk(text), RESULTS),
    toolCallChunk: (call) => addFilterResults(inner.toolCallChunk(call)),
    openingChunks: (frames) => [PROMPT_CHUNK, ...addFilterResults(inner.openingChunks([])), ...frames],
    finishChunk: (reason, usage) => addFilterResults(inner.finishChunk(reason, usage)),
    errorBody: (status, message, code) => ({ error: { code: code ?? String(status), message } }),
    completion: (answer) => {
      const completion = inner.completion(answer) as ChatCompletionChunk;
      const [choice] = completion.choices ?? [];
      return { ...completion, choices: [{ ...choice, content_filter_results: RESULTS }], ...PROMPT_RESULTS };
    },
  };
}

const safe = { filtered: false, severity: 'safe' };
const RESULTS = { hate: safe, self_harm: safe, sexual: safe, violence: safe };
const PROMPT_RESULTS = { prompt_filter_results: [{ prompt_index: 0, content_filter_results: RESULTS }] };
const PROMPT_CHUNK = { choices: [], created: 0, id: '', model: '', object: '', ...PROMPT_RESULTS };

/** Adds filter results to every choice. Chunks without text have empty results. */
const addFilterResults = (frames: readonly ServerFrame[], results: object = {}): readonly ServerFrame[] =>
  (frames as readonly ChatCompletionChunk[]).map((chunk) => ({
    ...chunk,
    choices: (chunk.choices ?? []).map((choice) => ({
      content_filter_results: results,
      ...choice,
      logprobs: null,
    })),
  }));
