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

/** The JSON payloads of frames. */
const payloads = (frames: readonly ServerFrame[]): unknown[] =>
  new TextDecoder()
    .decode(bytesOf(...frames))
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)) as unknown);

const allFrames = (name: DialectName) => {
  const { textChunk, reasoningChunk, toolCallChunk, openingChunks, finishChunk, errorFrame } = dialect(name);
  return {
    'a first text': openingChunks(textChunk('Hel')),
    'a text': textChunk('lo'),
    reasoning: reasoningChunk('Well'),
    'a tool call': toolCallChunk(call),
    'an end with usage': finishChunk('stop', [9, 2]),
    'an error': errorFrame('Too long'),
  };
};

describe.each(NAMES)('the dialect of %s', (name) => {
  it('builds chunks that the codec accepts', () => {
    for (const frames of Object.values(allFrames(name))) {
      expect(payloads(frames).filter((payload) => !ChatCompletionChunk.is(payload))).toEqual([]);
    }
  });

  it('sends usage only if it is set', () => {
    const { finishChunk } = dialect(name);
    expect(JSON.stringify(payloads(finishChunk('stop', [9, 2])))).toContain('"total_tokens":11');
    expect(JSON.stringify(payloads(finishChunk('stop')))).not.toContain('total_tokens');
  });

  it('builds completions that the codec accepts', () => {
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

  it('builds errors with the message and the code', () => {
    const error = JSON.stringify(dialect(name).errorBody(429, 'Too many', 'rate_limit_exceeded'));
    expect(error).toContain('Too many');
    expect(error).toContain('rate_limit_exceeded');
  });

  it('has an id for each response', () => {
    const [first, second] = [0, 1].map((turn) => payloads(dialect(name, { turn }).textChunk('a'))[0]);
    expect(first).not.toHaveProperty('id', (second as ChatCompletionChunk).id);
  });
});

describe('dialects', () => {
  it('are these: another name is an error with all of them', () => {
    expect(() => dialect('olama' as DialectName)).toThrow(
      new RangeError(`no dialect 'olama'; use one of ${NAMES.join(', ')}`),
    );
  });

  it('differ in the opening: a role in the first delta, a chunk before it, or a comment', () => {
    const wire = (name: DialectName): string => {
      const { openingChunks, textChunk } = dialect(name);
      return new TextDecoder().decode(bytesOf(...openingChunks(textChunk('Hel'))));
    };
    expect(wire('ollama').match(/^data/gm)).toHaveLength(1);
    expect(wire('ollama')).toContain('"role":"assistant","content":"Hel"');
    expect(wire('llama.cpp')).toContain('"role":"assistant","content":null');
    expect(wire('openrouter')).toMatch(/^: OPENROUTER PROCESSING\n\n/);
    expect(wire('azure').match(/^data/gm)).toHaveLength(3);
    expect(wire('azure')).toContain('"prompt_filter_results"');
  });

  it('differ in a tool call: one delta or several', () => {
    const isSplit = NAMES.map((name) => [name, dialect(name).toolCallChunk(call).length > 1]);
    expect(isSplit.filter(([, split]) => split).map(([name]) => name)).toEqual([
      'openai',
      'llama.cpp',
      'azure',
      'deepseek',
    ]);
  });

  it('differ in the field of reasoning, or do not send it', () => {
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

/** Fields that a server sends in some responses only. */
const OPTIONAL = ['obfuscation', 'p', 'timings', 'service_tier', 'seed', 'failed_generation'];

/** Folders of recordings with another name. */
const FOLDERS: Partial<Record<DialectName, string>> = { ollama: 'ollama-server' };

/** Frames without a recording. */
const NOT_RECORDED = [
  // Recorded errors are from before the first byte only.
  ...['openai an error', 'azure an error', 'deepseek an error', 'mistral an error'],
  // Recorded only together with the role.
  'azure a tool call',
  // Recorded only together with the finish reason.
  'mistral a tool call',
];

const recordings = sharedFolder ? describe : describe.skip;

recordings.each(NAMES)('the chunks of %s have the shape of recorded ones', (name) => {
  const recorded = shapesIn(join(sharedFolder ?? '', 'wire', FOLDERS[name] ?? name));
  const builders = Object.entries(allFrames(name)).filter(
    ([label]) => !NOT_RECORDED.includes(`${name} ${label}`),
  );

  it.each(builders)('%s', (_, frames) => {
    const unknown = payloads(frames)
      .map((payload) => shapeOf(payload))
      .filter((shape) => !recorded.has(shape));
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

/** Returns none for a line that is incomplete, as some recorded lines are. */
function shapesOfLine(payload: string): readonly string[] {
  let chunk: unknown;
  try {
    chunk = JSON.parse(payload);
  } catch {
    return [];
  }
  return [shapeOf(chunk)];
}

/** Describes the fields and their types. Empty strings and null are types of their own. */
function shapeOf(value: unknown, name = ''): string {
  if (Array.isArray(value)) return `[${[...new Set(value.map((item) => shapeOf(item)))].sort().join('|')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([key]) => !OPTIONAL.includes(key));
    return `{${fields
      .map(([key, field]) => `${key}:${shapeOf(field, key)}`)
      .sort()
      .join()}}`;
  }
  // A fingerprint is a string or null, depending on the model, and so is a format, depending on the provider.
  if (['system_fingerprint', 'format'].includes(name)) return 'string?';
  return value === null ? 'null' : value === '' ? 'empty' : typeof value;
}
