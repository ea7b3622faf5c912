import { attempt } from '../codec/attempt';
import { keysInPath, withoutQuery } from './url';

/** The parts of a request that may contain secrets. */
export interface Addressed {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string;
}

/** Headers and query parameters that contain no secret. An id that the app gives its request is often the one of the response. */
const PUBLIC =
  /^(?:.*(?:request|trace|correlation)-?id|traceparent|accept(?:-\w+)?|cache-control|connection|content-type|origin|x-portkey-provider|api-version|user-agent|http-referer|referer|x-title|anthropic-version|openai-beta)$/;

/** Keys that documentation gives for servers without keys. They occur in the names of models and products. */
const PLACEHOLDER =
  /^(?:lm[-_]?studio|llama[.-]?cpp|localhost|koboldcpp|mistralrs|not-(?:needed|required)|(?:sk-)?no-key-required|anything|placeholder|undefined|(?:dummy|local|test)-key|your[-_]api[-_]key|token-abc123)$/i;

/** The shortest secret. Redacting every `1` or `ollama` would garble an error and protect nothing. */
const SHORTEST = 8;

/** Schemes that precede a key in a header. A server that repeats the key leaves them out. */
const SCHEMES = /^(?:(?:bearer|basic|token|api-?key|key|digest|negotiate)\s+)+/i;

/** The name of a JSON field that contains a secret, such as `api_key`, or `key` in the data sources of Azure. */
const SECRET_NAME =
  '(?:[\\w-]{0,40}(?:(?:access|account|api|private|secret|subscription)[-_]?key|connection[-_]?string|secret|password|token|authorization|credentials|cookie)|key)';

/** A JSON field that contains a secret, or a parameter in the URL of an MCP server. Bounded, as a body may contain images. */
const SECRET_FIELD = new RegExp(
  `"${SECRET_NAME}":\\s*"((?:[^"\\\\]|\\\\.){1,4096})"|[?&]${SECRET_NAME}=([^&#"\\s\\\\]{1,4096})`,
  'gi',
);

const WHOLE_SECRET_NAME = new RegExp(`^${SECRET_NAME}$`, 'i');

/** Returns the texts of a request that no error may contain. */
export function secretsOf({ url, headers, body = '' }: Addressed): readonly string[] {
  const named = [...Object.entries(headers), ...new URLSearchParams(url.slice(withoutQuery(url).length))];
  const values = named
    .filter(([name]) => !PUBLIC.test(name))
    .map(([, value]) => value)
    .concat(keysInPath(url));
  const secrets = values.flatMap(partsOf).concat(fieldsIn(body));
  return [...new Set(secrets)].filter((secret) => secret.length >= SHORTEST && !PLACEHOLDER.test(secret));
}

/** Returns the secrets in fields of JSON, among them the headers and the URLs of MCP servers. */
const fieldsIn = (json: string): readonly string[] =>
  Array.from(json.matchAll(SECRET_FIELD), ([, field, parameter = '']) =>
    (field ?? parameter).replace(SCHEMES, ''),
  );

/** Returns a value without its scheme, its parameters (cookies and JSON among them), and all of these decoded. */
function partsOf(value: string): readonly string[] {
  const trimmed = value.trim();
  const key = trimmed.replace(SCHEMES, '');
  const ownScheme = /^[\w-]+\s+(.+)$/.exec(key)?.[1] ?? '';
  const parameters = key.split(/[;,]/).flatMap((part) => /=\s*"?(.*?)"?\s*$/.exec(part)?.[1] ?? []);
  // What is not Base64 is not credentials after all; the value itself is redacted in any case.
  const latin1 = (/^basic\s/i.test(trimmed) && attempt(() => atob(key))) || '';
  const bytes = Uint8Array.from(latin1, (byte) => byte.charCodeAt(0));
  // React Native may have none.
  const utf8 = attempt(() => new TextDecoder().decode(bytes)) ?? '';
  const credentials = [latin1, utf8].flatMap((text) => [text, text.slice(text.indexOf(':') + 1)]);
  return [key, ownScheme, ...parameters, ...fieldsIn(key), ...credentials]
    .map((part) => part.trim())
    .flatMap((part) => [part, attempt(() => decodeURIComponent(part)) ?? part]);
}

/** Whether a field of a body contains a secret, by its name. */
export const isSecretName = (name: string): boolean => WHOLE_SECRET_NAME.test(name);
