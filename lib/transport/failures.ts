import { MISTAKES as IN_BROWSER, type Failure } from './failures.browser';

/** Mistakes in the address or in the set-up: another attempt fails again. The first that fits counts. */
export const MISTAKES: readonly Failure[] = [
  [/(?:bad|unsafe|blocked) port/i, 'fetch blocks this port, run the server on another one'],
  [/--allow-net|ERR_ACCESS_DENIED/, 'the runtime does not allow it: run it with --allow-net'],
  ...IN_BROWSER,
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
    /HPE_INVALID_(?:CONSTANT|VERSION)|invalid HTTP|Malformed_HTTP|UND_ERR_HTTP_PARSER/i,
    'the response is not HTTP, as if the server expects https and not http',
    'HPE_INVALID_CONSTANT',
  ],
  [
    /HPE_(?!HEADER_OVERFLOW|CLOSED|INVALID_EOF)|CONTENT_LENGTH_MISMATCH/,
    'the head of the response is not valid HTTP, check the server or proxy',
  ],
];

/** Failures of the network and of the server. The first that fits counts. */
export const BREAKS: readonly Failure[] = [
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
    /ECONNRESET|EPIPE|UND_ERR_SOCKET|connection ?(?:reset|closed)|side closed|closed (?:unexpectedly|before)|end of file before|socket hang up/i,
    'the server closed the connection',
    'ECONNRESET',
  ],
];
