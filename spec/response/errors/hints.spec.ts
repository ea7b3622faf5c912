import { chatErrorFrom } from '../../../lib/decode/chatErrorFrom';
import {
  ConnectionError,
  ServerError,
  TruncatedError,
  type ChatError,
  type HttpError,
} from '../../../lib/errors';
import { withHint } from '../../../lib/response/errors/hints';
import type { TransportRequest } from '../../../lib/transport/transport';
import { httpError } from '../../helpers/httpError';
import { NativeURL } from '../../helpers/NativeURL';
import { withGlobals } from '../../helpers/withGlobals';

const OLLAMA = 'http://localhost:11434/v1';
const requestTo = (baseURL: string, headers: Record<string, string> = {}): TransportRequest => ({
  method: 'POST',
  url: `${baseURL}/chat/completions`,
  headers,
  body: '{"model":"llama9"}',
});
const http = (status: number, serverMessage: string, code: string | null = null): HttpError =>
  httpError({ status, serverMessage, code });
const refused = (): ConnectionError =>
  new ConnectionError('cannot reach it: refused', 'connect', 'ECONNREFUSED');

describe('the hint of an error', () => {
  it("names Ollama's own API where its path is missing", () => {
    const request: TransportRequest = { method: 'GET', url: 'http://localhost:8080/api/tags', headers: {} };
    expect(withHint(http(404, 'no'), request).message).toContain(
      "nothing is at http://localhost:8080/api/tags: it is part of Ollama's own API, check baseURL",
    );
  });

  it('has no other base URL for the path of a dialect', () => {
    const request: TransportRequest = { method: 'POST', url: 'https://a.example/responses', headers: {} };
    expect(withHint(http(404, 'no'), request).message).toBe(
      '404 no (nothing is at https://a.example/responses: check baseURL)',
    );
  });

  it.each([
    [
      'an unknown model at Ollama',
      http(404, 'model "llama9" not found, try pulling it first'),
      OLLAMA,
      {},
      'run `ollama pull llama9`',
    ],
    [
      'an unknown model elsewhere',
      http(404, 'The model llama9 does not exist'),
      'https://a.example/v1',
      {},
      'models$ lists',
    ],
    [
      'a model without a provider at OpenRouter',
      http(404, 'No endpoints found for llama9.'),
      'https://a.example/v1',
      {},
      'models$ lists',
    ],
    [
      'an unknown deployment of Azure',
      http(404, 'The API deployment for this resource does not exist.', 'DeploymentNotFound'),
      'https://a.example/v1',
      {},
      'models$ lists',
    ],
    [
      'an unknown model at NVIDIA',
      http(404, "Not Found: Function '23d4f03a': Not found for account 'x'"),
      'https://a.example/v1',
      {},
      'models$ lists',
    ],
    ...[
      http(400, "The requested model 'llama9' is not supported by any provider", 'model_not_supported'),
      http(400, 'Unable to access non-serverless model llama9', 'model_not_available'),
      http(401, 'Key not allowed to access model. This key can only access models=[]'),
      http(403, 'Project `proj_x` does not have access to model `llama9`', 'model_not_found'),
      http(403, 'No access to model: llama9', 'no_access'),
    ].map(
      (error) =>
        [
          `a model without access: ${error.message}`,
          error,
          'https://a.example/v1',
          { authorization: 'Bearer k' },
          'the server has no model llama9 for you; models$ lists',
        ] as const,
    ),
    [
      'a base URL without /v1',
      http(404, '404 page not found'),
      'http://localhost:11434',
      {},
      'nothing is at http://localhost:11434/chat/completions; most servers need /v1: use baseURL http://localhost:11434/v1',
    ],
    [
      'a base URL with /api',
      http(404, '404 page not found'),
      'http://localhost:11434/api',
      {},
      'use baseURL http://localhost:11434/v1',
    ],
    [
      'a base URL with a path of that API',
      http(404, '404 page not found'),
      'http://localhost:11434/api/chat',
      {},
      'use baseURL http://localhost:11434/v1',
    ],
    [
      'a base URL with /api of another server',
      http(404, 'no'),
      'https://a.example/api',
      {},
      'most servers need /v1: use baseURL https://a.example/api/v1, or for Ollama use baseURL https://a.example/v1',
    ],
    ...['chat', 'completions', 'models', 'embeddings', 'responses', 'messages', 'api', 'api/embeddings'].map(
      (path) =>
        [
          `a base URL with /${path} after /v1`,
          http(404, '404 page not found'),
          `http://localhost:11434/v1/${path}`,
          {},
          'use baseURL http://localhost:11434/v1)',
        ] as const,
    ),
    [
      'a base URL with the paths of calls',
      http(404, 'no'),
      'https://a.example/models/chat/chat/',
      {},
      'nothing is at https://a.example/models/chat/chat//chat/completions: use baseURL https://a.example/v1',
    ],
    [
      'a base URL that ends like a call',
      http(404, 'no'),
      'https://a.example/models/chatty',
      {},
      'most servers need /v1: use baseURL https://a.example/models/chatty/v1',
    ],
    [
      'a base URL with the path of a call',
      http(404, 'no'),
      'https://a.example/Chat',
      {},
      'use baseURL https://a.example/v1',
    ],
    ['a base URL with /V1', http(404, 'no'), 'https://a.example/V1', {}, 'chat/completions: check baseURL'],
    [
      'a base URL with /api in another place',
      http(404, 'no'),
      'https://a.example/api/v1',
      {},
      'nothing is at https://a.example/api/v1/chat/completions: check baseURL',
    ],
    [
      "a base URL that is another server's /v1/api",
      http(404, 'no'),
      'https://a.example/v1/api',
      {},
      'nothing is at https://a.example/v1/api/chat/completions: check baseURL',
    ],
    [
      'an address of Azure without its api-version',
      http(404, 'Resource not found', '404'),
      'https://a.example/openai/deployments/llama9',
      {},
      'nothing is at https://a.example/openai/deployments/llama9/chat/completions: check baseURL and its api-version',
    ],
    [
      'another address',
      http(404, 'no'),
      'https://a.example/v1',
      {},
      'nothing is at https://a.example/v1/chat/completions: check baseURL',
    ],
    [
      'a method that is not allowed',
      http(405, 'no'),
      'https://a.example',
      {},
      'use baseURL https://a.example/v1',
    ],
    [
      'an address that is unknown under status 200 (LM Studio)',
      new ServerError({ serverMessage: 'Unexpected endpoint or method. (POST /chat/completions)' }),
      'http://localhost:1234',
      {},
      'Unexpected endpoint or method. (POST /chat/completions) (nothing is at http://localhost:1234/chat/completions; most servers need /v1: use baseURL http://localhost:1234/v1)',
    ],
    ['no key', http(401, 'no'), 'https://a.example/v1', {}, 'no key was sent: set apiKey'],
    ['no key, forbidden', http(403, 'no'), 'https://a.example/v1', {}, 'no key was sent'],
    [
      'a wrong key',
      http(401, 'no'),
      'https://a.example/v1',
      { authorization: 'Bearer "x"' },
      'refused the key that was sent: check that apiKey is complete, for this server, without Bearer or quotes',
    ],
    [
      'a wrong key in a header',
      http(401, 'no'),
      'https://a.example/v1',
      { 'api-key': 'x' },
      'refused the key',
    ],
    ...[
      [' ', 'authorization'],
      ['Bearer ', 'authorization'],
      ['Bearer undefined', 'authorization'],
      ['null', 'api-key'],
      ['', 'x-token'],
    ].map(
      ([value = '', name = '']) =>
        [
          `a key that is ${JSON.stringify(value)}`,
          http(401, 'no'),
          'https://a.example/v1',
          { [name]: value },
          'no key was sent',
        ] as const,
    ),
    ...['x-signature', 'client-secret'].map(
      (name) =>
        [
          `a wrong key in ${name}`,
          http(401, 'no'),
          'https://a.example/v1',
          { [name]: 'x' },
          'refused the key',
        ] as const,
    ),
    ...['llama9 is not a valid model ID', 'Model Not Exist', 'Invalid model: llama9', 'unknown model'].map(
      (message) =>
        [
          `an unknown model with status 400: ${message}`,
          http(400, message),
          'https://a.example/v1',
          {},
          'models$ lists',
        ] as const,
    ),
    [
      'stream_options in other words',
      http(400, 'Stream options are not supported'),
      'https://a.example/v1',
      {},
      'stream_options: { include_usage: false }',
    ],
    [
      'stream_options',
      http(400, 'Unknown field: stream_options'),
      'https://a.example/v1',
      {},
      'stream_options: { include_usage: false }',
    ],
    [
      'include_usage',
      http(422, 'include_usage is not permitted'),
      'https://a.example/v1',
      {},
      'stream_options: { include_usage: false }',
    ],
    [
      'a field that the message does not name',
      httpError({ status: 422, serverMessage: 'Field required', param: 'body.messages.0.role' }),
      'https://a.example/v1',
      {},
      '422 Field required (at body.messages.0.role)',
    ],
    ['no Ollama', refused(), OLLAMA, {}, '`ollama serve`'],
    [
      'no other server',
      refused(),
      'http://localhost:8080/v1',
      {},
      'check that the server, or your proxy, is running',
    ],
    [
      'an unknown host',
      new ConnectionError('cannot reach it: unknown', 'connect', 'ENOTFOUND'),
      'http://nope.example/v1',
      {},
      'check the host name',
    ],
    ...['ECONNRESET', 'UND_ERR_SOCKET'].map(
      (code) =>
        [
          `a connection that the server closes (${code})`,
          new ConnectionError('cannot reach it', 'connect', code),
          'http://a.example/v1',
          {},
          'check http or https in baseURL',
        ] as const,
    ),
    ...['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN'].map(
      (code) =>
        [
          `a host that cannot be reached (${code})`,
          new ConnectionError('cannot reach it', 'connect', code),
          'http://10.0.0.9:8080/v1',
          {},
          'check the host name in baseURL, and the network',
        ] as const,
    ),
  ] as const)('names the remedy: %s', (_, error, baseURL, headers, hint) => {
    const { message, ...fields } = error.toJSON();
    expect(withHint(error, requestTo(baseURL, headers))).toBe(error);
    expect(error.message.startsWith(String(message))).toBe(true);
    expect(error.message).toContain(hint);
    expect(error.stack).toContain(error.message);
    expect(error.toJSON()).toEqual({ ...fields, message: error.message });
  });

  it('is added once to an error that a transport emits for each attempt', () => {
    const error = refused();
    const { message } = withHint(error, requestTo(OLLAMA));
    expect(withHint(error, requestTo(OLLAMA)).message).toBe(message);
  });

  it('is not lost after a long message, and is restored from JSON', () => {
    const error = withHint(http(401, 'x'.repeat(5_000)), requestTo('https://a.example/v1'));
    expect(error.message).toMatch(/^401 x{1496}… \(no key was sent: set apiKey in the config\)$/);
    expect(chatErrorFrom(JSON.parse(JSON.stringify(error))).message).toBe(error.message);
  });

  it('finds a key in the query of the address', () => {
    const request = {
      ...requestTo('https://a.example/v1'),
      url: 'https://a.example/v1/chat/completions?key=k',
    };
    expect(withHint(http(401, 'no'), request).message).toContain('refused the key that was sent');
  });

  it.each([
    ['a busy server', http(503, 'busy')],
    ['a bad request', http(400, 'temperature too high')],
    ['a field that a model does not support', http(400, 'this model does not support tools')],
    [
      'a function that is not found',
      http(400, `the model has called a tool that was ${'never '.repeat(9)} not found`),
    ],
    ['a model without tools', http(404, 'No endpoints found that support tool use.')],
    ['a policy of the account', http(404, 'No endpoints available matching your data policy.')],
    ['a truncated stream', new TruncatedError()],
    ['a broken body', new ConnectionError('broke', 'body', 'ECONNRESET')],
  ])('is absent for %s', (_, error) => {
    const { message } = error;
    expect(withHint(error, requestTo(OLLAMA)).message).toBe(message);
  });

  const lost = (): ChatError => new ConnectionError('cannot reach it: Failed to fetch', 'connect');

  it('is not CORS in Deno and Expo, which have a location as well', () => {
    const message = withGlobals(
      { location: new URL('http://localhost:8081/') },
      () => withHint(lost(), requestTo(OLLAMA)).message,
    );
    expect(message).toBe('cannot reach it: Failed to fetch');
  });

  it('is not CORS in React Native, whose URL accepts an empty text', () => {
    const message = withGlobals({ URL: NativeURL }, () => withHint(lost(), requestTo(OLLAMA)).message);
    expect(message).toBe('cannot reach it: Failed to fetch');
  });

  it('is absent where a URL cannot be taken apart, as in React Native before 0.80', () => {
    const error = http(404, 'no');
    expect(withGlobals({ URL: NativeURL }, () => withHint(error, requestTo(OLLAMA)).message)).toBe('404 no');
  });

  describe.each([
    ['a page', { document: {} }],
    ['a Worker or Service Worker', { WorkerGlobalScope: {} }],
  ])('in %s', (_, globals) => {
    const hintAt = (page: string, baseURL: string, error = lost()): string =>
      withGlobals({ ...globals, location: new URL(page) }, () => withHint(error, requestTo(baseURL)).message);

    it('is CORS for a server of another origin', () => {
      expect(hintAt('http://localhost:4200/', 'https://a.example/v1')).toMatch(/CORS\)$/);
      expect(hintAt('https://app.example/', 'https://a.example/v1')).toMatch(/CORS\)$/);
      expect(hintAt('http://localhost:4200/', OLLAMA)).toMatch(/CORS; for Ollama set OLLAMA_ORIGINS/);
    });

    it('follows the words of Firefox without their full stop', () => {
      const error = new ConnectionError(
        'cannot reach it: NetworkError when attempting to fetch resource.',
        'connect',
      );
      expect(hintAt('http://localhost:4200/', 'https://a.example/v1', error)).toMatch(
        /fetch resource; it is down/,
      );
    });

    it('is local network access for a page from elsewhere', () => {
      expect(hintAt('https://app.example/', OLLAMA)).toMatch(
        /it is down, or it does not allow this page's origin \(CORS; .*the page needs https and permission/,
      );
    });

    it.each([
      ...['10.0.0.1', '172.16.0.1', '172.20.0.1', '172.31.0.1', '192.168.1.5', '169.254.0.1'],
      ...['[fd00::1]', '[fe80::1]', 'mac.local'],
    ])('is local network access at %s', (host) => {
      expect(hintAt('http://app.example/', `http://${host}:8080/v1`)).toMatch(/the page needs https/);
    });

    it.each(['110.0.0.1', '172.32.0.1', 'mac.local.example'])('is CORS at %s', (host) => {
      expect(hintAt('http://app.example/', `http://${host}:8080/v1`)).toMatch(/CORS\)$/);
    });

    it('is that of the page in a worker made of a Blob', () => {
      expect(hintAt('blob:https://app.example/1-2', 'http://a.example/v1')).toMatch(/mixed content/);
      expect(hintAt('blob:http://localhost:4200/1-2', OLLAMA)).toMatch(/OLLAMA_ORIGINS\)$/);
    });

    it('is a session that has ended, for a server of the page itself', () => {
      const session = 'no key was sent: set apiKey in the config, or sign in';
      expect(hintAt('https://app.example/', 'https://app.example/api/v1', http(401, 'no'))).toContain(
        session,
      );
      expect(hintAt('https://app.example/', 'https://a.example/v1', http(401, 'no'))).not.toContain(
        'sign in',
      );
    });

    it('is mixed content for http under https', () => {
      expect(hintAt('https://app.example/', 'http://a.example/v1')).toMatch(/mixed content/);
    });
  });
});
