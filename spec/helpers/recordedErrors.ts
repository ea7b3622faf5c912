import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';

import type { ErrorDetails } from '../../lib/errors';
import { sharedFolder } from './shared';

/** A recorded response with an error status. */
export interface RecordedError {
  /** Its server and its name. */
  readonly file: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The message of the server; `undefined` for a recording without an entry. */
  readonly said: ErrorDetails | undefined;
}

/** All recorded error responses, beside the specs or beside the checkout. */
export function recordedErrors(): readonly RecordedError[] {
  const roots = [
    resolve(__dirname, '../fixtures'),
    ...(sharedFolder === undefined ? [] : [resolve(sharedFolder, 'wire')]),
  ];
  const paths = roots
    .filter((root) => existsSync(root))
    .flatMap((root) =>
      readdirSync(root, { recursive: true, encoding: 'utf8' }).map((path) => join(root, path)),
    );
  const manifests = paths.filter((path) => path.endsWith(`${sep}MANIFEST.json`));
  const said: Readonly<Record<string, ErrorDetails>> = {
    ...SAID,
    ...Object.fromEntries(manifests.flatMap(saidIn)),
  };
  return paths
    .filter((path) => path.endsWith('.error.json'))
    .map((path) => {
      const file = path.split(sep).slice(-2).join('/');
      const answer = readJson(path) as Omit<RecordedError, 'body'> & { readonly body: unknown };
      const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
      return { ...answer, file, body, said: said[file] };
    });
}

interface ManifestEntry {
  readonly file: string;
  readonly kind: string;
  readonly expect: Omit<ErrorDetails, 'words'> & { readonly message: string };
}

/** The messages of third-party recordings, from their manifest. */
function saidIn(manifest: string): Array<readonly [string, ErrorDetails]> {
  return (readJson(manifest) as readonly ManifestEntry[])
    .filter(({ kind }) => kind === 'error')
    .map(({ file, expect: { message, code, type, param } }) => [
      file,
      { serverMessage: message, code, type, param },
    ]);
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

const said = (
  serverMessage: string,
  code: ErrorDetails['code'] = null,
  type: string | null = null,
  param: string | null = null,
): ErrorDetails => ({ serverMessage, code, type, param });

/** The messages of servers that were run to be recorded, read by eye. */
const SAID: Readonly<Record<string, ErrorDetails>> = {
  'lemonade-server/bad-json.error.json': said(
    "Invalid JSON in request body: [json.exception.parse_error.101] parse error at line 1, column 42: syntax error while parsing value - unexpected end of input; expected '[', '{', or a literal",
  ),
  'lemonade-server/empty-body.error.json': said('Request body is required but was empty'),
  'lemonade-server/n-2.error.json': said(
    "Field 'n': Value must be between 1 <= value <= 1, but got 2",
    400,
    'invalid_request_error',
  ),
  'lemonade-server/not-found.error.json': said('The requested endpoint does not exist', null, 'not_found'),
  'lemonade-server/unknown-model.error.json': said(
    "Model 'no-such-model' was not found. Available models include: 'Bonsai-1.7B-gguf', 'Bonsai-4B-gguf', 'Bonsai-8B-gguf', and 74 more. Use 'lemonade list' or GET /api/v1/models?show_all=true to see all available models.",
    'model_not_found',
    'model_not_found',
    'model',
  ),
  'llama.cpp/bad-json.error.json': said(
    "[json.exception.parse_error.101] parse error at line 1, column 42: syntax error while parsing value - unexpected end of input; expected '[', '{', or a literal",
    400,
    'invalid_request_error',
  ),
  'llama.cpp/bad-schema.error.json': said(
    'Unable to generate parser for this template. Automatic parser generation failed: JSON schema error at #: unrecognized type nonsense',
    400,
    'invalid_request_error',
  ),
  'llama.cpp/bad-tool-choice.error.json': said(
    'Invalid tool_choice: sometimes',
    400,
    'invalid_request_error',
  ),
  'llama.cpp/bad-tools.error.json': said(
    'Failed to parse tools: Missing tool function: {"type":"function"}; tools = [\n  {\n    "type": "function"\n  }\n]',
    500,
    'server_error',
  ),
  'llama.cpp/context-exceeded-non-stream.error.json': said(
    'request (309 tokens) exceeds the available context size (256 tokens), try increasing it',
    400,
    'exceed_context_size_error',
  ),
  'llama.cpp/context-exceeded.error.json': said(
    'request (309 tokens) exceeds the available context size (256 tokens), try increasing it',
    400,
    'exceed_context_size_error',
  ),
  'llama.cpp/embeddings-unsupported.error.json': said(
    'This server does not support embeddings. Start it with `--embeddings`',
    501,
    'not_supported_error',
  ),
  'llama.cpp/empty-body.error.json': said(
    '[json.exception.parse_error.101] parse error at line 1, column 1: attempting to parse an empty input; check that your input string or stream contains the expected JSON',
    400,
    'invalid_request_error',
  ),
  'llama.cpp/error-late-non-stream.error.json': said('Context size has been exceeded.', 500, 'server_error'),
  'llama.cpp/image-unsupported.error.json': said(
    'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj',
    500,
    'server_error',
  ),
  'llama.cpp/loading.error.json': said('Loading model', 503, 'unavailable_error'),
  'llama.cpp/logprobs-with-tools.error.json': said(
    'logprobs is not supported with tools + stream',
    400,
    'invalid_request_error',
  ),
  'llama.cpp/messages-not-array.error.json': said(
    "Expected 'messages' to be an array",
    400,
    'invalid_request_error',
  ),
  'llama.cpp/missing-messages.error.json': said("'messages' is required", 400, 'invalid_request_error'),
  'llama.cpp/n-too-many.error.json': said(
    "Field 'n': Value must be between 1 <= value <= 4, but got 9",
    400,
    'invalid_request_error',
  ),
  'llama.cpp/not-found.error.json': said('File Not Found', 404, 'not_found_error'),
  'llama.cpp/unauthorized-wrong-key.error.json': said('Invalid API Key', 401, 'authentication_error'),
  'llama.cpp/unauthorized.error.json': said('Invalid API Key', 401, 'authentication_error'),
  'llama.cpp/wrong-type.error.json': said(
    "Field 'temperature': [json.exception.type_error.302] type must be number, but is string",
    400,
    'invalid_request_error',
  ),
  'ollama-server/bad-json.error.json': said('unexpected EOF', null, 'invalid_request_error'),
  'ollama-server/bad-schema.error.json': said(
    'Unable to generate parser for this template. Automatic parser generation failed: JSON schema error at #: unrecognized type nonsense',
    400,
    'invalid_request_error',
  ),
  'ollama-server/bad-tools.error.json': said(
    'Unable to generate parser for this template. Automatic parser generation failed: JSON schema error at #: properties must be an object',
    400,
    'invalid_request_error',
  ),
  'ollama-server/embeddings-unsupported.error.json': said(
    'This server does not support embeddings. Start it with `--embeddings`',
    null,
    'api_error',
  ),
  'ollama-server/empty-body.error.json': said('EOF', null, 'invalid_request_error'),
  'ollama-server/image-unsupported.error.json': said(
    'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj',
    500,
    'server_error',
  ),
  'ollama-server/messages-not-array.error.json': said(
    'json: cannot unmarshal string into Go struct field ChatCompletionRequest.messages of type []openai.Message',
    null,
    'invalid_request_error',
  ),
  'ollama-server/missing-messages.error.json': said(
    "[] is too short - 'messages'",
    null,
    'invalid_request_error',
  ),
  'ollama-server/no-messages.error.json': said("[] is too short - 'messages'", null, 'invalid_request_error'),
  'ollama-server/not-found.error.json': said('404 page not found'),
  'ollama-server/queue-full.error.json': said(
    'server busy, please try again.  maximum pending requests exceeded',
    null,
    'api_error',
  ),
  'ollama-server/unknown-model.error.json': said("model 'no-such-model' not found", null, 'not_found_error'),
  'ollama-server/wrong-type.error.json': said(
    'json: cannot unmarshal string into Go struct field ChatCompletionRequest.temperature of type float64',
    null,
    'invalid_request_error',
  ),
  'portkey-gateway-anthropic/bad-json.error.json': said('Something went wrong'),
  'portkey-gateway-anthropic/missing-messages.error.json': said(
    "anthropic error: 'messages' is required",
    null,
    'server_error',
  ),
  'portkey-gateway-anthropic/not-found.error.json': said('File Not Found', 404, 'not_found_error'),
  'portkey-gateway-anthropic/wrong-type.error.json': said(
    "anthropic error: Field 'temperature': [json.exception.type_error.302] type must be number, but is string",
    null,
    'invalid_request_error',
  ),
  'portkey-gateway-groq/bad-json.error.json': said('Something went wrong'),
  'portkey-gateway-groq/missing-messages.error.json': said(
    "groq error: 'messages' is required",
    400,
    'invalid_request_error',
  ),
  'portkey-gateway-groq/not-found.error.json': said('File Not Found', 404, 'not_found_error'),
  'portkey-gateway-groq/wrong-type.error.json': said(
    "groq error: Field 'temperature': [json.exception.type_error.302] type must be number, but is string",
    400,
    'invalid_request_error',
  ),
  'portkey-gateway-openai/bad-json.error.json': said('Something went wrong'),
  'portkey-gateway-openai/missing-messages.error.json': said(
    "openai error: 'messages' is required",
    400,
    'invalid_request_error',
  ),
  'portkey-gateway-openai/not-found.error.json': said('File Not Found', 404, 'not_found_error'),
  'portkey-gateway-openai/wrong-type.error.json': said(
    "openai error: Field 'temperature': [json.exception.type_error.302] type must be number, but is string",
    400,
    'invalid_request_error',
  ),
  'portkey-gateway-together-ai/bad-json.error.json': said('Something went wrong'),
  'portkey-gateway-together-ai/missing-messages.error.json': said(
    "together-ai error: Expected 'messages' to be an array",
    400,
    'invalid_request_error',
  ),
  'portkey-gateway-together-ai/not-found.error.json': said('File Not Found', 404, 'not_found_error'),
  'portkey-gateway-together-ai/wrong-type.error.json': said(
    "together-ai error: Field 'temperature': [json.exception.type_error.302] type must be number, but is string",
    400,
    'invalid_request_error',
  ),
  'proxies/apache-no-server.error.json': said(
    '503 Service Unavailable: The server is temporarily unable to service your request due to maintenance downtime or capacity problems. Please try again later.',
  ),
  'proxies/caddy-bad-gateway.error.json': said('the server gave no reason'),
  'proxies/haproxy-gateway-timeout.error.json': said(
    "504 Gateway Time-out: The server didn't respond in time.",
  ),
  'proxies/haproxy-no-server.error.json': said(
    '503 Service Unavailable: No server is available to handle this request.',
  ),
  'proxies/nginx-bad-gateway.error.json': said('502 Bad Gateway'),
  'proxies/nginx-body-too-large.error.json': said('413 Request Entity Too Large'),
  'proxies/nginx-gateway-timeout.error.json': said('504 Gateway Time-out'),
  'proxies/nginx-rate-limited.error.json': said('429 Too Many Requests'),
};
