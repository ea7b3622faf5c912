import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { isLeft, isRight } from 'fp-ts/Either';

import { ChatCompletion } from '../../lib/codec/ChatCompletion';
import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import { decodeChunk, decodeWith } from '../../lib/decode/decode';
import { addChunk, emptyCompletion, finishReasonOf, refusalOf, usageOf } from '../../lib/fold/completion';
import { addContent } from '../../lib/fold/content';
import { addReasoning } from '../../lib/fold/reasoning';
import { addToolCalls, noToolCalls } from '../../lib/fold/toolCalls';
import { called, expectChoice, expectedOf, wanted } from '../helpers/expectedAnswer';
import { recordings, type RecordedAnswer } from '../helpers/recordings';
import { sharedFolder } from '../helpers/shared';

/** Splits a recorded stream into payloads, as far as these recordings need it. */
const payloadsOf = (text: string): readonly string[] =>
  text
    .replace(/\r\n?/g, '\n')
    .split(/\n{2,}/)
    .map((event) => event.split('\n').filter((line) => line.startsWith('data:')))
    .map((lines) => lines.map((line) => line.slice('data:'.length).trim()).join('\n'))
    .filter((payload) => payload !== '' && payload !== '[DONE]');

const chunksOf = (text: string): readonly ChatCompletionChunk[] =>
  payloadsOf(text)
    .map(decodeChunk)
    .filter(isRight)
    .map(({ right }) => right);

function completionOf(text: string): ChatCompletion {
  const decoded = decodeWith(ChatCompletion)(JSON.parse(text), text);
  if (isLeft(decoded)) throw decoded.left;
  return decoded.right;
}

const textOf = ({ body }: RecordedAnswer): string => new TextDecoder().decode(body);

const answers = (kind: RecordedAnswer['kind']): readonly [string, RecordedAnswer][] =>
  recordings.flatMap((recording) =>
    recording.kind === kind ? [[recording.name, recording] satisfies [string, RecordedAnswer]] : [],
  );
/** Jest refuses an `each` of nothing. */
const describeSome = (name: string, list: readonly unknown[], body: () => void): void => {
  if (list.length > 0) describe(name, body);
};

const streams = answers('stream');
const completions = answers('completion');

/** The number of payloads that cannot be read, for captures that are broken themselves. There are none. */
const unreadable: Readonly<Record<string, number>> = {};

describeSome(`the ${streams.length} recorded streams`, streams, () => {
  it.each(streams)('%s: every payload is a chunk', (name, recording) => {
    const lefts = payloadsOf(textOf(recording)).map(decodeChunk).filter(isLeft);
    expect(lefts.map(({ left }) => left.message)).toHaveLength(unreadable[name] ?? 0);
  });

  it.each(streams)('%s: the folds return what the manifest lists', (_, recording) => {
    const chunks = chunksOf(textOf(recording));
    expectedOf(recording).forEach((expected, place) => {
      const choice = expected.index ?? place;
      expect(chunks.reduce((text, chunk) => addContent(text, chunk, { choice }), '')).toBe(expected.content);
      expect(chunks.reduce((text, chunk) => addReasoning(text, chunk, { choice }), '')).toBe(
        expected.reasoning ?? '',
      );
      expect(chunks.reduce((text, chunk) => text + refusalOf(chunk, { choice }), '')).toBe(
        expected.refusal ?? '',
      );
      const { calls } = chunks.reduce((state, chunk) => addToolCalls(state, chunk, { choice }), noToolCalls);
      expect(called(calls)).toEqual(wanted(expected.toolCalls));
      expect(
        chunks.reduce<string | null>((reason, chunk) => finishReasonOf(chunk, { choice }) ?? reason, null),
      ).toBe(expected.finishReason);
    });
    expect(chunks.reduce<unknown>((usage, chunk) => usageOf(chunk) ?? usage, null)).toEqual(
      recording.expect.usage ?? null,
    );
  });

  it.each(streams)('%s: the completion agrees', (_, recording) => {
    const { choices, usage } = chunksOf(textOf(recording)).reduce(addChunk, emptyCompletion);
    expectedOf(recording).forEach((expected, place) => {
      expectChoice(choices.find(({ index }) => index === (expected.index ?? place)) ?? {}, expected);
    });
    expect(usage ?? null).toEqual(recording.expect.usage ?? null);
    if (recording.expect.audio) {
      const { id, transcript, data, expires_at } = choices[0]?.message?.audio ?? {};
      expect({ id, transcript, dataLength: data?.length, expiresAt: expires_at }).toEqual(
        recording.expect.audio,
      );
    }
  });
});

describeSome(`the ${completions.length} recorded completions`, completions, () => {
  it.each(completions)('%s: is read', (_, recording) => {
    const { choices, usage } = completionOf(textOf(recording));
    expectedOf(recording).forEach((expected, place) => {
      expectChoice(choices[place] ?? {}, expected);
    });
    expect(usage ?? null).toEqual(recording.expect.usage ?? null);
  });
});

interface Request {
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
}

interface Entry {
  readonly file: string;
  readonly kind: string;
  readonly request: Request | string;
}

interface Pair {
  readonly name: string;
  readonly stream: string;
  readonly whole: string;
  readonly usageAsked: boolean;
}

/** Answers of one server to one request with a fixed seed, streamed and not. */
function pairsIn(folder: string): readonly Pair[] {
  const entries = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as readonly Entry[];
  const read = ({ file }: Entry): string => readFileSync(join(folder, file), 'utf8');
  return entries
    .filter(({ kind }) => kind === 'stream')
    .flatMap((streamed) => {
      const whole = entries.find(
        ({ kind, request }) => kind === 'completion' && isSame(request, streamed.request),
      );
      if (whole === undefined) return [];
      const usageAsked = (streamed.request as Request).stream_options?.include_usage === true;
      return [{ name: streamed.file, stream: read(streamed), whole: read(whole), usageAsked }];
    });
}

const isSame = (one: Request | string, other: Request | string): boolean =>
  isDeepStrictEqual(asked(one), asked(other));

const asked = (request: Request | string): unknown =>
  typeof request === 'string' ? request : { ...request, stream: undefined, stream_options: undefined };

/** Removes the parts of an answer that differ between two calls. */
function comparable(completion: ChatCompletion, { usageAsked }: Pair): unknown {
  const plain = JSON.parse(JSON.stringify(completion)) as ChatCompletion & { readonly timings?: unknown };
  const { id: _, created: __, timings: ___, model, usage, ...rest } = plain;
  return {
    ...rest,
    // Lemonade streams the model's file instead of its name.
    model: model?.replace(/^.*\/(.*)\.gguf$/, '$1'),
    usage: usageAsked ? usage : undefined,
    choices: plain.choices.map(({ message, ...choice }) => ({
      ...choice,
      message: {
        ...message,
        // llama.cpp has null for no content in a stream, '' otherwise.
        content: message?.content || null,
        // Ids are random, and Ollama keeps the index of a call in a message.
        tool_calls: message?.tool_calls?.map((call) => ({ ...call, id: undefined, index: undefined })),
      },
    })),
  };
}

const folders = ['llama.cpp', 'ollama-server', 'lemonade-server'].flatMap((server) =>
  [
    join(__dirname, '../fixtures', server),
    ...(sharedFolder === undefined ? [] : [join(sharedFolder, 'wire', server)]),
  ]
    .filter((folder) => existsSync(folder))
    .map((folder): [string, readonly Pair[]] => [server, pairsIn(folder)])
    .filter(([, pairs]) => pairs.length > 0),
);

describe.each(folders)('the streams of %s', (_, pairs) => {
  it.each(pairs)('$name: adds up to the completion without streaming', (pair) => {
    const completion = chunksOf(pair.stream).reduce(addChunk, emptyCompletion);
    expect(comparable(completion, pair)).toEqual(comparable(completionOf(pair.whole), pair));
  });
});

describe('the logprobs of a stream', () => {
  it('start as those of a shorter answer without streaming', () => {
    const read = (file: string): string =>
      readFileSync(join(__dirname, '../fixtures/llama.cpp', file), 'utf8');
    const tokens = ({ choices }: ChatCompletion): readonly unknown[] => {
      const logprobs = choices[0]?.logprobs;
      return typeof logprobs === 'object' ? (logprobs?.content ?? []) : [];
    };
    const whole = tokens(completionOf(read('logprobs.json')));
    const streamed = tokens(chunksOf(read('logprobs.sse')).reduce(addChunk, emptyCompletion));
    // Later digits of a probability depend on how the tokens were batched.
    const rounded = (list: readonly unknown[]): unknown =>
      JSON.parse(JSON.stringify(list), (__, value: unknown) =>
        typeof value === 'number' ? Number(value.toFixed(1)) : value,
      );
    expect([whole.length, streamed.length]).toEqual([8, 24]);
    expect(rounded(streamed.slice(0, 8))).toEqual(rounded(whole));
  });
});
