import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { isLeft, isRight } from 'fp-ts/Either';
import { NEVER } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { completion$ } from '../../lib/call/completion';
import { RequestError, ServerError, TruncatedError } from '../../lib/errors';
import { addChunk, emptyCompletion } from '../../lib/fold/completion';
import type { ChatConfig } from '../../lib/call/config';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import * as exported from '../../lib/servers/index';
import type { ServerConfig } from '../../lib/servers/ServerConfig';
import type { TransportRequest } from '../../lib/transport/transport';
import { expectChoice, expectedOf } from '../helpers/expectedAnswer';
import { outcomeOf } from '../helpers/reads';
import { played, recordings } from '../helpers/recordings';

const { apiKeyFrom: _, azure, ...plain } = exported;
const servers: Readonly<Record<string, ServerConfig>> = { ...plain, azure: azure({ resource: 'contoso' }) };
const named = Object.entries(servers).sort(([one], [other]) => (one < other ? -1 : 1));

/** The folders of recordings of each server. LM Studio has none. */
const folders: Readonly<Record<string, readonly string[]>> = {
  azure: ['azure'],
  cerebras: ['cerebras'],
  deepSeek: ['deepseek'],
  groq: ['groq'],
  llamaCpp: ['llama.cpp', 'llamacpp'],
  lmStudio: [],
  mistral: ['mistral'],
  ollama: ['ollama', 'ollama-server'],
  openai: ['openai'],
  openRouter: ['openrouter'],
  together: ['together'],
  vllm: ['vllm'],
  xai: ['xai'],
  zai: ['zai'],
};

const recorded = named.flatMap(([server, config]) =>
  recordings
    .filter(({ name }) => folders[server]?.includes(name.split('/')[0] ?? ''))
    .map((answer) => ({ server, config, answer, name: answer.name })),
);
const request: ChatRequest = { model: 'any', messages: [{ role: 'user', content: 'Hi' }] };

/** Returns the request that a server is sent. */
function sentTo(config: ChatConfig, fields: ChatRequest): TransportRequest {
  let sent: TransportRequest | undefined;
  const transport = (next: TransportRequest): typeof NEVER => {
    sent = next;
    return NEVER;
  };
  chatCompletion$({ ...config, transport }, fields)
    .subscribe()
    .unsubscribe();
  if (sent === undefined) throw new Error('no request was sent');
  return sent;
}

/** A value for a field of each kind that a server may reject. */
const withField = (field: string): ChatRequest =>
  field === 'messages[].name'
    ? { ...request, messages: [{ role: 'user', content: 'Hi', name: 'Ada' }] }
    : field === 'stream_options'
      ? { ...request, stream_options: { include_usage: true } }
      : { ...request, extra: { [field]: 1 } };

describe('the servers', () => {
  it('are 14', () => {
    expect(named.map(([name]) => name)).toEqual(Object.keys(folders).sort());
  });

  it.each(named)('%s is plain data that is a config', (_, server) => {
    const config: ChatConfig = { ...server, apiKey: 'key' };
    expect(JSON.parse(JSON.stringify(server))).toEqual(server);
    expect(new URL(server.baseURL).href.replace(/\/$/, '')).toBe(server.baseURL);
    expect(sentTo(config, request).url).toBe(`${server.baseURL}/chat/completions`);
  });

  it.each(named)(
    '%s lists each field once, in alphabetical order, as read, ignored or rejected',
    (_, { profile }) => {
      const { reads = [], ignores = [], rejects = [] } = profile;
      for (const list of [reads, ignores, rejects]) expect(list).toEqual([...new Set(list)].sort());
      const all = [...reads, ...ignores, ...rejects];
      expect(all).toHaveLength(new Set(all).size);
      for (const to of Object.values(profile.renames ?? {}))
        expect([...ignores, ...rejects]).not.toContain(to);
    },
  );

  it.each(named)('%s has a date and a source', (name) => {
    expect(sourceOf(name)).toMatch(/(November|August) 2026[^]*@see https:/);
  });

  it('send the key of Azure as api-key, and of others as a bearer token', () => {
    for (const [name, server] of named) {
      const { headers } = sentTo({ ...server, apiKey: 'a-key-of-a-server' }, request);
      const expected =
        name === 'azure' ? { 'api-key': 'a-key-of-a-server' } : { authorization: 'Bearer a-key-of-a-server' };
      expect(headers).toEqual({
        accept: 'text/event-stream',
        'content-type': 'application/json',
        ...expected,
      });
    }
  });

  it.each([undefined, null, '', ' ', 'a.example/', 'contoso.openai.azure.com', 'https://contoso', 5])(
    'have no resource %j, which is not a name and might change the host',
    (resource) => {
      expect(() => azure({ resource: resource as string })).toThrow(
        new RequestError(
          'resource must be the name of a resource at Azure: the first part of its host, such as contoso',
        ),
      );
    },
  );
});

const sourceOf = (name: string): string =>
  readFileSync(resolve(__dirname, `../../lib/servers/${name}.ts`), 'utf8');

describe('a rejected field', () => {
  it.each(
    named.flatMap(([name, { profile }]) => (profile.rejects ?? []).map((field) => [name, field] as const)),
  )('%s is not sent %s, and the hooks receive it', (name, field) => {
    const onRemovedField = jest.fn();
    const server = servers[name];
    const body = sentTo({ ...server, hooks: { onRemovedField } }, withField(field)).body ?? '';
    const { messages, ...fields } = JSON.parse(body) as Readonly<Record<string, unknown>>;
    expect(fields).not.toHaveProperty([field]);
    expect(messages).toEqual(request.messages);
    expect(onRemovedField).toHaveBeenCalledWith(field, server?.profile);
  });
});

describe('a renamed field', () => {
  it.each(
    named.flatMap(([name, { profile }]) =>
      Object.entries(profile.renames ?? {}).map(([from, to]) => [name, from, to] as const),
    ),
  )('%s receives %s as %s', (name, from, to) => {
    const body = sentTo({ ...servers[name] }, { ...request, [from]: 5 }).body ?? '';
    const fields = JSON.parse(body) as Readonly<Record<string, unknown>>;
    expect(fields).toHaveProperty([to], 5);
    expect(fields).not.toHaveProperty([from]);
  });
});

describe('a recording', () => {
  it.each(recorded.filter(({ answer }) => answer.kind === 'stream'))(
    'is read with the config of its server: $server, $name',
    ({ config, answer }) => {
      const { values, error } = outcomeOf(
        chatCompletion$({ ...config, transport: () => played(answer) }, request),
      );
      expect(values.filter(isLeft)).toEqual([]);
      const chunks = values.filter(isRight).map(({ right }) => right);
      const { choices, usage } = chunks.reduce((all, chunk) => addChunk(all, chunk), emptyCompletion);
      expectedOf(answer).forEach((expected, place) => {
        expectChoice(choices.find(({ index }) => index === (expected.index ?? place)) ?? {}, expected);
      });
      expect(usage ?? null).toEqual(answer.expect.usage ?? null);
      const failure = answer.expect.error;
      if (failure !== undefined) expect(error).toBeInstanceOf(ServerError);
      // Without a finish reason an answer is complete only by [DONE].
      else if (error !== undefined) expect(error).toBeInstanceOf(TruncatedError);
    },
  );

  it.each(recorded.filter(({ answer }) => answer.kind === 'completion'))(
    'is read with the config of its server: $server, $name',
    ({ config, answer }) => {
      const { values } = outcomeOf(completion$({ ...config, transport: () => played(answer) }, request));
      expectedOf(answer).forEach((expected, place) => {
        expectChoice(values[0]?.choices[place] ?? {}, expected);
      });
      expect(values[0]?.usage ?? null).toEqual(answer.expect.usage ?? null);
    },
  );

  it('of a server has reasoning in the field that goes back, if in any', () => {
    const reasoning = /"(reasoning|reasoning_content)":"[^"]/;
    const wrong = recorded.filter(({ config, answer }) => {
      const field = config.profile.reasoningField;
      const [, found] = reasoning.exec(new TextDecoder().decode(answer.body)) ?? [];
      const expected = field === 'reasoning_details' ? 'reasoning' : field;
      return found !== undefined && expected !== undefined && expected !== 'none' && found !== expected;
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });
});
