import type { ChatCompletionChunk } from '../../../codec/ChatCompletionChunk';
import type { Dialect, DialectContext } from '../DialectBuilders';
import { responseHead } from '../heads';
import type { ServerFrame } from '../wire';
import { openai } from './openai';

/**
 * Azure: OpenAI's chunks with the verdicts of a content filter, and before them a chunk without choices, id or
 * model that has those on the question.
 */
export function azure(speaker: DialectContext): Dialect {
  const inner = openai(speaker);
  return {
    ...inner,
    head: responseHead(200),
    textChunk: (text) => filtered(inner.textChunk(text), VERDICTS),
    toolCallChunk: (call) => filtered(inner.toolCallChunk(call)),
    openingChunks: (said) => [ON_THE_QUESTION, ...filtered(inner.openingChunks([])), ...said],
    finishChunk: (reason, usage) => filtered(inner.finishChunk(reason, usage)),
    errorBody: (status, message, code) => ({ error: { code: code ?? String(status), message } }),
    completion: (answer) => {
      const whole = inner.completion(answer) as ChatCompletionChunk;
      const [choice] = whole.choices ?? [];
      return { ...whole, choices: [{ ...choice, content_filter_results: VERDICTS }], ...QUESTION_VERDICTS };
    },
  };
}

const fine = { filtered: false, severity: 'safe' };
const VERDICTS = { hate: fine, self_harm: fine, sexual: fine, violence: fine };
const QUESTION_VERDICTS = { prompt_filter_results: [{ prompt_index: 0, content_filter_results: VERDICTS }] };
const ON_THE_QUESTION = { choices: [], created: 0, id: '', model: '', object: '', ...QUESTION_VERDICTS };

/** Adds verdicts to every choice; structure and ends are marked as looked at, with none. */
const filtered = (said: readonly ServerFrame[], verdicts: object = {}): readonly ServerFrame[] =>
  (said as readonly ChatCompletionChunk[]).map((chunk) => ({
    ...chunk,
    choices: (chunk.choices ?? []).map((choice) => ({
      content_filter_results: verdicts,
      ...choice,
      logprobs: null,
    })),
  }));
