import { NEVER } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import * as exported from '../../lib/servers/index';
import type { ServerConfig } from '../../lib/servers/ServerConfig';
import type { TransportRequest } from '../../lib/transport/transport';

const { apiKeyFrom, azure, ...plain } = exported;
const servers: Readonly<Record<string, ServerConfig>> = { ...plain, azure: azure({ resource: 'contoso' }) };

/** The facts about a server, as its documents, its source or reports have them; not read from the profile. */
interface Facts {
  readonly url: string;
  /** The variable that contains the key; `null` for a server without one. */
  readonly key: string | null;
  /** The fields that receive `max_tokens` and `max_completion_tokens`. */
  readonly limits: readonly [string, string];
  readonly rejects: string;
  /** The field that returns reasoning; `received` for the one that it arrived in. */
  readonly back: string;
  readonly developer: 'developer' | 'system';
}
const both = ['max_tokens', 'max_completion_tokens'] as const;
const old = ['max_tokens', 'max_tokens'] as const;
const renamed = ['max_completion_tokens', 'max_completion_tokens'] as const;
const none = { rejects: '', back: 'none' };

const facts: Readonly<Record<string, Facts>> = {
  ollama: {
    ...none,
    url: 'http://localhost:11434/v1',
    key: 'OLLAMA_API_KEY',
    limits: old,
    back: 'reasoning',
    developer: 'system',
  },
  openai: {
    ...none,
    url: 'https://api.openai.com/v1',
    key: 'OPENAI_API_KEY',
    limits: renamed,
    developer: 'developer',
  },
  azure: {
    ...none,
    url: 'https://contoso.openai.azure.com/openai/v1',
    key: 'AZURE_OPENAI_API_KEY',
    limits: renamed,
    developer: 'developer',
  },
  llamaCpp: {
    ...none,
    url: 'http://localhost:8080/v1',
    key: 'LLAMA_API_KEY',
    limits: both,
    back: 'reasoning_content',
    developer: 'system',
  },
  vllm: {
    ...none,
    url: 'http://localhost:8000/v1',
    key: 'VLLM_API_KEY',
    limits: both,
    back: 'reasoning',
    developer: 'system',
  },
  lmStudio: {
    ...none,
    url: 'http://localhost:1234/v1',
    key: null,
    limits: old,
    back: 'received',
    developer: 'system',
  },
  openRouter: {
    ...none,
    url: 'https://openrouter.ai/api/v1',
    key: 'OPENROUTER_API_KEY',
    limits: both,
    back: 'reasoning_details',
    developer: 'developer',
  },
  groq: {
    url: 'https://api.groq.com/openai/v1',
    key: 'GROQ_API_KEY',
    limits: both,
    rejects: 'logit_bias logprobs messages[].name n top_logprobs',
    back: 'reasoning',
    developer: 'system',
  },
  deepSeek: {
    ...none,
    url: 'https://api.deepseek.com',
    key: 'DEEPSEEK_API_KEY',
    limits: old,
    back: 'reasoning_content',
    developer: 'system',
  },
  mistral: {
    ...none,
    url: 'https://api.mistral.ai/v1',
    key: 'MISTRAL_API_KEY',
    limits: old,
    rejects: 'seed stream_options',
    developer: 'system',
  },
  xai: {
    ...none,
    url: 'https://api.x.ai/v1',
    key: 'XAI_API_KEY',
    limits: both,
    rejects: 'frequency_penalty presence_penalty stop',
    developer: 'system',
  },
  together: {
    ...none,
    url: 'https://api.together.ai/v1',
    key: 'TOGETHER_API_KEY',
    limits: old,
    back: 'received',
    developer: 'system',
  },
  zai: {
    url: 'https://api.z.ai/api/paas/v4',
    key: 'ZAI_API_KEY',
    limits: old,
    rejects: 'frequency_penalty messages[].name presence_penalty',
    back: 'reasoning_content',
    developer: 'system',
  },
  cerebras: {
    url: 'https://api.cerebras.ai/v1',
    key: 'CEREBRAS_API_KEY',
    limits: renamed,
    rejects: 'frequency_penalty logit_bias parallel_tool_calls presence_penalty service_tier',
    back: 'reasoning',
    developer: 'system',
  },
};
const named = Object.entries(facts);

interface Sent {
  readonly request: TransportRequest;
  readonly body: Readonly<Record<string, unknown>> & {
    readonly messages: ReadonlyArray<Record<string, unknown>>;
  };
}
function sent(server: ServerConfig | undefined, fields: Partial<ChatRequest>, apiKey?: string): Sent {
  let request: TransportRequest | undefined;
  const transport = (each: TransportRequest): typeof NEVER => {
    request = each;
    return NEVER;
  };
  chatCompletion$({ ...server, apiKey, transport }, { model: 'm', messages: [], ...fields })
    .subscribe()
    .unsubscribe();
  if (request === undefined) throw new Error('no request was sent');
  return { request, body: JSON.parse(request.body ?? '') as Sent['body'] };
}

describe('the facts about the servers', () => {
  it('are those of all servers', () => {
    expect(Object.keys(servers).sort()).toEqual(Object.keys(facts).sort());
  });

  it.each(named)('%s has its address, and its key in the header that it reads', (name, { url, key }) => {
    const server = servers[name] as ServerConfig;
    if (key === null) {
      expect(server.profile.keyNames).toBeUndefined();
      return;
    }
    const { request } = sent(server, {}, apiKeyFrom(server, { [key]: 'a-key-of-a-server' }));
    expect(request.url).toBe(`${url}/chat/completions`);
    const [header, value] =
      name === 'azure' ? ['api-key', 'a-key-of-a-server'] : ['authorization', 'Bearer a-key-of-a-server'];
    expect(request.headers[header]).toBe(value);
  });

  it.each(named)(
    '%s receives a limit of tokens in the field that it reads',
    (name, { limits: [tokens, completion] }) => {
      const limitIn = ({ body }: Sent): unknown =>
        Object.entries(body).filter(([field]) => field.startsWith('max_'));
      expect(limitIn(sent(servers[name], { max_tokens: 5 }))).toEqual([[tokens, 5]]);
      expect(limitIn(sent(servers[name], { max_completion_tokens: 5 }))).toEqual([[completion, 5]]);
    },
  );

  it.each(named)('%s receives all fields but those that it rejects', (name, { rejects }) => {
    const every: Partial<ChatRequest> = {
      ...{ frequency_penalty: 1, logit_bias: { 1: 1 }, logprobs: true, n: 2, parallel_tool_calls: false },
      ...{
        presence_penalty: 1,
        seed: 7,
        service_tier: 'auto',
        stop: 'x',
        stream_options: { include_usage: true },
      },
      ...{
        temperature: 0,
        top_logprobs: 1,
        top_p: 1,
        tool_choice: 'auto',
        response_format: { type: 'text' },
      },
    };
    const messages = [{ role: 'user', content: 'Hi', name: 'Ada' }] as const;
    const { body } = sent(servers[name], { ...every, messages });
    const missing = Object.keys(every).filter((field) => !(field in body));
    if (body.messages[0]?.name === undefined) missing.push('messages[].name');
    expect(missing.sort()).toEqual(rejects.split(' ').filter(Boolean));
  });

  it.each(named)('%s receives reasoning in the field that it reads', (name, { back }) => {
    const assistant = { role: 'assistant', content: 'Hi' } as const;
    const fieldsOf = (message: object): readonly string[] =>
      Object.keys(
        sent(servers[name], { messages: [{ ...assistant, ...message }] }).body.messages[0] ?? {},
      ).filter((field) => field.startsWith('reasoning'));
    const blocks = { reasoning_details: [{ type: 'reasoning.text', text: 'Hm' }] };
    for (const field of ['reasoning', 'reasoning_content']) {
      const expected = { none: [], received: [field], reasoning_details: ['reasoning'] }[back] ?? [back];
      expect(fieldsOf({ [field]: 'Hm' })).toEqual(expected);
    }
    if (back === 'reasoning_details') expect(fieldsOf({ reasoning: 'Hm', ...blocks })).toEqual([back]);
  });

  it.each(named)('%s receives instructions of a developer in a role that it knows', (name, { developer }) => {
    const { body } = sent(servers[name], { messages: [{ role: 'developer', content: 'Be brief.' }] });
    expect(body.messages[0]?.role).toBe(developer);
  });
});
