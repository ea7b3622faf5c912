/* eslint-disable @typescript-eslint/no-deprecated -- servers still read these fields */
import { expectTypeOf } from 'expect-type';

import type { ChatRequest, ReasoningEffort } from '../../lib/request/ChatRequest';
import type { AssistantContentPart, TextPart, UserContentPart } from '../../lib/request/ContentPart';
import type { EmbeddingsRequest } from '../../lib/request/EmbeddingsRequest';
import type { DeepSeekExtras } from '../../lib/request/extras/DeepSeekExtras';
import type { GroqExtras } from '../../lib/request/extras/GroqExtras';
import type { LlamaCppExtras } from '../../lib/request/extras/LlamaCppExtras';
import type { MistralExtras } from '../../lib/request/extras/MistralExtras';
import type { OllamaExtras } from '../../lib/request/extras/OllamaExtras';
import type { OpenRouterExtras } from '../../lib/request/extras/OpenRouterExtras';
import type { ServerExtras } from '../../lib/request/extras/ServerExtras';
import type { VllmExtras } from '../../lib/request/extras/VllmExtras';
import type { AssistantMessage, Message, MessageToolCall, UserMessage } from '../../lib/request/Message';
import type { ResponseFormat } from '../../lib/request/ResponseFormat';
import type { Tool, ToolChoice } from '../../lib/request/Tool';
import { errorsOf } from '../helpers/compileExamples';

// Checked by tsc: a rejected case is under `@ts-expect-error`, which is an error if the next line compiles. At run time the
// values are only serialized and compared.

/** Returns the value that the server reads. */
const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const weather: Tool = {
  type: 'function',
  function: {
    name: 'weather',
    description: 'The temperature in a city, now.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    strict: true,
  },
};

const sql: Tool = {
  type: 'custom',
  custom: {
    name: 'sql',
    description: 'Runs a query.',
    format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "SELECT" WORD' } },
  },
};

const calls: readonly MessageToolCall[] = [
  { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
  { id: 'call_2', type: 'custom', custom: { name: 'sql', input: 'SELECT 1' } },
];

const conversation: readonly Message[] = [
  { role: 'system', content: 'Be brief.', name: 'house' },
  { role: 'developer', content: [{ type: 'text', text: 'Be kind.' }] },
  { role: 'user', content: 'How warm is it in Oslo?', name: 'Ada' },
  { role: 'assistant', content: null, tool_calls: calls, reasoning: 'I need a thermometer.' },
  { role: 'tool', tool_call_id: 'call_1', content: '{"celsius":7}' },
  { role: 'tool', tool_call_id: 'call_2', content: [{ type: 'text', text: '1' }], name: 'sql' },
  { role: 'assistant', content: 'It is 7 °C.', reasoning_content: 'Seven.', reasoning_details: [{ any: 1 }] },
  { role: 'user', content: [{ type: 'text', text: 'And in Rome?' }] },
  { role: 'assistant', content: 'It is', prefix: true },
];

const everything: ChatRequest = {
  model: 'small',
  messages: conversation,
  audio: { voice: { id: 'voice_1234' }, format: 'pcm16' },
  frequency_penalty: -0.5,
  function_call: { name: 'weather' },
  functions: [{ name: 'weather' }],
  logit_bias: { '1024': -100 },
  logprobs: true,
  max_completion_tokens: 100,
  max_tokens: 100,
  metadata: { screen: 'chat' },
  modalities: ['text', 'audio'],
  moderation: { model: 'omni-moderation-latest', policy: { input: { mode: 'block' }, output: null } },
  n: 2,
  parallel_tool_calls: false,
  prediction: { type: 'content', content: [{ type: 'text', text: 'as before' }] },
  presence_penalty: 0.5,
  prompt_cache_key: 'house',
  prompt_cache_options: { mode: 'explicit', ttl: '30m' },
  prompt_cache_retention: '24h',
  reasoning_effort: 'none',
  response_format: { type: 'text' },
  safety_identifier: 'c0ffee',
  seed: 7,
  service_tier: 'flex',
  stop: ['\n', 'END'],
  store: false,
  stream_options: { include_usage: false, include_obfuscation: false },
  temperature: 0,
  tool_choice: 'auto',
  tools: [weather, sql],
  top_logprobs: 5,
  top_p: 0.9,
  user: 'Ada',
  verbosity: 'low',
  web_search_options: {
    search_context_size: 'low',
    user_location: { type: 'approximate', approximate: { city: 'Oslo', country: 'NO' } },
  },
  extra: { top_k: 20 },
};

describe('ChatRequest', () => {
  it('has every documented field', () => {
    expect(sent(everything)).toEqual(everything);
  });

  it('requires a model and messages only', () => {
    const least: ChatRequest = { model: 'small', messages: [] };
    // @ts-expect-error model is required
    const noModel: ChatRequest = { messages: [] };
    // @ts-expect-error messages is required
    const noMessages: ChatRequest = { model: 'small' };
    expect([least, noModel, noMessages].map((request) => Object.keys(request).length)).toEqual([2, 1, 1]);
  });

  it('accepts null for the default of the server', () => {
    const defaults: ChatRequest = {
      model: 'small',
      messages: [],
      max_tokens: null,
      seed: null,
      stop: null,
      stream_options: null,
      temperature: null,
      top_p: null,
    };
    expect(sent(defaults)).toEqual(defaults);
  });

  it('has no `stream`, which the call sets', () => {
    // @ts-expect-error chatCompletion$ and completion$ set it
    const streaming: ChatRequest = { model: 'small', messages: [], stream: true };
    const written = { model: 'small', messages: [], stream: false };
    // @ts-expect-error not from a variable either, where excess properties are allowed
    const fromVariable: ChatRequest = written;
    // @ts-expect-error nor as an extra
    const asExtra: ChatRequest = { model: 'small', messages: [], extra: { stream: true } };
    expect([streaming, fromVariable, asExtra]).toHaveLength(3);
  });

  it('accepts unknown values of open enumerations and completes the known ones', () => {
    const added: ChatRequest = {
      model: 'small',
      messages: [],
      audio: { voice: 'newest', format: 'ogg' },
      modalities: ['text', 'image'],
      reasoning_effort: 'ultra',
      service_tier: 'on_demand',
      verbosity: 'chatty',
    };
    expectTypeOf<ReasoningEffort>().not.toEqualTypeOf<string>();
    expectTypeOf<string>().toExtend<ReasoningEffort>();
    expect(sent(added)).toEqual(added);
  });

  it('rejects a field of the wrong type, and an unknown name', () => {
    const base = { model: 'small', messages: [] };
    // @ts-expect-error a number, not a string
    const text: ChatRequest = { ...base, temperature: '0.2' };
    // @ts-expect-error values are numbers
    const bias: ChatRequest = { ...base, logit_bias: { '1': 'never' } };
    // @ts-expect-error strings, not numbers
    const stop: ChatRequest = { ...base, stop: [13] };
    // @ts-expect-error values are strings
    const metadata: ChatRequest = { ...base, metadata: { tries: 3 } };
    // @ts-expect-error a typing error
    const slip: ChatRequest = { ...base, max_token: 5 };
    // @ts-expect-error fields of a particular server belong in `extra`
    const elsewhere: ChatRequest = { ...base, top_k: 20 };
    expect([text, bias, stop, metadata, slip, elsewhere]).toHaveLength(6);
  });

  it('is read-only, down to the parts of a message', () => {
    const request: ChatRequest = { model: 'small', messages: conversation, tools: [weather] };
    const write = (): void => {
      // @ts-expect-error fields are read-only
      request.model = 'large';
      // @ts-expect-error items of a list are read-only
      request.messages[0] = { role: 'user', content: 'More?' };
      for (const message of request.messages) {
        // @ts-expect-error fields of an item are read-only
        message.content = 'Other.';
      }
    };
    expect(write).toBeInstanceOf(Function);
    expectTypeOf<ChatRequest['messages']>().toEqualTypeOf<readonly Message[]>();
    expectTypeOf<ChatRequest['tools']>().toEqualTypeOf<readonly Tool[] | undefined>();
  });

  it('accepts a request written `as const`', () => {
    const constant = {
      model: 'small',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      tools: [{ type: 'function', function: { name: 'now', parameters: { type: 'object', required: [] } } }],
      stop: ['END'],
      extra: { samplers: ['top_k', 'min_p'] },
    } as const;
    const request: ChatRequest = constant;
    expect(request).toBe(constant);
  });
});

describe('Message', () => {
  it('has the roles of the API', () => {
    expectTypeOf<Message['role']>().toEqualTypeOf<
      'system' | 'developer' | 'user' | 'assistant' | 'tool' | 'function'
    >();
    const old: Message = { role: 'function', name: 'weather', content: '{"celsius":7}' };
    expect(conversation.concat(old).map((message) => message.role)).toContain('function');
    // @ts-expect-error unknown role
    const unknown: Message = { role: 'model', content: 'Hi' };
    expect(unknown).toBeDefined();
  });

  it('is discriminated by its role', () => {
    const idOf = (message: Message): string | undefined =>
      message.role === 'tool' ? message.tool_call_id : undefined;
    expectTypeOf<Extract<Message, { role: 'user' }>>().toEqualTypeOf<UserMessage>();
    expect(conversation.map(idOf).filter((id) => id !== undefined)).toEqual(['call_1', 'call_2']);
  });

  it('has content, and null only where the API accepts it', () => {
    const messages: readonly Message[] = [
      // @ts-expect-error content is missing
      { role: 'user' },
      // @ts-expect-error content of a user is not null
      { role: 'user', content: null },
      // @ts-expect-error content of the system is not null
      { role: 'system' },
      // @ts-expect-error a result has content
      { role: 'tool', tool_call_id: 'call_1' },
      // @ts-expect-error tool_call_id is required
      { role: 'tool', content: '7' },
      // @ts-expect-error a function has a name
      { role: 'function', content: null },
      { role: 'function', name: 'weather', content: null },
    ];
    expect(messages).toHaveLength(7);
  });

  it('of the assistant has content, calls, a refusal or audio', () => {
    const withContent: readonly AssistantMessage[] = [
      { role: 'assistant', content: 'Hi' },
      { role: 'assistant', content: '' },
      { role: 'assistant', content: [{ type: 'text', text: 'Hi' }] },
      { role: 'assistant', tool_calls: calls },
      { role: 'assistant', content: null, tool_calls: calls },
      {
        role: 'assistant',
        content: 'One moment.',
        tool_calls: calls,
        name: 'Bo',
        refusal: null,
        audio: null,
      },
      { role: 'assistant', content: null, refusal: 'No.' },
      { role: 'assistant', audio: { id: 'audio_1' } },
      { role: 'assistant', content: null, function_call: { name: 'weather', arguments: '{}' } },
    ];
    const withoutContent: readonly AssistantMessage[] = [
      // @ts-expect-error content, calls, a refusal or audio is required
      { role: 'assistant' },
      // @ts-expect-error servers respond with 400 to null alone
      { role: 'assistant', content: null },
      // @ts-expect-error reasoning alone is not enough
      { role: 'assistant', content: null, reasoning: 'Hm.' },
    ];
    expect([withContent.length, withoutContent.length]).toEqual([9, 3]);
  });

  it('has calls as the model made them', () => {
    const rejected: readonly MessageToolCall[] = [
      // @ts-expect-error a call has an id
      { type: 'function', function: { name: 'weather', arguments: '{}' } },
      // @ts-expect-error arguments are JSON text, not a value
      { id: 'call_1', type: 'function', function: { name: 'weather', arguments: { city: 'Oslo' } } },
      // @ts-expect-error a custom call has input
      { id: 'call_1', type: 'custom', custom: { name: 'sql', arguments: '{}' } },
      // @ts-expect-error the type and its field agree
      { id: 'call_1', type: 'custom', function: { name: 'sql', arguments: '{}' } },
    ];
    expect(rejected).toHaveLength(4);
    expect(sent(calls)).toEqual(calls);
  });
});

describe('the error of an inferred list of messages', () => {
  it('compares it with the message of the user, and not with the deprecated one', () => {
    const code = [
      "import type { Message } from 'rxjs-chat-completions';",
      "const inferred = [{ role: 'user', content: 'Hi' }];",
      'export const messages: readonly Message[] = inferred;',
    ].join('\n');
    const errors = errorsOf([{ file: 'page.md', line: 1, code }]).join('\n');
    expect(errors).toContain("is not assignable to type 'UserMessage'");
    expect(errors).not.toContain('FunctionMessage');
  }, 60_000);
});

describe('content parts', () => {
  const parts: readonly UserContentPart[] = [
    { type: 'text', text: 'What is this?', prompt_cache_breakpoint: { mode: 'explicit' } },
    { type: 'text', text: 'And this?', cache_control: { type: 'ephemeral', ttl: '1h' } },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
    { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'high' } },
    { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } },
    { type: 'file', file: { file_id: 'file-1' } },
    { type: 'file', file: { file_data: 'data:application/pdf;base64,JVBERi0=', filename: 'a.pdf' } },
    { type: 'video_url', video_url: { url: 'https://example.com/a.mp4' } },
  ];

  it('are text, images, audio, files and videos in a message of the user', () => {
    const message: Message = { role: 'user', content: parts };
    expect(sent(message)).toEqual(message);
    const rejected: readonly UserContentPart[] = [
      // @ts-expect-error the URL is in an object
      { type: 'image_url', image_url: 'https://example.com/a.png' },
      // @ts-expect-error audio has a format
      { type: 'input_audio', input_audio: { data: 'UklGRg==' } },
      // @ts-expect-error text is in `text`
      { type: 'text', content: 'Hi' },
      // @ts-expect-error unknown part
      { type: 'smell', smell: 'roses' },
      // @ts-expect-error a refusal is of the assistant
      { type: 'refusal', refusal: 'No.' },
    ];
    expect(rejected).toHaveLength(5);
  });

  it('are text and refusals in a message of the assistant', () => {
    const content: readonly AssistantContentPart[] = [
      { type: 'text', text: 'Well.' },
      { type: 'refusal', refusal: 'No.' },
    ];
    const message: Message = { role: 'assistant', content };
    // @ts-expect-error no images in a message of the assistant
    const image: AssistantContentPart = { type: 'image_url', image_url: { url: 'data:,' } };
    expect([message, image]).toHaveLength(2);
  });

  it('are text only in other messages', () => {
    const text: readonly TextPart[] = [{ type: 'text', text: 'Be brief.' }];
    const messages: readonly Message[] = [
      { role: 'system', content: text },
      { role: 'developer', content: text },
      { role: 'tool', tool_call_id: 'call_1', content: text },
      // @ts-expect-error no images in a message of the system
      { role: 'system', content: [{ type: 'image_url', image_url: { url: 'data:,' } }] },
    ];
    expect(messages).toHaveLength(4);
  });
});

describe('Tool', () => {
  it('is a function, or a custom tool of text or of a grammar', () => {
    const tools: readonly Tool[] = [
      weather,
      sql,
      { type: 'function', function: { name: 'now' } },
      { type: 'custom', custom: { name: 'note' } },
      { type: 'custom', custom: { name: 'note', format: { type: 'text' } } },
      {
        type: 'custom',
        custom: { name: 'n', format: { type: 'grammar', grammar: { syntax: 'regex', definition: '\\d+' } } },
      },
    ];
    expect(sent(tools)).toEqual(tools);
  });

  it('has a name, and a schema that is an object', () => {
    const rejected: readonly Tool[] = [
      // @ts-expect-error a function has a name
      { type: 'function', function: { description: 'Does something.' } },
      // @ts-expect-error a schema is an object
      { type: 'function', function: { name: 'weather', parameters: '{}' } },
      // @ts-expect-error the type and its field agree
      { type: 'function', custom: { name: 'sql' } },
      {
        type: 'custom',
        // @ts-expect-error unknown syntax of a grammar
        custom: { name: 'n', format: { type: 'grammar', grammar: { syntax: 'yacc', definition: '' } } },
      },
    ];
    expect(rejected).toHaveLength(4);
  });
});

describe('ToolChoice', () => {
  it('is a string, a named tool, or a list of allowed tools', () => {
    const choices: readonly ToolChoice[] = [
      'none',
      'auto',
      'required',
      { type: 'function', function: { name: 'weather' } },
      { type: 'custom', custom: { name: 'sql' } },
      {
        type: 'allowed_tools',
        allowed_tools: {
          mode: 'required',
          tools: [
            { type: 'function', function: { name: 'weather' } },
            { type: 'custom', custom: { name: 'sql' } },
          ],
        },
      },
    ];
    expect(sent(choices)).toEqual(choices);
  });

  it('rejects values that the API rejects', () => {
    const rejected: readonly ToolChoice[] = [
      // @ts-expect-error unknown string
      'always',
      // @ts-expect-error a name is in an object
      { type: 'function', name: 'weather' },
      // @ts-expect-error the function is required
      { type: 'function' },
      // @ts-expect-error the type and its field agree
      { type: 'custom', function: { name: 'weather' } },
      // @ts-expect-error `none` has no list
      { type: 'allowed_tools', allowed_tools: { mode: 'none', tools: [] } },
      // @ts-expect-error the list is in `allowed_tools`
      { type: 'allowed_tools', mode: 'auto', tools: [] },
    ];
    expect(rejected).toHaveLength(6);
  });
});

describe('ResponseFormat', () => {
  it('is text, JSON, or JSON of a schema', () => {
    const formats: readonly ResponseFormat[] = [
      { type: 'text' },
      { type: 'json_object' },
      { type: 'json_schema', json_schema: { name: 'city', schema: { type: 'object' }, strict: true } },
    ];
    const rejected: readonly ResponseFormat[] = [
      // @ts-expect-error unknown format
      { type: 'xml' },
      // @ts-expect-error json_schema is required
      { type: 'json_schema' },
      // @ts-expect-error a schema has a name
      { type: 'json_schema', json_schema: { schema: { type: 'object' } } },
      // @ts-expect-error the schema is in `json_schema`
      { type: 'json_schema', json_schema: { name: 'city' }, schema: { type: 'object' } },
    ];
    expect(sent(formats)).toEqual(formats);
    expect(rejected).toHaveLength(4);
  });
});

describe('ServerExtras', () => {
  const ollama: OllamaExtras = { reasoning: { effort: 'low' } };
  const llamaCpp: LlamaCppExtras = {
    mirostat: 2,
    grammar: 'root ::= "yes" | "no"',
    cache_prompt: true,
    id_slot: 0,
    n_probs: 3,
    ignore_eos: false,
    timings_per_token: true,
    return_progress: true,
    lora: [{ id: 0, scale: 0.5 }],
    chat_template_kwargs: { enable_thinking: false },
  };
  const vllm: VllmExtras = {
    guided_json: { type: 'object' },
    guided_choice: ['yes', 'no'],
    structured_outputs: { choice: ['yes', 'no'] },
    top_k: 20,
    min_p: 0.1,
    repetition_penalty: 1.1,
    stop_token_ids: [2],
    documents: [{ title: 'Oslo', text: 'A city.' }],
  };
  const openRouter: OpenRouterExtras = {
    models: ['a/b', 'c/d'],
    route: 'fallback',
    provider: {
      order: ['x'],
      allow_fallbacks: false,
      data_collection: 'deny',
      sort: { by: 'price', partition: 'none' },
      max_price: { prompt: 1, completion: '2' },
      preferred_max_latency: { p90: 3 },
    },
    transforms: ['middle-out'],
    reasoning: { max_tokens: 2000, exclude: true, enabled: true },
    plugins: [{ id: 'web', max_results: 3 }],
    usage: { include: true },
  };
  const deepSeek: DeepSeekExtras = { thinking: { type: 'disabled' } };
  const groq: GroqExtras = {
    reasoning_format: 'parsed',
    search_settings: { include_domains: ['example.com'] },
  };
  const mistral: MistralExtras = { random_seed: 7, safe_prompt: true, prompt_mode: 'reasoning' };

  it('accepts the extras of each server, and of several', () => {
    const extras: readonly ServerExtras[] = [
      ollama,
      llamaCpp,
      vllm,
      openRouter,
      deepSeek,
      groq,
      mistral,
      { ...ollama, ...vllm },
    ];
    const requests = extras.map((extra): ChatRequest => ({ model: 'small', messages: [], extra }));
    expect(sent(requests)).toEqual(requests);
  });

  it('accepts an unknown name with any value', () => {
    const extra: ServerExtras = { field_of_tomorrow: [{ a: 1 }], top_k: 5 };
    const tools: ServerExtras = { tools: [{ type: 'web_search' }] };
    expectTypeOf(extra['field_of_tomorrow']).toEqualTypeOf<unknown>();
    expect(sent([extra, tools])).toEqual([extra, tools]);
  });

  it('checks known names', () => {
    expectTypeOf<ServerExtras['top_k']>().toEqualTypeOf<number | undefined>();
    // @ts-expect-error a number, not a string
    const topK: ServerExtras = { top_k: '20' };
    // @ts-expect-error strings, in a list
    const choice: ServerExtras = { structured_outputs: { choice: 'yes' } };
    // @ts-expect-error only 0, 1 and 2
    const mirostat: ServerExtras = { mirostat: 3 };
    // @ts-expect-error a plugin has an id
    const plugin: ServerExtras = { plugins: [{ max_results: 3 }] };
    // @ts-expect-error a list, not a string
    const models: ChatRequest = { model: 'a/b', messages: [], extra: { models: 'c/d' } };
    // @ts-expect-error set by the field of the request
    const options: ServerExtras = { stream_options: { include_usage: false } };
    expect([topK, choice, mirostat, plugin, models, options]).toHaveLength(6);
  });

  it('can be limited to one server', () => {
    // @ts-expect-error vLLM has no cache_prompt
    const extra = { top_k: 5, cache_prompt: true } satisfies VllmExtras;
    const request: ChatRequest = { model: 'small', messages: [], extra };
    expect(request.extra).toEqual({ top_k: 5, cache_prompt: true });
  });

  it('accepts a Record<string, unknown>', () => {
    const settings: Readonly<Record<string, unknown>> = { top_k: 5 };
    const request: ChatRequest = { model: 'small', messages: [], extra: settings };
    expect(request.extra).toBe(settings);
  });
});

describe('EmbeddingsRequest', () => {
  it('accepts texts and token ids, one or several', () => {
    const inputs: readonly EmbeddingsRequest['input'][] = [
      'a cat',
      ['a cat', 'a dog'],
      [1, 2],
      [[1, 2], [3]],
    ];
    const requests = inputs.map((input): EmbeddingsRequest => ({
      model: 'small',
      input,
      dimensions: 256,
      encoding_format: 'base64',
      user: 'Ada',
      extra: { truncate_prompt_tokens: -1 },
    }));
    expect(sent(requests)).toEqual(requests);
  });

  it('requires a model and an input of one kind', () => {
    // @ts-expect-error input is required
    const noInput: EmbeddingsRequest = { model: 'small' };
    // @ts-expect-error model is required
    const noModel: EmbeddingsRequest = { input: 'a cat' };
    // @ts-expect-error texts or token ids, not both
    const mixed: EmbeddingsRequest = { model: 'small', input: ['a cat', 7] };
    expect([noInput, noModel, mixed]).toHaveLength(3);
  });
});
