// What runtimes other than browsers report. Bundlers for browsers put failures.browser.ts in its place.

import { ChatTimeoutError } from '../errors';
import { causesOf, codeOf } from './causes';
import type { Failure } from './failures.browser';

/** Mistakes in the address or in the set-up. The first that fits counts. */
const MISTAKES: readonly Failure[] = [
  [/(?:bad|unsafe|blocked) port|\bport .*blocked/i, 'fetch blocks this port, run the server on another one'],
  [/--allow-net|ERR_ACCESS_DENIED/, 'the runtime does not allow it: run it with --allow-net'],
  [/ERR_INVALID_URL|parse URL|Invalid URL/i, 'fetch does not accept the URL: use an absolute baseURL'],
  [/proxy.*\b40[0-7]\b|proxy auth/i, 'the proxy refused the connection, check its address and credentials'],
  [
    /_ALERT_|(?:v\d+|tls|fatal) alert|unrecognized.?name/i,
    'the server refused the TLS handshake, check the host name and client certificate',
  ],
  [
    /CERT_|_CERT|UNABLE_TO_VERIFY|peer certificate|certificate (?:verify|has expired)/i,
    'the certificate of the server is not accepted, renew it or trust its issuer',
    'ERR_TLS_CERT',
  ],
  [
    /ERR_SSL|EPROTO|wrong version number|packet length too long|corrupt message|InvalidProtocol/i,
    'TLS failed, as if the server expects http and not https',
    'EPROTO',
  ],
  [
    /HPE_INVALID_(?:CONSTANT|VERSION)|\b(?:invalid|expected) HTTP|Malformed_HTTP/i,
    'the response is not HTTP, as if the server expects https and not http',
    'HPE_INVALID_CONSTANT',
  ],
  [
    /HPE_(?!CLOSED|INVALID_EOF)|HEADERS_OVERFLOW|head is too|(?:RES_|invalid.?)content.?length|HTTP\S+ protocol/i,
    'the head of the response is not valid HTTP, or too long: check the server or proxy',
  ],
];

/** Failures of the network and of the server. The first that fits counts. */
const BREAKS: readonly Failure[] = [
  [/ECONNREFUSED|connection ?refused|unable to connect/i, 'the connection was refused', 'ECONNREFUSED'],
  [
    /ENOTFOUND|EAI_AGAIN|EAI_NONAME|dns error|no such host|FailedToOpenSocket|DNSFailed/i,
    'the name of the host cannot be resolved',
    'ENOTFOUND',
  ],
  [/ETIMEDOUT|CONNECT_TIMEOUT|connect(?:ion)? timed out/i, 'the connection timed out', 'ETIMEDOUT'],
  [/UND_ERR_BODY_TIMEOUT/, 'no data within the time that fetch allows: nodeTransport() waits longer'],
  [
    /EHOSTUNREACH|ENETUNREACH|no route to host|network is unreachable/i,
    'the host cannot be reached',
    'EHOSTUNREACH',
  ],
  [
    /ECONNRESET|EPIPE|UND_ERR_SOCKET|connection ?(?:reset|closed)|side closed|premature close|handshake eof|closed (?:unexpectedly|before)|end of file before|socket hang up/i,
    'the server closed the connection',
    'ECONNRESET',
  ],
];

/** Alerts of TLS about a damaged record or an error in the server. */
const PASSING_ALERT = /record.?mac|internal.?error/i;

/** Returns the mistake in the address or in the set-up that the texts of an error name: another attempt fails again. */
export const mistakeIn = (texts: string): Failure | undefined =>
  PASSING_ALERT.test(texts) ? undefined : MISTAKES.find(([test]) => test.test(texts));

/** Returns the failure of the network or of the server that the texts of an error name. */
export const breakIn = (texts: string): Failure | undefined => BREAKS.find(([test]) => test.test(texts));

/** Milliseconds that Node's fetch waits for a head, unless a dispatcher of the app sets another limit. */
const NODE_HEAD_TIMEOUT_MS = 300_000;

/** Returns the error for a fetch that has no head in time; `undefined` for any other. */
export const headTimeout = (error: unknown): ChatTimeoutError | undefined =>
  causesOf(error).some((cause) => codeOf(cause) === 'UND_ERR_HEADERS_TIMEOUT')
    ? new ChatTimeoutError(
        'head',
        NODE_HEAD_TIMEOUT_MS,
        'no response head within the time that fetch allows: nodeTransport() waits longer',
      )
    : undefined;

/** Returns what to do at a code of the system, which could not connect; `undefined` if that is not known. */
export function hintForCode(code: string | null, isOllama: boolean): string | undefined {
  if (/NOTFOUND|AGAIN|UNREACH|TIME/.test(`${code}`)) return 'check the host name in baseURL, and the network';
  if (/RESET|SOCKET/.test(`${code}`))
    return 'retry, check http or https in baseURL, or read the log of the server';
  if (code !== 'ECONNREFUSED') return undefined;
  return isOllama
    ? 'is Ollama running? Start it with `ollama serve`'
    : 'check that the server, or your proxy, is running, and the port in baseURL';
}
