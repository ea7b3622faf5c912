import { fetchFailure } from '../../lib/transport/fetchFailure';

const url = 'http://llm.example.com/v1/chat/completions?key=secret';

const failed = (...causes: ReadonlyArray<readonly [message: string, code?: string]>): unknown =>
  causes.reduceRight<unknown>(
    (cause, [message, code]) =>
      Object.assign(new TypeError(message, { cause }), code === undefined ? {} : { code }),
    undefined,
  );

describe('the reason for a failed fetch', () => {
  it.each<
    readonly [
      runtime: string,
      what: string,
      error: unknown,
      reason: string,
      code: string | null,
      retryable: boolean,
    ]
  >([
    [
      'Node',
      'refused',
      failed(['fetch failed'], ['connect ECONNREFUSED 127.0.0.1:1', 'ECONNREFUSED']),
      'the connection was refused (ECONNREFUSED)',
      'ECONNREFUSED',
      true,
    ],
    [
      'Node',
      'refused at both addresses',
      failed(['fetch failed'], ['', 'ECONNREFUSED']),
      'the connection was refused (ECONNREFUSED)',
      'ECONNREFUSED',
      true,
    ],
    [
      'Deno',
      'refused',
      failed(
        ['fetch failed'],
        ['client error (Connect): tcp connect error: Connection refused (os error 111)'],
      ),
      'the connection was refused (ECONNREFUSED)',
      'ECONNREFUSED',
      true,
    ],
    [
      'Deno',
      'not allowed',
      failed(['Requires net access to "llm.example.com:80", run again with the --allow-net flag']),
      'the runtime does not allow it: run it with --allow-net',
      null,
      false,
    ],
    [
      'Node',
      'not allowed',
      failed(['fetch failed'], ['Access to this API has been restricted.', 'ERR_ACCESS_DENIED']),
      'the runtime does not allow it: run it with --allow-net (ERR_ACCESS_DENIED)',
      'ERR_ACCESS_DENIED',
      false,
    ],
    [
      'Node',
      'relative URL',
      failed(['Failed to parse URL from /v1/chat/completions'], ['Invalid URL', 'ERR_INVALID_URL']),
      'fetch does not accept the URL: use an absolute baseURL (ERR_INVALID_URL)',
      'ERR_INVALID_URL',
      false,
    ],
    [
      'Node',
      'headers that are too long',
      failed(['Parse Error: Header overflow', 'HPE_HEADER_OVERFLOW']),
      'the head of the response is not valid HTTP, or too long: check the server or proxy (HPE_HEADER_OVERFLOW)',
      'HPE_HEADER_OVERFLOW',
      false,
    ],
    [
      'Bun',
      'refused',
      failed(['Unable to connect. Is the computer able to access the url?', 'ConnectionRefused']),
      'the connection was refused (ECONNREFUSED)',
      'ECONNREFUSED',
      true,
    ],
    [
      'Node',
      'unknown host',
      failed(['fetch failed'], ['getaddrinfo ENOTFOUND x.invalid', 'ENOTFOUND']),
      'the name of the host cannot be resolved (ENOTFOUND)',
      'ENOTFOUND',
      true,
    ],
    [
      'Deno',
      'unknown host',
      failed(
        ['fetch failed'],
        ['dns error: failed to lookup address information: Name or service not known'],
      ),
      'the name of the host cannot be resolved (ENOTFOUND)',
      'ENOTFOUND',
      true,
    ],
    [
      'Bun',
      'unknown host',
      failed(['Was there a typo in the url or port?', 'FailedToOpenSocket']),
      'the name of the host cannot be resolved (ENOTFOUND)',
      'ENOTFOUND',
      true,
    ],
    [
      'Node',
      'no name server',
      failed(['fetch failed'], ['getaddrinfo EAI_AGAIN x', 'EAI_AGAIN']),
      'the name of the host cannot be resolved (EAI_AGAIN)',
      'EAI_AGAIN',
      true,
    ],
    [
      'Node',
      'timed out',
      failed(['fetch failed'], ['connect ETIMEDOUT 10.0.0.1:80', 'ETIMEDOUT']),
      'the connection timed out (ETIMEDOUT)',
      'ETIMEDOUT',
      true,
    ],
    [
      'Node',
      'idle',
      failed(['terminated'], ['Body Timeout Error', 'UND_ERR_BODY_TIMEOUT']),
      'no data within the time that fetch allows: nodeTransport() waits longer (UND_ERR_BODY_TIMEOUT)',
      'UND_ERR_BODY_TIMEOUT',
      true,
    ],
    [
      'Node',
      'no network',
      failed(['fetch failed'], ['connect ENETUNREACH 10.0.0.1:80', 'ENETUNREACH']),
      'the host cannot be reached (ENETUNREACH)',
      'ENETUNREACH',
      true,
    ],
    [
      'Bun',
      'damaged compression',
      failed(['ZlibError fetching "http://llm.example.com/"', 'ZlibError']),
      'ZlibError fetching "http://llm.example.com/" (ZlibError)',
      'ZlibError',
      true,
    ],
    [
      'Node',
      'closed',
      failed(['fetch failed'], ['other side closed', 'UND_ERR_SOCKET']),
      'the server closed the connection (UND_ERR_SOCKET)',
      'UND_ERR_SOCKET',
      true,
    ],
    [
      'Node',
      'reset',
      failed(['fetch failed'], ['read ECONNRESET', 'ECONNRESET']),
      'the server closed the connection (ECONNRESET)',
      'ECONNRESET',
      true,
    ],
    [
      'Deno',
      'reset',
      failed(['fetch failed'], ['Connection reset by peer (os error 104)']),
      'the server closed the connection (ECONNRESET)',
      'ECONNRESET',
      true,
    ],
    [
      'Bun',
      'closed',
      failed(['The socket connection was closed unexpectedly.', 'ConnectionClosed']),
      'the server closed the connection (ECONNRESET)',
      'ECONNRESET',
      true,
    ],
    [
      'Node',
      'timed out',
      failed(['fetch failed'], ['Connect Timeout Error', 'UND_ERR_CONNECT_TIMEOUT']),
      'the connection timed out (UND_ERR_CONNECT_TIMEOUT)',
      'UND_ERR_CONNECT_TIMEOUT',
      true,
    ],
    [
      'Node',
      'blocked port',
      failed(['fetch failed'], ['bad port']),
      'fetch blocks this port, run the server on another one',
      null,
      false,
    ],
    [
      'Node',
      'http for https',
      failed(['fetch failed'], ['write EPROTO: wrong version number', 'ERR_SSL_WRONG_VERSION_NUMBER']),
      'TLS failed, as if the server expects http and not https (ERR_SSL_WRONG_VERSION_NUMBER)',
      'ERR_SSL_WRONG_VERSION_NUMBER',
      false,
    ],
    [
      'Deno',
      'http for https',
      failed(['fetch failed'], ['received corrupt message of type InvalidContentType']),
      'TLS failed, as if the server expects http and not https (EPROTO)',
      'EPROTO',
      false,
    ],
    [
      'Node',
      'no client certificate',
      failed(
        ['fetch failed'],
        [
          'tlsv13 alert certificate required: SSL alert number 116',
          'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
        ],
      ),
      'the server refused the TLS handshake, check the host name and client certificate (ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED)',
      'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
      false,
    ],
    [
      'Node',
      'no common version of TLS',
      failed(['fetch failed'], ['write EPROTO: tlsv1 alert protocol version: SSL alert number 70', 'EPROTO']),
      'the server refused the TLS handshake, check the host name and client certificate (EPROTO)',
      'EPROTO',
      false,
    ],
    [
      'Deno',
      'no client certificate',
      failed(['fetch failed'], ['received fatal alert: CertificateRequired']),
      'the server refused the TLS handshake, check the host name and client certificate',
      null,
      false,
    ],
    [
      'Node with OpenSSL 3.5',
      'no common cipher',
      failed(
        ['fetch failed'],
        ['write EPROTO 40:SSL routines:ssl3_read_bytes:ssl/tls alert handshake failure', 'EPROTO'],
      ),
      'the server refused the TLS handshake, check the host name and client certificate (EPROTO)',
      'EPROTO',
      false,
    ],
    [
      'Node',
      'a host name that the server does not have',
      failed(['fetch failed'], ['tlsv1 unrecognized name', 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME']),
      'the server refused the TLS handshake, check the host name and client certificate (ERR_SSL_TLSV1_UNRECOGNIZED_NAME)',
      'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
      false,
    ],
    [
      'Node',
      'TLS that fails in the server',
      failed(['fetch failed'], ['write EPROTO: tlsv1 alert internal error: SSL alert number 80', 'EPROTO']),
      'write EPROTO: tlsv1 alert internal error: SSL alert number 80 (EPROTO)',
      'EPROTO',
      true,
    ],
    [
      'Node',
      'TLS that was damaged',
      failed(['fetch failed'], ['sslv3 alert bad record mac', 'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC']),
      'sslv3 alert bad record mac (ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC)',
      'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC',
      true,
    ],
    [
      'Deno',
      'TLS that was damaged',
      failed(['fetch failed'], ['received fatal alert: BadRecordMac']),
      'received fatal alert: BadRecordMac',
      null,
      true,
    ],
    [
      'Node',
      'an alert of another kind',
      failed(['fetch failed'], ['alert: the proxy is full']),
      'alert: the proxy is full',
      null,
      true,
    ],
    [
      'Node',
      'https for http',
      failed(
        ['fetch failed'],
        ['Response does not match the HTTP/1.1 protocol (Invalid HTTP version)', 'HPE_INVALID_VERSION'],
      ),
      'the response is not HTTP, as if the server expects https and not http (HPE_INVALID_VERSION)',
      'HPE_INVALID_VERSION',
      false,
    ],
    [
      'Node',
      'an invalid head',
      failed(
        ['fetch failed'],
        ['Response does not match the HTTP/1.1 protocol (Invalid header token)', 'HPE_INVALID_HEADER_TOKEN'],
      ),
      'the head of the response is not valid HTTP, or too long: check the server or proxy (HPE_INVALID_HEADER_TOKEN)',
      'HPE_INVALID_HEADER_TOKEN',
      false,
    ],
    ...[
      'HPE_LF_EXPECTED',
      'HPE_INVALID_CONTENT_LENGTH',
      'UND_ERR_HEADERS_OVERFLOW',
      'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
    ].map(
      (code) =>
        [
          'Node',
          'an invalid head',
          failed(['fetch failed'], ['odd', code]),
          `the head of the response is not valid HTTP, or too long: check the server or proxy (${code})`,
          code,
          false,
        ] as const,
    ),
    ...['HPE_INVALID_EOF_STATE', 'HPE_CLOSED_CONNECTION'].map(
      (code) =>
        [
          'Node',
          'an end in the head',
          failed(['fetch failed'], ['odd', code]),
          `odd (${code})`,
          code,
          true,
        ] as const,
    ),
    ...['Expected HTTP/, RTSP/ or ICE/', 'Invalid HTTP version'].map(
      (words) =>
        [
          'Node 24',
          'https for http',
          failed(['fetch failed'], [`Response does not match the HTTP/1.1 protocol (${words})`]),
          'the response is not HTTP, as if the server expects https and not http (HPE_INVALID_CONSTANT)',
          'HPE_INVALID_CONSTANT',
          false,
        ] as const,
    ),
    ...[
      ['Node 24', 'Response does not match the HTTP/1.1 protocol (Invalid header token)'],
      [
        'Node 24',
        "Response does not match the HTTP/1.1 protocol (Content-Length can't be present with Transfer-Encoding)",
      ],
      ['Deno', 'client error (SendRequest): invalid content-length parsed'],
      ['Deno', 'client error (SendRequest): message head is too large'],
    ].map(
      ([runtime = '', words = '']) =>
        [
          runtime,
          'an invalid head',
          failed(['fetch failed'], [words]),
          'the head of the response is not valid HTTP, or too long: check the server or proxy',
          null,
          false,
        ] as const,
    ),
    [
      'Node',
      'a request that a dispatcher repeats without its body',
      failed(
        ['fetch failed'],
        ['Request body length does not match content-length header', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH'],
      ),
      'Request body length does not match content-length header (UND_ERR_REQ_CONTENT_LENGTH_MISMATCH)',
      'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
      true,
    ],
    ...(
      [
        ['Node 24', 'Proxy response (407) !== 200 when HTTP Tunneling', 'UND_ERR_ABORTED'],
        ['Node 26', 'Proxy Authentication Required (407)', 'UND_ERR_INVALID_ARG'],
        ['Bun', 'Proxy refused to open a tunnel: 403 Forbidden', 'ERR_PROXY_TUNNEL'],
        [
          'nodeTransport',
          'Failed to establish tunnel to a.example:443 via http://127.0.0.1:3128/: HTTP/1.1 407 Proxy Authentication Required',
          'ERR_PROXY_TUNNEL',
        ],
      ] as const
    ).map(
      ([runtime, words, code]) =>
        [
          runtime,
          'a proxy that refuses',
          failed(['fetch failed'], ['Request was cancelled.'], [words, code]),
          `the proxy refused the connection, check its address and credentials (${code})`,
          code,
          false,
        ] as const,
    ),
    [
      'Deno',
      'a proxy that refuses',
      failed(['fetch failed'], ['client error (Connect): proxy authentication required']),
      'the proxy refused the connection, check its address and credentials',
      null,
      false,
    ],
    [
      'Node',
      'a proxy whose server is down',
      failed(['fetch failed'], ['Proxy response (502) !== 200 when HTTP Tunneling', 'UND_ERR_ABORTED']),
      'Proxy response (502) !== 200 when HTTP Tunneling (UND_ERR_ABORTED)',
      'UND_ERR_ABORTED',
      true,
    ],
    ...[
      'Proxy response (408) !== 200 when HTTP Tunneling',
      'unexpected HTTP response',
      'the transport was blocked',
    ].map(
      (words) =>
        ['Node', 'a failure that may pass', failed(['fetch failed'], [words]), words, null, true] as const,
    ),
    [
      'Deno',
      'blocked port',
      failed(['fetch failed'], ['Fetch failed: Requests to port 6000 are blocked']),
      'fetch blocks this port, run the server on another one',
      null,
      false,
    ],
    [
      'Deno',
      'closed in the TLS handshake',
      failed(['fetch failed'], ['client error (Connect): tls handshake eof']),
      'the server closed the connection (ECONNRESET)',
      'ECONNRESET',
      true,
    ],
    [
      'node-fetch',
      'closed',
      failed(['Premature close', 'ERR_STREAM_PREMATURE_CLOSE']),
      'the server closed the connection (ERR_STREAM_PREMATURE_CLOSE)',
      'ERR_STREAM_PREMATURE_CLOSE',
      true,
    ],
    [
      'axios',
      'refused, under a code of its own',
      failed(
        ['fetch failed', 'ERR_NETWORK'],
        ['fetch failed'],
        ['connect ECONNREFUSED ::1:1', 'ECONNREFUSED'],
      ),
      'the connection was refused (ECONNREFUSED)',
      'ECONNREFUSED',
      true,
    ],
    [
      'Deno',
      'closed',
      failed(['fetch failed'], ['connection closed before message completed']),
      'the server closed the connection (ECONNRESET)',
      'ECONNRESET',
      true,
    ],
    [
      'Node',
      'self-signed',
      failed(['fetch failed'], ['self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT']),
      'the certificate of the server is not accepted, renew it or trust its issuer (DEPTH_ZERO_SELF_SIGNED_CERT)',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      false,
    ],
    [
      'any',
      'an unknown reason',
      failed(['fetch failed'], ['x'], ['the moon is full']),
      'the moon is full',
      null,
      true,
    ],
    ['any', 'an unknown code', failed(['fetch failed'], ['odd', 'E_ODD']), 'odd (E_ODD)', 'E_ODD', true],
    ['Chrome', 'any', failed(['Failed to fetch']), 'Failed to fetch', null, true],
    [
      'Firefox',
      'any',
      failed(['NetworkError when attempting to fetch resource.']),
      'NetworkError when attempting to fetch resource.',
      null,
      true,
    ],
  ])('in %s, %s, comes from the innermost cause', (_runtime, _what, error, reason, code, retryable) => {
    const where = 'http://llm.example.com/v1/chat/completions';
    expect(fetchFailure(error, url, false)).toMatchObject({
      message: `cannot reach ${where}: ${reason}`,
      phase: 'connect',
      code,
      retryable,
    });
    // A reason that another attempt does not change lies in the address, which cannot break a response that has begun.
    const broken = fetchFailure(error, url, true);
    expect(broken).toMatchObject({ phase: 'body', retryable: true });
    const shown = `the connection broke in the middle of the answer: ${reason}`;
    if (retryable) expect(broken).toMatchObject({ message: shown, code });
    else expect(broken.message).not.toBe(shown);
  });

  it('is the damage for a body that is not HTTP after its head', () => {
    const error = failed(['terminated'], ['Invalid character in chunk size', 'HPE_INVALID_CHUNK_SIZE']);
    expect(fetchFailure(error, url, true)).toMatchObject({
      message:
        'the connection broke in the middle of the answer: Invalid character in chunk size (HPE_INVALID_CHUNK_SIZE)',
      code: 'HPE_INVALID_CHUNK_SIZE',
      retryable: true,
    });
  });

  it.each<[string, unknown, string]>([
    ['a text', 'offline', 'offline'],
    ['a cause that is a text', new TypeError('fetch failed', { cause: 'no route' }), 'no route'],
    [
      'a cause that has a code alone',
      new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }),
      'the connection was refused (ECONNREFUSED)',
    ],
    ['an object', { reason: 'offline' }, '{"reason":"offline"}'],
    ['an object without a prototype', Object.create(null), '{}'],
    ['nothing', undefined, 'undefined'],
  ])('is read from %s', (_, error, reason) => {
    expect(fetchFailure(error, url, false).message).toBe(
      `cannot reach http://llm.example.com/v1/chat/completions: ${reason}`,
    );
  });

  it('is the first of several addresses', () => {
    const error = new TypeError('fetch failed', {
      cause: new AggregateError([
        Object.assign(new Error('connect ECONNREFUSED ::1:1'), { code: 'ECONNREFUSED' }),
      ]),
    });
    expect(fetchFailure(error, url, false)).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it.each([
    new TypeError('send is not a function'),
    new TypeError("Cannot read properties of undefined (reading 'ok')"),
    new TypeError("undefined is not an object (evaluating 'response.ok')"), // Safari, Bun
    new TypeError('can\'t access property "ok", response is undefined'), // Firefox
    new TypeError('undefined is not iterable'),
    new TypeError("Failed to execute 'fetch' on 'Window': Failed to parse URL from http://"), // Chrome
    new TypeError('Window.fetch: http:// is not a valid URL.'), // Firefox
    new ReferenceError('TextEncoder is not defined'),
    new RangeError('Maximum call stack size exceeded'),
    new SyntaxError('Invalid regular expression: missing /'),
  ])('is no lost connection for a mistake in the code of a fetch: %s', (error) => {
    expect(fetchFailure(error, url, false)).toMatchObject({
      _tag: 'RequestError',
      message: `the fetch has thrown: ${error.message}`,
      retryable: false,
    });
  });

  it.each([
    `Unexpected token '<', "<html>\n<head"... is not valid JSON`,
    'Unexpected end of JSON input',
    'JSON Parse error: Unrecognized token "<"',
    'JSON.parse: unexpected character at line 1 column 1 of the JSON data',
  ])('may pass for JSON that a fetch of its own has received, such as a token: %s', (message) => {
    expect(fetchFailure(new SyntaxError(message), url, false)).toMatchObject({
      _tag: 'ConnectionError',
      retryable: true,
    });
  });
});
