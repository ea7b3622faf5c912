import type { ChatCompletionChunk } from '../../../codec/ChatCompletionChunk';
import type { Dialect, Speaker } from '../DialectBuilders';
import { headOf } from '../heads';
import type { Said } from '../wire';
import { openai } from './openai';

/**
 * Azure: OpenAI's chunks with the verdicts of a content filter, and before them a chunk without choices, id or
 * model that has those on the question.
 */
export function azure(speaker: Speaker): Dialect {
  const inner = openai(speaker);
  return {
    ...inner,
    head: headOf(200),
    chunkOf: (text) => filtered(inner.chunkOf(text), VERDICTS),
    toolCallOf: (call) => filtered(inner.toolCallOf(call)),
    firstOf: (said) => [ON_THE_QUESTION, ...filtered(inner.firstOf([])), ...said],
    finishOf: (reason, usage) => filtered(inner.finishOf(reason, usage)),
    errorOf: (status, words, code) => ({ error: { code: code ?? String(status), message: words } }),
    completionOf: (answer) => {
      const whole = inner.completionOf(answer) as ChatCompletionChunk;
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
const filtered = (said: readonly Said[], verdicts: object = {}): readonly Said[] =>
  (said as readonly ChatCompletionChunk[]).map((chunk) => ({
    ...chunk,
    choices: (chunk.choices ?? []).map((choice) => ({
      content_filter_results: verdicts,
      ...choice,
      logprobs: null,
    })),
  }));
