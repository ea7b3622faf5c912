import { httpError } from '../../../lib/response/errors/httpError';
import { refusedField } from '../../../lib/response/errors/refusedField';
import { recordedErrors } from '../../helpers/recordedErrors';

const fieldIn = (status: number, body: unknown): string | null =>
  refusedField(httpError({ status, headers: {} }, typeof body === 'string' ? body : JSON.stringify(body), 0));

/** An error in OpenAI's shape. */
const error = (message: string, param: string | null = null, code: string | null = null): object => ({
  error: { message, type: 'invalid_request_error', param, code },
});

/** Refusals as servers write them, and the field that each names. */
const REFUSALS: ReadonlyArray<readonly [server: string, field: string, status: number, body: unknown]> = [
  [
    'OpenAI',
    'max_tokens',
    400,
    error(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      'max_tokens',
      'unsupported_parameter',
    ),
  ],
  ['OpenAI', 'foo', 400, error("Unknown parameter: 'foo'.", 'foo', 'unknown_parameter')],
  [
    'OpenAI',
    'temperature',
    400,
    error(
      "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
      'temperature',
      'unsupported_value',
    ),
  ],
  [
    'OpenAI',
    'messages[0].role',
    400,
    error(
      "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
      'messages[0].role',
      'unsupported_value',
    ),
  ],
  [
    'OpenAI, Responses API',
    'reasoning.effort',
    400,
    error(
      "Unsupported parameter: 'reasoning.effort' is not supported with this model.",
      'reasoning.effort',
      'unsupported_parameter',
    ),
  ],
  ['Ollama', 'thinking', 400, error('"llama3.2" does not support thinking')],
  ["Ollama's own API", 'thinking', 400, { error: '"llama3.2" does not support thinking' }],
  [
    'OpenAI',
    'web_search_options',
    400,
    error('Web search options not supported with this model.', 'web_search_options'),
  ],
  [
    'Azure',
    'stream_options',
    400,
    error('Unrecognized request argument supplied: stream_options. Please contact us through a request.', ''),
  ],
  ['Groq', 'store', 400, error("property 'store' is unsupported, did you mean 'stop'?")],
  [
    'Groq',
    'max_completion_tokens',
    400,
    error("property 'max_completion_tokens' is unsupported, did you mean 'max_tokens'?"),
  ],
  [
    'Cerebras',
    'store',
    422,
    {
      message: "body.store: property 'body.store' is unsupported",
      type: 'invalid_request_error',
      param: 'validation_error',
      code: 'wrong_api_format',
    },
  ],
  [
    'Gemini',
    'store',
    400,
    [
      {
        error: {
          code: 400,
          message: 'Invalid JSON payload received. Unknown name "store": Cannot find field.',
          status: 'INVALID_ARGUMENT',
        },
      },
    ],
  ],
  [
    'Mistral',
    'stream_options',
    422,
    {
      object: 'error',
      message: {
        detail: [
          { type: 'extra_forbidden', loc: ['body', 'stream_options'], msg: 'Extra inputs are not permitted' },
        ],
      },
    },
  ],
  [
    'FastAPI',
    'seed',
    422,
    { detail: [{ type: 'extra_forbidden', loc: ['body', 'seed'], msg: 'Extra inputs are not permitted' }] },
  ],
  [
    'pydantic 1',
    'seed',
    422,
    { detail: [{ type: 'value_error.extra', loc: ['body', 'seed'], msg: 'extra fields not permitted' }] },
  ],
  ['a gateway', 'seed', 400, error("Argument 'seed' is not permitted")],
  ['Fireworks', 'store', 400, error("Extra inputs are not permitted, field: 'store'")],
  ['Anthropic', 'store', 400, error('store: Extra inputs are not permitted')],
  ['xAI', 'presence_penalty', 400, { error: 'Model grok-4 does not support parameter presencePenalty.' }],
  ['Go', 'stream_options', 400, error('json: unknown field "stream_options"')],
  ['Rust', 'user', 422, 'Failed to deserialize the JSON body: unknown field `user`, expected one of `model`'],
  ['Python', 'logit_bias', 400, error("create() got an unexpected keyword argument 'logit_bias'")],
  ['another', 'store', 400, error('unknown field: store')],
  ['another', 'stream_options', 400, error('Unsupported parameter: stream_options.')],
  ['Zod', 'store', 400, error("Unrecognized key(s) in object: 'store'")],
  [
    'NestJS',
    'store',
    400,
    { message: ['property store should not exist'], error: 'Bad Request', statusCode: 400 },
  ],
  ['JSON Schema', 'store', 400, error("Additional properties are not allowed ('store' was unexpected)")],
  [
    'older FastAPI',
    'store',
    422,
    { detail: [{ loc: ['body', 'store'], msg: 'extra fields not permitted' }] },
  ],
  ['older Pydantic', 'store', 400, error('store: extra fields not permitted')],
  [
    'LiteLLM',
    'store',
    400,
    error(
      "litellm.UnsupportedParamsError: groq does not support parameters: ['store'], for model=llama. To drop these, set `litellm.drop_params=True`",
    ),
  ],
  ['llama.cpp', 'logprobs', 400, error('logprobs is not supported with tools + stream')],
  ['a gateway', 'logprobs', 400, error('openai error: logprobs is not supported with this model')],
  ['OpenAI', 'logprobs', 400, error('logprobs are not supported with reasoning models.')],
  [
    'OpenRouter, for its provider',
    'max_tokens',
    400,
    {
      error: {
        message: 'Provider returned error',
        code: 400,
        metadata: {
          raw: JSON.stringify(error("Unsupported parameter: 'max_tokens' is not supported with this model.")),
        },
      },
    },
  ],
  [
    "Azure's Foundry",
    'store',
    422,
    {
      error: {
        code: 'Invalid input',
        status: 422,
        message: 'invalid input error',
        details: [
          {
            input: true,
            loc: ['body', 'store'],
            msg: 'Extra inputs are not permitted',
            type: 'extra_forbidden',
          },
        ],
      },
    },
  ],
  [
    "Azure's Foundry",
    'store',
    400,
    error(
      "Extra parameters ['store'] are not allowed when extra-parameters is not set or set to be 'error'.",
    ),
  ],
  [
    'older vLLM',
    'store',
    400,
    {
      object: 'error',
      message:
        "[{'type': 'extra_forbidden', 'loc': ('body', 'store'), 'msg': 'Extra inputs are not permitted', 'input': True}]",
      type: 'BadRequestError',
      param: null,
      code: 400,
    },
  ],
  ['llama.cpp', 'n', 400, error('Unsupported param: n')],
  [
    'Bedrock',
    'store',
    400,
    { message: 'Malformed input request: #: extraneous key [store] is not permitted, please reformat it.' },
  ],
  ['Cohere', 'seed', 400, { message: "unknown field: parameter 'seed' is not a valid field" }],
  ['xAI', 'stop', 400, { code: 'invalid', error: 'Argument not supported on this model: stop' }],
  [
    'older LiteLLM',
    'parallel_tool_calls',
    400,
    error("bedrock does not support parameters: {'parallel_tool_calls': False}, for model=claude."),
  ],
  ['a gateway', 'logprobs', 400, error('This model does not support logprobs')],
];

/** Errors that refuse a value, a message or the request, and no field. */
const OTHERS: ReadonlyArray<readonly [status: number, body: unknown]> = [
  [
    400,
    error("Invalid 'temperature': decimal above maximum value.", 'temperature', 'decimal_above_max_value'),
  ],
  [400, error("Missing required parameter: 'messages[1].content[0].type'.", 'messages[1].content[0].type')],
  [400, error('Unsupported value: high')],
  [400, error("Unsupported value 'high'")],
  [400, error('The request has an unknown field in its messages')],
  [400, error("Field 'n': Value must be between 1 <= value <= 4, but got 9")],
  [400, error("'messages' is required")],
  [400, error('Model x does not support max_tokens above 4096')],
  [400, error('The model does not support user messages after user messages')],
  [400, error("parameter 'user' is not a valid UUID")],
  [400, error('Unknown name "metadata" at \'tools[0].function_declarations[0]\': Cannot find field.')],
  [400, error('Images are not supported')],
  [400, error('messages[0]: unknown variant `image_url`, expected `text` at line 1 column 391')],
  [400, error("Invalid schema for function 'f': 'additionalProperties' is required.", 'tools[0].function')],
  [400, error('This model is not supported')],
  [400, error('You uploaded an unsupported image.')],
  [400, 'Bad Request'],
  [400, ''],
  [401, error("Unsupported parameter: 'store' is not supported", 'store', 'unsupported_parameter')],
  [500, error('json: unknown field "store"')],
];

describe('refusedField', () => {
  it.each(REFUSALS)('reads the message of %s that names %s', (_, field, status, body) => {
    expect(fieldIn(status, body)).toBe(field);
  });

  it.each(OTHERS)('finds no refused field in %s %j', (status, body) => {
    expect(fieldIn(status, body)).toBeNull();
  });

  /** All recorded responses that refuse a field. */
  const RECORDED: Readonly<Record<string, string>> = {
    'llama.cpp/logprobs-with-tools.error.json': 'logprobs',
    'openai/mirascope--call-with-params-openai-gpt-5-mini-completions.error.json': 'stop',
    'openai/pydantic-ai--openai-test-openai-o1-mini-system-role-system.error.json': 'messages[0].role',
    'openai/pydantic-ai--openai-test-openai-web-search-tool-model-not-supported.error.json':
      'web_search_options',
    'xai/req-llm--grok-code-fast-1-reasoning-basic.error.json': 'reasoning_effort',
  };

  it('finds the refused field of each recorded error, and none in the others', () => {
    for (const { file, status, headers, body } of recordedErrors()) {
      const found = refusedField(httpError({ status, headers }, body, 0));
      expect([file, found]).toEqual([file, RECORDED[file] ?? null]);
    }
  });
});
