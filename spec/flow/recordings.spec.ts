import { isDeepStrictEqual } from 'node:util';

import fc from 'fast-check';
import { isLeft } from 'fp-ts/Either';
import { concat, from, last, of, throwError } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { completion$ } from '../../lib/call/completion';
import type { ChatCompletion } from '../../lib/codec/ChatCompletion';
import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import type { Decoded } from '../../lib/decode/decode';
import { ConnectionError, HttpError, isChatError, ServerError, TruncatedError } from '../../lib/errors';
import { contentIn } from '../../lib/fold/content';
import { reasoningIn } from '../../lib/fold/reasoning';
import { toolCallsIn, type AccumulatedToolCall } from '../../lib/fold/AccumulatedToolCall';
import { accumulateCompletion } from '../../lib/operators/accumulate/accumulateCompletion';
import { toChatState } from '../../lib/state/toChatState';
import { recordedErrors } from '../helpers/recordedErrors';
import {
  played,
  playedIn,
  recordings,
  type ExpectedChoice,
  type RecordedAnswer,
} from '../helpers/recordings';
import { cutAt, outcomeOf, type Outcome } from '../helpers/reads';

const streams = recordings.filter(({ kind }) => kind === 'stream');
const completions = recordings.filter(({ kind }) => kind === 'completion');
const errors = [...new Map(recordedErrors().map((error) => [error.file, error])).values()];
process.stdout.write(
  `recordings read: ${streams.length} streams, ${completions.length} completions, ${errors.length} errors\n`,
);

/** The number of payloads that cannot be read, for captures that are broken themselves. There are none. */
const unreadable: Readonly<Record<string, number>> = {};

/** Streams that end in an error that their manifest does not list. */
const endings: Readonly<Record<string, string>> = {
  // In a line that is not a data field.
  'gpustack/ruby-llm--chat-with-extended-thinking-gpustack-qwen3-streams-thinking-content-wh.sse':
    'ServerError: failed to decode, try again, increasing context size or reducing parallel',
  // A good status and type, but an empty body.
  'portkey-gateway-perplexity/plain.sse':
    'ProtocolError: the response has an empty body: read the log of the server or proxy, or check baseURL',
};

/** Streams that were cut: they end with neither a finish reason nor [DONE]. */
const cutOff: readonly string[] = [
  'llama.cpp/server-killed.sse',
  'llama.cpp/server-terminated.sse',
  'ollama-server/runner-killed.sse',
  'proxies/haproxy-server-timeout.sse',
  'proxies/nginx-read-timeout.sse',
];

/** A `function_call` in an answer, which its manifest does not list. */
const beyondTheManifest: Readonly<Record<string, Partial<ExpectedChoice>>> = {
  'openai/langchaingo--testclient-functioncall.json': {
    toolCalls: [{ id: '', name: 'get_weather', arguments: '{"location":"Boston"}' }],
  },
};

const request = { model: 'any', messages: [] };
type Chunks = Outcome<Decoded<ChatCompletionChunk>>;

/** The stream that a caller receives. */
const chunksOf = (stream: RecordedAnswer, body$ = played(stream)): Chunks =>
  outcomeOf(chatCompletion$({ transport: () => body$ }, request));

/** Describes the end of a stream in one line. */
const endOf = ({ end, error }: Outcome<unknown>): string =>
  end === 'error' && isChatError(error) ? `${error._tag}: ${error.message}` : String(end);

function expectedEnd({ name, expect: { error } }: RecordedAnswer): string {
  if (error !== undefined) return `ServerError: ${error.message}`;
  return cutOff.includes(name)
    ? `TruncatedError: ${new TruncatedError().message}`
    : (endings[name] ?? 'complete');
}

/** Describes one choice as the manifests do. */
const choiceOf = (
  content: string,
  reasoning: string,
  refusal: string,
  calls: readonly AccumulatedToolCall[],
  finishReason: string | null,
): ExpectedChoice => ({
  content,
  reasoning,
  refusal,
  toolCalls: calls.map(({ id, name, arguments: text }) => ({ id, name, arguments: text })),
  finishReason,
});

/** The expected choices of a manifest; a field that it does not list is absent. */
function expectedChoices({ name, expect: whole }: RecordedAnswer): readonly ExpectedChoice[] {
  return (whole.choices ?? [whole]).map((choice) => {
    const {
      content,
      reasoning = '',
      refusal = '',
      toolCalls,
      finishReason,
    } = { ...choice, ...beyondTheManifest[name] };
    const calls = toolCalls.map(({ id, ...call }) => ({ ...call, id: (id as string | null) ?? '' }));
    return { content, reasoning, refusal, toolCalls: calls, finishReason };
  });
}

/** The last value of a fold. */
const lastOf = <T>({ values }: Outcome<T>): T | undefined => values.at(-1);

describe('a recorded stream', () => {
  it.each(streams)('is read as its manifest lists: $name', (stream) => {
    const whole = chunksOf(stream);
    expect(endOf(whole)).toBe(expectedEnd(stream));
    expect(whole.values.filter(isLeft)).toHaveLength(unreadable[stream.name] ?? 0);

    const states = expectedChoices(stream).map((_, choice) => {
      const state = lastOf(outcomeOf(from(whole.values).pipe(toChatState({ choice }), last())));
      if (state === undefined) throw new Error('toChatState says nothing');
      return state;
    });
    const choices = states.map((state) =>
      choiceOf(state.content, state.reasoning, state.refusal, state.toolCalls, state.finishReason),
    );
    expect(choices).toEqual(expectedChoices(stream));
    expect(states[0]?.usage).toEqual(stream.expect.usage);
  });

  it.each(streams.filter(({ expect: { error } }) => error !== undefined))(
    'errors with the error of the server: $name',
    (stream) => {
      const { error } = chunksOf(stream);
      expect(error).toBeInstanceOf(ServerError);
      const { message, code = null, type = null } = stream.expect.error ?? {};
      expect(error).toMatchObject({ serverMessage: message, code, type });
    },
  );

  it.each(streams.filter(({ expect: { audio } }) => audio !== undefined))(
    'contains the audio: $name',
    (stream) => {
      const completion = lastOf(outcomeOf(from(chunksOf(stream).values).pipe(accumulateCompletion())));
      const { id, transcript, data, expires_at } = completion?.choices[0]?.message?.audio ?? {};
      expect({ id, transcript, dataLength: data?.length, expiresAt: expires_at }).toEqual(
        stream.expect.audio,
      );
    },
  );

  it.each(streams.filter(({ name }) => cutOff.includes(name)))(
    'keeps its text when the connection breaks: $name',
    (stream) => {
      const reset = new ConnectionError('reset', 'body', 'ECONNRESET');
      const { values, error } = chunksOf(
        stream,
        concat(
          played(stream),
          throwError(() => reset),
        ),
      );
      expect(error).toBe(reset);
      expect(values).toEqual(chunksOf(stream).values);
    },
  );

  it('is the same in reads of one byte', () => {
    const changed = streams.filter(
      (stream) => !isSame(chunksOf(stream, played(stream, 1)), chunksOf(stream)),
    );
    expect(changed.map(({ name }) => name)).toEqual([]);
  }, 120_000);

  it('is the same in the reads of its recording', () => {
    const changed = streams.filter(
      (stream) => !isSame(chunksOf(stream, playedIn(stream.networkChunks ?? [], stream)), chunksOf(stream)),
    );
    expect(changed.map(({ name }) => name)).toEqual([]);
  });

  it('is the same in any reads', () => {
    const cuts = fc
      .constantFrom(...streams)
      .chain((stream) =>
        fc.tuple(fc.constant(stream), fc.array(fc.nat(stream.body.length), { maxLength: 40 })),
      );
    const property = fc.property(cuts, ([stream, places]) => {
      const reads = cutAt(stream.body, places);
      expect(chunksOf(stream, of(stream.head, ...reads))).toEqual(chunksOf(stream));
    });
    fc.assert(property, { numRuns: 300 });
  }, 60_000);

  it('emits the text before a truncation, and is not reported as complete', () => {
    const small = streams.filter(({ body }) => body.length < 20_000);
    const cuts = fc
      .constantFrom(...small)
      .chain((stream) => fc.tuple(fc.constant(stream), fc.nat(stream.body.length)));
    const property = fc.property(cuts, ([stream, length]) => {
      const whole = chunksOf(stream);
      const part = chunksOf(stream, of(stream.head, stream.body.subarray(0, length)));
      expect(part.values).toEqual(whole.values.slice(0, part.values.length));
      if (part.end === 'complete') expect(textOf(part)).toEqual(textOf(whole));
      else
        expect(endOf(part)).toMatch(
          /^(TruncatedError|ServerError|ProtocolError: the response has an empty body)/,
        );
    });
    fc.assert(property, { numRuns: 500 });
  }, 60_000);
});

const textOf = ({ values }: Chunks): unknown => {
  const state = lastOf(outcomeOf(from(values).pipe(toChatState())));
  return [state?.content, state?.reasoning, state?.toolCalls, state?.finishReason];
};

/** As `toEqual`, without the cost of a diff. */
const isSame = (one: Chunks, other: Chunks): boolean =>
  isDeepStrictEqual(one.values, other.values) && endOf(one) === endOf(other);

describe('a recorded completion', () => {
  it.each(completions)('is read as its manifest lists: $name', (recorded) => {
    const answer = outcomeOf(completion$({ transport: () => played(recorded) }, request));
    expect(endOf(answer)).toBe('complete');
    const completion = lastOf(answer);
    expect(choicesIn(completion).slice(0, expectedChoices(recorded).length)).toEqual(
      expectedChoices(recorded),
    );
    expect(completion?.usage ?? null).toEqual(recorded.expect.usage);
  });

  it.each(completions)('is the same for a streaming request: $name', (recorded) => {
    const { values } = chunksOf(recorded);
    const state = lastOf(outcomeOf(from(values).pipe(toChatState())));
    const expected = expectedChoices(recorded)[0];
    expect(state).toMatchObject({
      status: 'done',
      content: expected?.content,
      reasoning: expected?.reasoning,
    });
    expect(state?.toolCalls.map(({ name, arguments: text }) => [name, text])).toEqual(
      expected?.toolCalls.map(({ name, arguments: text }) => [name, text]),
    );
  });
});

const choicesIn = (completion: ChatCompletion | undefined): readonly ExpectedChoice[] =>
  (completion?.choices ?? []).map((choice) => {
    const message = choice.message ?? {};
    const finishReason = choice.finish_reason ?? null;
    return choiceOf(
      contentIn(message),
      reasoningIn(message),
      message.refusal ?? '',
      toolCallsIn(choice),
      finishReason,
    );
  });

describe('a recorded error', () => {
  it.each(errors)(
    'becomes an HttpError with the message of the server: $file',
    ({ status, headers, body, said }) => {
      const answer$ = of({ status, headers }, new TextEncoder().encode(body));
      const words = said?.serverMessage ?? 'nobody has read what it says';
      const message = words.startsWith(`${status} `) ? words : `${status} ${words}`;
      for (const call$ of [chatCompletion$, completion$]) {
        const { values, error } = outcomeOf<unknown>(call$({ transport: () => answer$ }, request));
        expect(values).toEqual([]);
        expect(error).toBeInstanceOf(HttpError);
        expect(error).toMatchObject({ ...said, status });
        // A hint may follow the message of the server.
        expect((error as HttpError).message.startsWith(message.slice(0, 2_000))).toBe(true);
      }
    },
  );
});
