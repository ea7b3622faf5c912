import { attempt } from '../../codec/attempt';
import { fieldsOf } from '../../codec/isRecord';
import { parseJson } from '../../codec/parseJson';
import { cut, type ChatError, type ConnectionError, type HttpError } from '../../errors';
import { pageUrl, parseUrl, withoutCall } from '../../request/url';
import { hintForCode } from '../../transport/failures';
import type { TransportRequest } from '../../transport/transport';
import { isText } from './errorFields';

/**
 * Adds a hint to the message of an error where the likely mistake is known.
 *
 * @returns The same error.
 */
export function withHint(error: ChatError, request: TransportRequest): ChatError {
  // None where a URL cannot be taken apart: React Native before 0.80.
  const hint = attempt(() => hintFor(error, request));
  const { message, stack } = error;
  // A transport may emit one error for each attempt.
  if (hint === undefined || message.includes(hint)) return error;
  const shown = cut(message, MAX_MESSAGE);
  // The words of Firefox and workerd are a sentence.
  error.message =
    error._tag === 'ConnectionError' ? `${shown.replace(/\.$/, '')}; ${hint}` : `${shown} (${hint})`;
  // Programs that end with an error print its stack.
  if (stack !== undefined) error.stack = stack.replace(message, () => error.message);
  return error;
}

/** The most characters of a message before a hint: an error that is restored from JSON has 2,000. */
const MAX_MESSAGE = 1_500;

/** Returns the likely mistake of an error, and what to do; `undefined` if it is not known. */
function hintFor(error: ChatError, request: TransportRequest): string | undefined {
  const url = parseUrl(request.url, pageUrl());
  if (url === undefined) return undefined; // A transport of the app's own may take other addresses.
  switch (error._tag) {
    case 'HttpError':
      return httpHint(error, request, url);
    case 'ServerError':
      return UNKNOWN_URL.test(error.serverMessage) ? missingHint(url) : undefined;
    case 'ConnectionError':
      return error.phase === 'connect' ? connectionHint(error, url) : undefined;
    default:
      return undefined;
  }
}

/** An address at which the server has nothing, under status 200: LM Studio. */
const UNKNOWN_URL = /^(?:unexpected|unknown|invalid) (?:endpoint|url|route)\b/i;

function httpHint(
  { status, code, serverMessage, type, param }: HttpError,
  { headers, body = '' }: TransportRequest,
  url: URL,
): string | undefined {
  if (OF_A_RELAY.test(type ?? '') || OF_A_ROUTE.test(serverMessage)) return undefined;
  const { model } = fieldsOf(parseJson(body));
  if (isText(model)) {
    if (status === 404 && isOllama(url) && /model|pull/i.test(serverMessage))
      return `run \`ollama pull ${model}\`, or choose one of \`ollama list\``;
    if ((status === 404 ? MISSING_MODEL : UNKNOWN_MODEL).test(`${serverMessage} ${code}`))
      return `the server has no model ${model} for you; models$ lists those it has`;
  }
  if (status === 404 || status === 405) return missingHint(url);
  const hasKey = [...Object.entries(headers), ...url.searchParams].some(
    ([name, value]) => /auth|key|token|cookie|secret|sig/i.test(name) && !NO_KEY.test(value),
  );
  if (!hasKey && (status === 401 || status === 403))
    // A browser sends the cookies of the page to its own origin.
    return `no key was sent: set apiKey in the config${pageOrigin()?.origin === url.origin ? ', or sign in' : ''}`;
  if (status === 401)
    return 'the server refused the key that was sent: check that apiKey is complete, for this server, without Bearer or quotes';
  if (status !== 400 && status !== 422) return undefined;
  if (/stream.?options|include.?usage/i.test(`${serverMessage} ${param}`))
    return 'set stream_options: { include_usage: false }';
  // FastAPI's message is 'Field required'.
  return param?.startsWith('body.') ? `at ${param}` : undefined;
}

/** The type of an error of a relay: one of its own, or of the model's server, of which its log has the likely mistake. */
const OF_A_RELAY = /^(?:relay_error|HttpError|ServerError)$/;

const isOllama = ({ port }: URL): boolean => port === '11434';

/** The value of a header whose key is blank, or the text of a variable that is not set. */
const NO_KEY = /^\s*(?:bearer\b)?\s*(?:undefined|null)?\s*$/i;

/** A message of OpenRouter that names what the model, which it has, or the account does not allow. */
const OF_A_ROUTE = /^no endpoints (?!found for)/i;

/** An unknown model under status 404; NVIDIA calls it a function. */
const MISSING_MODEL = /model|deployment|no endpoints|function '/i;

/** An unknown model as servers report it that have another status than 404 for it. */
const UNKNOWN_MODEL = /(valid|unknown|access( to)?) model|model(_not_|\b.{0,40} not (exist|found))/i;

/**
 * A base URL up to its last segment that is not of a call, which is appended to it, or of Ollama's own API. From the end, so in
 * linear time.
 */
const BEFORE_CALL =
  /^(?:.*\/(?!(?:api|chat|completions|models|embeddings|responses|messages|generate|tags|embed|show|ps|version)(?:\/|$))[^/]*)?/i;

/** Returns the hint for an address at which the server has nothing. */
function missingHint(url: URL): string {
  const { origin, pathname } = url;
  const missing = `nothing is at ${origin}${pathname}`;
  // The older addresses of Azure.
  if (pathname.includes('/deployments/')) return `${missing}: check baseURL and its api-version`;
  const base = withoutCall(pathname).replace(/\/+$/, '');
  // The path of a dialect, such as /responses, is not one of the base URL.
  const isAppended = base !== pathname;
  const hasVersion = (path: string): boolean => /\/v\d/i.test(path);
  const withVersion = (path: string): string =>
    `use baseURL ${origin}${path}${hasVersion(path) ? '' : '/v1'}`;
  const [outside = ''] = BEFORE_CALL.exec(base) ?? [];
  const isOther = !isOllama(url) && base.endsWith('/api');
  if (isAppended && outside !== base && !isOther) return `${missing}: ${withVersion(outside)}`;
  if (!isAppended || hasVersion(base))
    return `${missing}: ${/\/api\/\w+$/.test(pathname) ? "it is part of Ollama's own API, " : ''}check baseURL`;
  return `${missing}; most servers need /v1: ${withVersion(base)}${isOther ? `, or for Ollama ${withVersion(outside)}` : ''}`;
}

function connectionHint({ code }: ConnectionError, url: URL): string | undefined {
  // Deno and Expo have a location as well, and no CORS.
  const isBrowser = 'document' in globalThis || 'WorkerGlobalScope' in globalThis;
  const page = isBrowser && pageOrigin();
  if (page) return browserHint(page, url);
  return hintForCode(code, isOllama(url));
}

/** Returns the possible reasons for which a page has received no response: the browser does not reveal which it is. */
function browserHint(page: URL, url: URL): string {
  const { protocol, hostname } = url;
  if (page.protocol === 'https:' && protocol === 'http:' && !isLoopback(hostname))
    return 'a page on https cannot call a server on http (mixed content): serve it over https';
  const reasons = `it is down, or it does not allow this page's origin (CORS${isOllama(url) ? '; for Ollama set OLLAMA_ORIGINS' : ''})`;
  return isPrivate(hostname) && !isPrivate(page.hostname)
    ? `${reasons}, or the browser blocks a public page from the local network: the page needs https and permission`
    : reasons;
}

/** Returns the origin of the page, or that of a worker, whose own address has no host if it is made of a Blob. */
function pageOrigin(): URL | undefined {
  const page = parseUrl(pageUrl() ?? '');
  return page && (parseUrl(page.origin) ?? page);
}

const isLoopback = (host: string): boolean => /(?:^|\.)localhost$|^127\.|^\[::1\]/.test(host);
const isPrivate = (host: string): boolean =>
  isLoopback(host) || /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|\[f[cde])|\.local$/.test(host);
