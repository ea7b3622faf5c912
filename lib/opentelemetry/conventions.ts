import type { ChatRequest } from '../request/ChatRequest';

// Names of the OpenTelemetry semantic conventions for generative AI, version 0.1.0, status "Development". No other file contains
// such a name. Later versions will rename some: https://github.com/open-telemetry/semantic-conventions-genai

export const OPERATION = 'gen_ai.operation.name';
export const PROVIDER = 'gen_ai.provider.name';
export const OUTPUT_TYPE = 'gen_ai.output.type';
export const SERVER_ADDRESS = 'server.address';
export const SERVER_PORT = 'server.port';
export const REQUEST_MODEL = 'gen_ai.request.model';
export const REQUEST_STREAM = 'gen_ai.request.stream';
export const RESPONSE_ID = 'gen_ai.response.id';
export const RESPONSE_MODEL = 'gen_ai.response.model';
export const RESPONSE_FIRST_CHUNK = 'gen_ai.response.time_to_first_chunk';
export const FINISH_REASONS = 'gen_ai.response.finish_reasons';
export const ERROR_TYPE = 'error.type';
/** Of this library, since the conventions have none: the call was unsubscribed before its end. */
export const STOPPED = 'rxjs_chat_completions.stopped';

/** The beginning of the names in {@link REQUEST_NAMES}. */
export const REQUEST = 'gen_ai.request.';

/** Names of the attributes that fields of a request are, after {@link REQUEST}. `top_k` is one of `extra`. */
export const REQUEST_NAMES = {
  n: 'choice.count',
  frequency_penalty: 'frequency_penalty',
  max_tokens: 'max_tokens',
  max_completion_tokens: 'max_tokens',
  presence_penalty: 'presence_penalty',
  reasoning_effort: 'reasoning.level',
  seed: 'seed',
  temperature: 'temperature',
  top_k: 'top_k',
  top_p: 'top_p',
} as const satisfies Partial<Record<keyof ChatRequest | 'top_k', string>>;

/** Beginnings of the names of attributes and of metrics. */
export const USAGE = 'gen_ai.usage.';
export const METRICS = 'gen_ai.client.inference.';

/**
 * Counts of tokens: attributes after {@link USAGE}, and counters after {@link METRICS} and `usage.`.
 *
 * Those without a dot are totals, and histograms too, after {@link METRICS} and `operation.`.
 */
export const TOKENS = {
  prompt: 'input_tokens',
  completion: 'output_tokens',
  cached: 'cache_read.input_tokens',
  written: 'cache_write.input_tokens',
  reasoning: 'reasoning.output_tokens',
} as const;

/** Required of a counter. Servers do not tell text from images and audio in the same way. */
export const MODALITY = { 'gen_ai.token.modality': 'unknown' } as const;

/** Histograms in seconds, after {@link METRICS}. */
export const DURATION = 'duration';
export const FIRST_CHUNK = 'time_to_first_chunk';
export const OUTPUT_CHUNK = 'time_per_output_chunk';

const powers = (base: number, divisor = 1): number[] =>
  Array.from({ length: 14 }, (_, power) => base ** power / divisor);

/** Boundaries of the histograms: from 0.01 s to 81.92 s, and from 1 token to 67,108,864. */
export const SECONDS = powers(2, 100);
export const COUNTS = powers(4);
