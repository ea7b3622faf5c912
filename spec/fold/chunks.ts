import fc from 'fast-check';
import { isRight } from 'fp-ts/Either';

import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import { decodeChunk } from '../../lib/decode/decode';
import type { Delta } from '../../lib/codec/Delta';
import { markedChunk } from '../../lib/codec/mark';
import type { ToolCallDelta } from '../../lib/codec/ToolCallDelta';

/** Builds a chunk with one delta of one choice. */
export const chunkWith = (delta: Delta, choice = 0): ChatCompletionChunk => ({
  choices: [{ index: choice, delta }],
});

/** Builds a chunk with tool-call fragments. */
export const callsWith = (...fragments: readonly ToolCallDelta[]): ChatCompletionChunk =>
  chunkWith({ tool_calls: fragments });

/** Builds a chunk that ends a choice. */
export const endWith = (finish_reason: string, choice = 0): ChatCompletionChunk => ({
  choices: [{ index: choice, delta: {}, finish_reason }],
});

export const restart = markedChunk({ kind: 'restarted', attempt: 2 });

/** Freezes a value deeply, so that a mutation throws. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

const text = fc.oneof(fc.constantFrom('', 'a', '{"', 'weather'), fc.string({ maxLength: 3 }));
const index = fc.constantFrom(0, 0, 0, 1, 2, -1, 0.5, 1e300);

/** An object with some of these fields, any of which may be null, and with unknown fields. */
const some = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> =>
  fc.record(
    {
      ...Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [
          name,
          fc.oneof({ weight: 4, arbitrary: value }, fc.constant(null)),
        ]),
      ),
      own: fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.array(fc.nat(9), { maxLength: 2 })),
      ['__proto__']: fc.constant({ polluted: true }),
      constructor: fc.constant({ prototype: { polluted: true } }),
    },
    { requiredKeys: [] },
  );

const list = (of: fc.Arbitrary<unknown>): fc.Arbitrary<unknown[]> => fc.array(of, { maxLength: 2 });

const content = fc.oneof(
  { weight: 4, arbitrary: text },
  list(
    some({
      type: fc.constantFrom('text', 'thinking', 'reference', ''),
      text,
      thinking: fc.oneof(text, list(some({ type: fc.constant('text'), text }))),
    }),
  ),
);
const calledFunction = some({ name: fc.constantFrom('', 'weather', 'time'), arguments: text });
const toolCall = some({
  index,
  id: fc.constantFrom('', 'call_1', 'call_2'),
  type: fc.constantFrom('', 'function', 'custom'),
  function: calledFunction,
  custom: some({ name: text, input: text }),
});
const detail = some({
  type: fc.constantFrom('reasoning.text', 'reasoning.summary', 'reasoning.encrypted'),
  text,
  summary: text,
  signature: text,
  data: text,
  index,
});
const tokens = list(some({ token: text, logprob: fc.double({ noNaN: true, max: 0 }) }));
const choice = some({
  index,
  delta: some({
    role: fc.constantFrom('', 'assistant'),
    content,
    refusal: text,
    reasoning: text,
    reasoning_content: text,
    reasoning_details: list(detail),
    tool_calls: list(toolCall),
    function_call: calledFunction,
    audio: some({ id: text, data: text, transcript: text, expires_at: fc.nat() }),
    annotations: fc.oneof(list(some({ type: text })), fc.constant({})),
  }),
  finish_reason: fc.constantFrom('', 'stop', 'tool_calls', 'length'),
  logprobs: fc.oneof(some({ content: tokens, refusal: tokens, reasoning_content: tokens }), fc.constant(-1)),
  usage: some({ total_tokens: fc.nat(99) }),
});

/** Any chunk that can be received; frozen. */
export const anyChunk: fc.Arbitrary<ChatCompletionChunk> = fc.oneof(
  {
    weight: 20,
    arbitrary: some({
      id: text,
      object: text,
      created: fc.nat(3),
      model: text,
      choices: list(choice),
      usage: some({ total_tokens: fc.nat(99) }),
      service_tier: text,
      system_fingerprint: text,
      obfuscation: text,
      error: text,
    }).map((value) => {
      const decoded = decodeChunk(JSON.stringify(value));
      if (isRight(decoded)) return frozen(decoded.right);
      throw decoded.left;
    }),
  },
  fc.constant(restart),
);

/** Chunks of a stream in any order. */
export const anyChunks = fc.array(anyChunk, { maxLength: 12 });
