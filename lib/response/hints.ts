import { isRecord } from '../codec/isRecord';
import { parseJson } from '../codec/parseJson';
import { ConnectionError, HttpError, type ChatError, type HttpErrorFields } from '../errors';
import { DEFAULT_BASE_URL } from '../request/url';
import type { TransportRequest } from '../transport/transport';

/** A hint for errors of one kind: the likely mistake, and what to do. */
interface Hint<E> {
  readonly if: (error: E, request: SentRequest) => boolean;
  readonly hint: (request: SentRequest) => string;
}

/** The parts of a request that hints depend on. */
interface SentRequest {
  readonly url: URL;
  /** The path of `baseURL`, without a slash at its end. */
  readonly basePath: string;
  readonly isOllama: boolean;
  readonly hasKey: boolean;
  readonly model: string;
}

/** Whether the server has nothing at the address. A relay that lacks one answer reports `unknown_stream` instead. */
const isMissing = ({ status, code }: HttpError): boolean =>
  (status === 404 || status === 405) && code !== 'unknown_stream';

const HTTP_HINTS: ReadonlyArray<Hint<HttpError>> = [
  {
    if: ({ status, serverMessage }, { isOllama, model }) =>
      status === 404 && model !== '' && isOllama && /model|pull/i.test(serverMessage),
    hint: ({ model }) => `run \`ollama pull ${model}\`, or choose one of \`ollama list\``,
  },
  {
    if: ({ status, serverMessage, code }, { model }) =>
      status === 404 && model !== '' && (/model/i.test(serverMessage) || /model/i.test(String(code))),
    hint: ({ model }) => `the server has no model ${model} for you; models$ lists those it has`,
  },
  {
    if: (error, { basePath }) => isMissing(error) && /\/api$/.test(basePath),
    hint: ({ url, basePath }) =>
      `nothing is at ${url.origin}${url.pathname}; /api is Ollama's own API, use baseURL ${url.origin}${basePath.replace(/\/api$/, '/v1')}`,
  },
  {
    if: (error, { url }) => isMissing(error) && /\/api\/\w+$/.test(url.pathname),
    hint: ({ url }) =>
      `nothing is at ${url.origin}${url.pathname}: it is part of Ollama's own API, check baseURL`,
  },
  {
    if: (error, { basePath }) => isMissing(error) && !/\/v\d/.test(basePath),
    hint: ({ url, basePath }) =>
      `nothing is at ${url.origin}${url.pathname}; most servers need /v1: use baseURL ${url.origin}${basePath}/v1`,
  },
  {
    if: isMissing,
    hint: ({ url }) => `nothing is at ${url.origin}${url.pathname}: check baseURL`,
  },
  {
    if: ({ status }, { hasKey }) => (status === 401 || status === 403) && !hasKey,
    hint: () => 'no key was sent: set apiKey in the config',
  },
  {
    if: ({ status }) => status === 401,
    hint: () => 'the server refused the key that was sent: check apiKey, and that it is for this server',
  },
  {
    if: ({ status, serverMessage, param }) =>
      (status === 400 || status === 422) &&
      /stream_options|include_usage/.test(`${serverMessage} ${param ?? ''}`),
    hint: () => 'set stream_options: { include_usage: false } in the request to leave it out',
  },
];

const CONNECTION_HINTS: ReadonlyArray<Hint<ConnectionError>> = [
  {
    if: (_, { url }) => pageProtocol() === 'https:' && url.protocol === 'http:' && !isLoopback(url.hostname),
    hint: () => 'a page on https cannot call a server on http (mixed content): serve it over https',
  },
  {
    if: (_, { url }) => isInBrowser() && isPrivate(url.hostname) && !isPrivate(pageHost()),
    hint: ({ isOllama }) =>
      `it is down, it does not allow this page's origin (CORS${isOllama ? '; for Ollama set OLLAMA_ORIGINS' : ''}), or the browser blocks a public page from the local network: the page needs https and the local network permission`,
  },
  {
    if: () => isInBrowser(),
    hint: ({ isOllama }) =>
      `it is down, or it does not allow this page's origin (CORS${isOllama ? '; for Ollama set OLLAMA_ORIGINS' : ''})`,
  },
  {
    if: ({ code }, { isOllama }) => isRefused(code) && isOllama,
    hint: () => 'is Ollama running? Start it with `ollama serve`',
  },
  {
    if: ({ code }) => isRefused(code),
    hint: () => 'check that the server is running, and the port in baseURL',
  },
  {
    if: ({ code }) => code === 'ENOTFOUND' || code === 'EAI_AGAIN',
    hint: () => 'check the host name in baseURL, and the network',
  },
];

const isRefused = (code: string | null): boolean => code === 'ECONNREFUSED' || code === 'ConnectionRefused';

/** Returns an error with a hint in its message where the likely mistake is known, else the same error. */
export function withHint(error: ChatError, request: TransportRequest): ChatError {
  if (error._tag === 'HttpError') {
    const hint = hintFor(HTTP_HINTS, error, request);
    const fields: HttpErrorFields = error;
    return hint === undefined ? error : new HttpError({ ...fields, message: `${error.message} (${hint})` });
  }
  if (error._tag === 'ConnectionError' && error.phase === 'connect') {
    const hint = hintFor(CONNECTION_HINTS, error, request);
    const { message, phase, code, cause, retryable } = error;
    return hint === undefined
      ? error
      : new ConnectionError(`${message}; ${hint}`, phase, code, cause, retryable);
  }
  return error;
}

function hintFor<E>(hints: ReadonlyArray<Hint<E>>, error: E, request: TransportRequest): string | undefined {
  const sent = sentRequestOf(request);
  return sent && hints.find((each) => each.if(error, sent))?.hint(sent);
}

function sentRequestOf({ url: address, headers, body }: TransportRequest): SentRequest | undefined {
  let url: URL;
  try {
    url = new URL(address, page()?.href);
  } catch {
    return undefined; // A transport of the app's own may take other addresses.
  }
  const json = body === undefined ? undefined : parseJson(body);
  const model = isRecord(json) && typeof json.model === 'string' ? json.model : '';
  const basePath = url.pathname.replace(/\/(chat\/completions|embeddings|models)$/, '').replace(/\/+$/, '');
  const isOllama = url.port === new URL(DEFAULT_BASE_URL).port;
  return {
    url,
    basePath,
    isOllama,
    hasKey: Object.keys(headers).some((name) => /auth|key|token|cookie/.test(name)),
    model,
  };
}

/** The page, or the script of a worker: a Worker and a Service Worker have no `document`. */
const page = ():
  { readonly href: string; readonly protocol: string; readonly hostname: string } | undefined =>
  (globalThis as { readonly location?: Location }).location;

/** Not Deno with `--location`, which is not subject to CORS. */
const isInBrowser = (): boolean => page() !== undefined && !('Deno' in globalThis) && !('Bun' in globalThis);
const pageProtocol = (): string | undefined => (isInBrowser() ? page()?.protocol : undefined);
const pageHost = (): string => page()?.hostname ?? '';

const isLoopback = (host: string): boolean => /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(host);
const isPrivate = (host: string): boolean =>
  isLoopback(host) || /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|\[f[cde])|\.local$/.test(host);
