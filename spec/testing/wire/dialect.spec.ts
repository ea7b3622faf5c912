import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { isRight } from 'fp-ts/Either';

import { ChatCompletion } from '../../../lib/codec/ChatCompletion';
import { ChatCompletionChunk } from '../../../lib/codec/ChatCompletionChunk';
import { dialect, type DialectName } from '../../../lib/testing/wire/dialect';
import { bytesOf, type ServerFrame } from '../../../lib/testing/wire/wire';
import { sharedFolder } from '../../helpers/shared';

const NAMES = [
  'ollama',
  'openai',
  'llama.cpp',
  'openrouter',
  'azure',
  'groq',
  'deepseek',
  'mistral',
] as const;
const call = { name: 'weather', arguments: { city: 'Oslo' } };

/** The JSON of what a server says. */
const payloads = (said: readonly ServerFrame[]): unknown[] =>
  new TextDecoder()
    .decode(bytesOf(...said))
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)) as unknown);

const everything = (name: DialectName) => {
  const {
    textChunk: textChunk,
    reasoningChunk: reasoningChunk,
    toolCallChunk: toolCallChunk,
    openingChunks: firstOf,
    finishChunk: finishChunk,
    errorFrame: errorFrame,
  } = dialect(name);
  return {
    'a first text': firstOf(textChunk('Hel')),
    'a text': textChunk('lo'),
    reasoning: reasoningChunk('Well'),
    'a tool call': toolCallChunk(call),
    'an end with usage': finishChunk('stop', [9, 2]),
    'an error': errorFrame('Too long'),
  };
};

describe.each(NAMES)('the dialect of %s', (name) => {
  it('makes chunks that the codec takes', () => {
    for (const said of Object.values(everything(name))) {
      expect(payloads(said).filter((payload) => !ChatCompletionChunk.is(payload))).toEqual([]);
    }
  });

  it('says the usage only when it is given', () => {
    const { finishChunk: finishChunk } = dialect(name);
    expect(JSON.stringify(payloads(finishChunk('stop', [9, 2])))).toContain('"total_tokens":11');
    expect(JSON.stringify(payloads(finishChunk('stop')))).not.toContain('total_tokens');
  });

  it('makes whole completions that the codec takes', () => {
    const answer = {
      text: 'Hello',
      reasoning: 'Well',
      toolCalls: [call],
      finish: 'stop',
      usage: [9, 2],
    } as const;
    const completion = dialect(name, { model: 'small' }).completion(answer);
    expect(isRight(ChatCompletion.decode(completion))).toBe(true);
    expect(completion).toMatchObject({
      object: 'chat.completion',
      model: 'small',
      choices: [{ finish_reason: 'stop', message: { role: 'assistant' } }],
      usage: { total_tokens: 11 },
    });
  });

  it('makes errors with the words and the code', () => {
    const error = JSON.stringify(dialect(name).errorBody(429, 'Too many', 'rate_limit_exceeded'));
    expect(error).toContain('Too many');
    expect(error).toContain('rate_limit_exceeded');
  });

  it('names another answer by another id', () => {
    const [first, second] = [0, 1].map((turn) => payloads(dialect(name, { turn }).textChunk('a'))[0]);
    expect(first).not.toHaveProperty('id', (second as ChatCompletionChunk).id);
  });
});

describe('where dialects differ', () => {
  it('is the beginning: a role in the first delta, a chunk before it, or a comment', () => {
    const wire = (name: DialectName): string => {
      const { openingChunks: firstOf, textChunk: textChunk } = dialect(name);
      return new TextDecoder().decode(bytesOf(...firstOf(textChunk('Hel'))));
    };
    expect(wire('ollama').match(/^data/gm)).toHaveLength(1);
    expect(wire('ollama')).toContain('"role":"assistant","content":"Hel"');
    expect(wire('llama.cpp')).toContain('"role":"assistant","content":null');
    expect(wire('openrouter')).toMatch(/^: OPENROUTER PROCESSING\n\n/);
    expect(wire('azure').match(/^data/gm)).toHaveLength(3);
    expect(wire('azure')).toContain('"prompt_filter_results"');
  });

  it('is a tool call: in one delta, or in pieces', () => {
    const sizes = NAMES.map((name) => [name, dialect(name).toolCallChunk(call).length > 1]);
    expect(sizes.filter(([, inPieces]) => inPieces).map(([name]) => name)).toEqual([
      'openai',
      'llama.cpp',
      'azure',
      'deepseek',
    ]);
  });

  it('is reasoning: told under one name or another, or not at all', () => {
    const names = NAMES.map((name) =>
      Object.keys(deltaOf(payloads(dialect(name).reasoningChunk('Well'))[0])).at(-1),
    );
    expect(names).toEqual([
      'reasoning',
      undefined,
      'reasoning_content',
      'reasoning_details',
      undefined,
      'channel',
      'reasoning_content',
      'content',
    ]);
  });
});

const deltaOf = (payload: unknown): object =>
  (payload as ChatCompletionChunk | undefined)?.choices?.[0]?.delta ?? {};

/** Fields that the same server now sends and now does not. */
const NOW_AND_THEN = ['obfuscation', 'p', 'timings', 'service_tier', 'seed', 'failed_generation'];

/** The folder of recordings of the same server. */
const RECORDED: Partial<Record<DialectName, string>> = { ollama: 'ollama-server' };

/** No recording has these. */
const UNSEEN = [
  // They failed before the first byte only.
  ...['openai an error', 'azure an error', 'deepseek an error', 'mistral an error'],
  // Recorded with the role beside it only.
  'azure a tool call',
  // Recorded with the finish reason beside it only.
  'mistral a tool call',
];

const recordings = sharedFolder ? describe : describe.skip;

recordings.each(NAMES)('the chunks of %s, beside the recorded ones', (name) => {
  const seen = shapesIn(join(sharedFolder ?? '', 'wire', RECORDED[name] ?? name));
  const builders = Object.entries(everything(name)).filter(([what]) => !UNSEEN.includes(`${name} ${what}`));

  it.each(builders)('%s', (_, said) => {
    const unknown = payloads(said)
      .map((payload) => shapeOf(payload))
      .filter((shape) => !seen.has(shape));
    expect(unknown).toEqual([]);
  });
});

function shapesIn(folder: string): ReadonlySet<string> {
  if (!sharedFolder) return new Set();
  const lines = readdirSync(folder)
    .filter((file) => file.endsWith('.sse'))
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))
    .filter((line) => line.startsWith('data: {'));
  return new Set(lines.flatMap((line) => shapesOfLine(line.slice(6))));
}

/** Some recorded lines are cut short. */
function shapesOfLine(payload: string): readonly string[] {
  let chunk: unknown;
  try {
    chunk = JSON.parse(payload);
  } catch {
    return [];
  }
  return [shapeOf(chunk)];
}

/** Which fields there are, and of which type: empty and null told apart, all else alike. */
function shapeOf(value: unknown, name = ''): string {
  if (Array.isArray(value)) return `[${[...new Set(value.map((item) => shapeOf(item)))].sort().join('|')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([key]) => !NOW_AND_THEN.includes(key));
    return `{${fields
      .map(([key, field]) => `${key}:${shapeOf(field, key)}`)
      .sort()
      .join()}}`;
  }
  // A fingerprint is a word or null, by the model; a format is null where the provider names none.
  if (['system_fingerprint', 'format'].includes(name)) return 'string?';
  return value === null ? 'null' : value === '' ? 'empty' : typeof value;
}
