import { httpError } from '../../../lib/response/errors/httpError';
import type { ResponseHead } from '../../../lib/transport/transport';
import { chatErrorFrom } from '../../../lib/decode/chatErrorFrom';
import { comparable } from '../../helpers/marbles';
import { recordedErrors } from '../../helpers/recordedErrors';

const now = Date.UTC(2026, 10, 22, 9, 51, 0);

const responseHead = (status: number, headers: ResponseHead['headers'] = {}): ResponseHead => ({
  status,
  headers,
});

describe('httpError', () => {
  it('has the status and the message of the server', () => {
    const body = '{"error":{"message":"Too hot","type":"invalid","param":"temperature","code":"above_max"}}';
    expect(
      httpError(responseHead(400, { 'x-request-id': 'req_1', 'retry-after': '2' }), body, now).toJSON(),
    ).toEqual({
      _tag: 'HttpError',
      name: 'HttpError',
      message: '400 Too hot',
      status: 400,
      serverMessage: 'Too hot',
      code: 'above_max',
      type: 'invalid',
      param: 'temperature',
      body,
      requestId: 'req_1',
      rateLimit: null,
      retryAfterMs: 2_000,
      retryable: false,
    });
  });

  it.each(['', '  '])('has no reason for the body %j', (body) => {
    expect(httpError(responseHead(502), body, now).message).toBe('502 the server gave no reason');
  });

  it.each([
    ['event: error\ndata: ', '\n\n'],
    ['event:error\r\ndata:', '\r\n\r\n'],
    [': wait\n\ndata: {"type":"ping"}\n\ndata: ', '\n\ndata: [DONE]\n\n'],
  ])('reads the error in a body of events: %j', (before, after) => {
    const error = { message: 'no credits', code: 'insufficient_quota', retry_after: 7 };
    expect(httpError(responseHead(429), before + JSON.stringify({ error }) + after, now)).toMatchObject({
      message: '429 no credits',
      code: 'insufficient_quota',
      retryAfterMs: 7_000,
      retryable: false,
    });
  });

  it('does not retry a 5xx whose event has the code of a 4xx', () => {
    const body = 'data: {"code":"invalid_request","message":"bad tool"}\n\n';
    expect(httpError(responseHead(500), body, now)).toMatchObject({
      message: '500 bad tool',
      retryable: false,
    });
  });

  it('tries few events of a long body', () => {
    const parse = jest.spyOn(JSON, 'parse');
    httpError(responseHead(500), 'data: x\n\n'.repeat(10_000), now);
    expect(parse.mock.calls.length).toBeLessThan(50);
    parse.mockRestore();
  });

  it('names the status once, where the server names it as well', () => {
    const page = '<html><body><h1>503 Service Unavailable</h1>\nNo server.\n</body></html>';
    expect(httpError(responseHead(503), page, now).message).toBe('503 Service Unavailable: No server.');
    expect(httpError(responseHead(404), '404 page not found', now).message).toBe('404 page not found');
    expect(httpError(responseHead(503), '503rd attempt', now).message).toBe('503 503rd attempt');
  });

  describe('finds the id of the request', () => {
    it.each([
      ['x-request-id'],
      ['request-id'],
      ['apim-request-id'],
      ['x-ms-request-id'],
      ['x-amzn-requestid'],
      ['mistral-correlation-id'],
      ['msh-request-id'],
      ['x-ds-trace-id'],
      ['x-correlation-id'],
      ['x-tt-logid'],
      ['cf-ray'],
    ])('in %s', (name) => {
      expect(httpError(responseHead(500, { [name]: 'req_1' }), '', now).requestId).toBe('req_1');
    });

    it('in the preferred one of several headers', () => {
      const headers = { 'cf-ray': 'ray', 'apim-request-id': 'apim', 'x-request-id': 'req_1' };
      expect(httpError(responseHead(500, headers), '', now).requestId).toBe('req_1');
      const traced = { 'x-amzn-trace-id': 'trace', 'x-amzn-requestid': 'req_1' };
      expect(httpError(responseHead(500, traced), '', now).requestId).toBe('req_1');
    });

    it('nowhere, when there is none', () => {
      expect(httpError(responseHead(500, { 'x-catalog-id': '1' }), '', now).requestId).toBeNull();
    });
  });

  describe('reads the requested wait', () => {
    it.each([
      [{ 'retry-after-ms': '250', 'retry-after': '1' }, 250],
      [{ 'retry-after': '20' }, 20_000],
      [{ 'retry-after': 'Sun, 22 Nov 2026 09:51:29 GMT' }, 29_000],
      [{ 'retry-after': 'Sun, 22 Nov 2026 09:50:00 GMT' }, 0],
      [{ 'retry-after': '-5' }, null],
      [{ 'retry-after': 'soon' }, null],
      [{ 'retry-after': '31536000' }, 31_536_000_000],
      [{}, null],
    ])('from %j', (headers, ms) => {
      expect(httpError(responseHead(429, headers as ResponseHead['headers']), '', now).retryAfterMs).toBe(ms);
    });
  });

  describe('is retryable', () => {
    it.each([408, 409, 425, 429, 498, 500, 502, 503, 504, 520, 529, 599])('with status %i', (status) => {
      expect(httpError(responseHead(status), '', now).retryable).toBe(true);
    });

    it.each([301, 304, 400, 401, 402, 403, 404, 405, 410, 413, 422, 428, 431, 451, 501])(
      'not with status %i',
      (status) => {
        expect(httpError(responseHead(status), '', now).retryable).toBe(false);
      },
    );

    it.each([
      '{"error":{"message":"no money","type":"insufficient_quota","code":"insufficient_quota"}}',
      '{"error":{"message":"no money","type":"insufficient_quota","code":null}}',
      '{"error":{"message":"no money","code":"billing_hard_limit_reached"}}',
      '{"error":{"message":"no money","code":"billing_not_active"}}',
      '{"error":{"message":"no money","type":"insufficient_balance"}}',
      '{"error":{"message":"Monthly spending limit reached"}}',
      '{"error":{"message":"Budget has been exceeded! Max budget: 1.0","type":"budget_exceeded","code":"429"}}',
      '{"message":"Trial keys are limited to 1000 API calls / month"}',
      '{"error":{"message":"余额不足或无可用资源包,请充值。","code":"1113"}}',
      '{"error":"you have reached your session usage limit, please wait or upgrade to continue"}',
      '{"error":"you\'ve reached your hourly usage limit, please wait or upgrade to continue"}',
    ])('not when the quota is spent: %s', (body) => {
      expect(httpError(responseHead(429), body, now).retryable).toBe(false);
    });

    it('not for an input over the rate limit', () => {
      const message = 'Request too large for gpt-5 on tokens per min (TPM): Limit 10000, Requested 20000.';
      const body = JSON.stringify({ error: { message, type: 'tokens', code: 'rate_limit_exceeded' } });
      expect(httpError(responseHead(429), body, now).retryable).toBe(false);
    });

    it('not with the code of a spent quota, whatever the wait', () => {
      const body = '{"error":{"message":"no money","code":"insufficient_quota"}}';
      expect(httpError(responseHead(429, { 'retry-after': '38' }), body, now).retryable).toBe(false);
    });

    it('with the text of a spent quota, which a wait or the type of a rate limit contradicts', () => {
      const error = { message: 'check your plan and billing details' };
      const retryable = (headers: ResponseHead['headers'], type?: string): boolean =>
        httpError(responseHead(429, headers), JSON.stringify({ error: { ...error, type } }), now).retryable;
      expect([retryable({}), retryable({ 'retry-after': '38' }), retryable({}, 'requests')]).toEqual([
        false,
        true,
        true,
      ]);
    });

    it.each([
      '{"message":"Tokens per day limit exceeded","type":"too_many_tokens_error","code":"token_quota_exceeded"}',
      '{"__type":"ThrottlingException","message":"Too many tokens per day, please wait before trying again."}',
      '{"error":{"message":"Too many tokens per day","type":"throttling_error","code":"429"}}',
      '{"error":{"message":"usage limit exceeded, 5-hour usage limit reached","type":"rate_limit_error"}}',
    ])('not at the limit of a day or of a plan with the code or the type of a rate limit: %s', (body) => {
      expect(httpError(responseHead(429), body, now).retryable).toBe(false);
    });

    it('at the limit of a day that ends soon', () => {
      const message = 'Rate limit reached on requests per day (RPD): Limit 200. Please try again in 7m12s.';
      const body = JSON.stringify({ error: { message, type: 'requests', code: 'rate_limit_exceeded' } });
      expect(httpError(responseHead(429), body, now).retryable).toBe(true);
    });

    it('not at a rate limit of nothing', () => {
      const limited = (limit: string): boolean =>
        httpError(responseHead(429, { 'x-ratelimit-limit-req-minute': limit }), '{"message":"busy"}', now)
          .retryable;
      expect([limited('0'), limited('1')]).toEqual([false, true]);
    });

    it.each([
      ['0, model: gemini-2.0-flash', false],
      ['0', false],
      ['20, model: gemini-2.5-flash', true],
    ])('unless its text has a quota of nothing: limit: %j', (limit, retryable) => {
      const message = `Quota exceeded for metric: free_tier_requests, limit: ${limit}\nPlease retry in 34.07s.`;
      const error = { code: 429, message, status: 'RESOURCE_EXHAUSTED' };
      expect(httpError(responseHead(429), JSON.stringify({ error }), now).retryable).toBe(retryable);
    });

    it.each(['Remaining limit: 0. Retry in 2 s', 'Limit: 0.5 / sec. Please try again in 2 s.'])(
      'with %j, a limit that passes',
      (message) => {
        const error = { code: 429, message };
        expect(httpError(responseHead(429), JSON.stringify({ error }), now).retryable).toBe(true);
      },
    );

    it.each([
      '{"error":{"message":"您当前使用该API的并发数过高，请降低并发","code":"1302"}}',
      '{"error":{"message":"该模型当前访问量过大，请您稍后再试","code":"1305"}}',
      '{"error":{"message":"您的账户已达到速率限制","code":"1302"}}',
      '{"error":{"message":"High frequency usage of this API, please reduce frequency","code":"1303"}}',
      '{"error":{"message":"Limited to 20 requests per minute and 1000 requests per day"}}',
      '{"message":"Requests per minute limit exceeded","type":"too_many_requests_error","code":"request_quota_exceeded"}',
    ])('at a rate limit by its text or its code: %s', (body) => {
      expect(httpError(responseHead(429), body, now).retryable).toBe(true);
    });

    it.each([
      '{"error":{"message":"bad","code":400}}',
      '{"error":{"message":"bad","status":404}}',
      '{"message":"bad","statusCode":401}',
      '{"title":"Bad","detail":"bad","status":400}',
      '{"error":{"message":"bad","type":"invalid_request_error"}}',
      '{"error":{"message":"bad","code":"context_length_exceeded"}}',
      '{"error":{"message":"bad","code":"model_not_found"}}',
      '{"error":{"message":"bad","type":"insufficient_quota"}}',
      '{"error":{"message":"bad","code":"insufficient_balance"}}',
    ])('not with a status of 5xx that has replaced one of 4xx: %s', (body) => {
      expect(httpError(responseHead(502), body, now).retryable).toBe(false);
    });

    it.each([
      ...['not_found_error', 'NotFoundError', 'NOT_FOUND', 'BadRequestError', 'bad_request_error'],
      ...['validation_error', 'UnprocessableEntityError', 'unsupported_parameter', 'unsupported_value'],
      ...['INVALID_ARGUMENT', 'invalid_value', 'invalid_type', 'FAILED_PRECONDITION', 'request_too_large'],
      ...['PERMISSION_DENIED', 'UNAUTHENTICATED', 'AuthenticationError', 'unauthorized', 'forbidden'],
      ...['content_policy_violation', 'ContextWindowExceededError', 'PayloadTooLargeError'],
    ])('not with a status of 5xx and the name of a client error: %s', (name) => {
      const { retryable: byType } = httpError(
        responseHead(500),
        `{"error":{"message":"x","type":"${name}"}}`,
        now,
      );
      const { retryable: byCode } = httpError(
        responseHead(502),
        `{"error":{"message":"x","code":"${name}"}}`,
        now,
      );
      expect([byType, byCode]).toEqual([false, false]);
    });

    it.each([
      ...['INTERNAL', 'UNAVAILABLE', 'server_error', 'api_error', 'overloaded_error', 'timeout_error'],
      ...['invalid_response', 'upstream_not_found', 'RateLimitError', 'ServiceUnavailableError'],
    ])('with a status of 5xx and the name of a failure of the server: %s', (name) => {
      expect(httpError(responseHead(500), `{"error":{"message":"x","type":"${name}"}}`, now).retryable).toBe(
        true,
      );
    });

    it.each([
      '{"error":{"message":"litellm.BadRequestError: OpenAIException - too long","type":null,"code":"500"}}',
      '{"detail":"openai.NotFoundError: no such model"}',
      'ContextWindowExceededError: too long',
      "{\"detail\":\"Error code: 400 - {'error': {'message': 'bad'}}\"}",
      '{"error":"upstream: Error code: 401 - no key"}',
      '{"error":{"message":"Failed to create new sequence: failed to process inputs: this model is missing data required for image input","type":"api_error","code":null}}',
      '{"error":{"code":500,"message":"image input is not supported - hint: you may need to provide the mmproj","type":"server_error"}}',
    ])('not with a status of 5xx whose message quotes a client error: %s', (body) => {
      expect(httpError(responseHead(500), body, now).retryable).toBe(false);
    });

    it.each([
      '{"error":{"message":"litellm.InternalServerError: AnthropicException - Overloaded","code":"500"}}',
      '{"error":{"message":"litellm.APIConnectionError: connection reset","code":"500"}}',
      '{"detail":"openai.RateLimitError: Error code: 429 - slow down"}',
      '{"detail":"Error code: 503 - busy"}',
      '{"detail":"ValueError: no token"}',
      '{"error":"the worker stopped after a BadRequestError: see the log"}',
    ])('with a status of 5xx whose message quotes a failure of the server: %s', (body) => {
      expect(httpError(responseHead(500), body, now).retryable).toBe(true);
    });

    it.each([
      '{"error":{"message":"busy","code":429}}',
      '{"error":{"message":"busy","status":503}}',
      '{"message":"busy","statusCode":408}',
      '{"message":"busy","statusCode":409}',
      '{"message":"busy","statusCode":425}',
      '{"status":"error","message":"busy"}',
      '{"error":{"message":"busy","type":"server_error"}}',
      '{"error":{"message":"busy","code":"load_balancer_error"}}',
    ])('with a status of 5xx whose body has no other reason: %s', (body) => {
      expect(httpError(responseHead(502), body, now).retryable).toBe(true);
    });

    it('when the rate is limited', () => {
      const body = '{"error":{"message":"slow down","type":"tokens","code":"rate_limit_exceeded"}}';
      expect(httpError(responseHead(429), body, now).retryable).toBe(true);
    });

    it.each([
      [503, 'false', false],
      [400, 'true', true],
      [429, 'false', false],
      [503, 'maybe', true],
      [400, '', false],
    ])('with status %i and x-should-retry: %j', (status, told, retryable) => {
      expect(httpError(responseHead(status, { 'x-should-retry': told }), '', now).retryable).toBe(retryable);
    });

    it('with a spent quota, if its retry header is true', () => {
      const body = '{"error":{"message":"no money","code":"insufficient_quota"}}';
      expect(httpError(responseHead(429, { 'x-should-retry': 'true' }), body, now).retryable).toBe(true);
    });
  });
});

const recorded = recordedErrors();

(recorded.length === 0 ? describe.skip : describe)(
  `httpError, of ${recorded.length} recorded answers,`,
  () => {
    it.each(recorded.map((answer) => [answer.file, answer] as const))(
      'has the message of the server in %s',
      (_, answer) => {
        const error = httpError(answer, answer.body, now);
        expect(answer.said).toBeDefined();
        expect(error).toMatchObject({ ...answer.said, status: answer.status });
        expect(error.message).toMatch(new RegExp(`^${answer.status} `));
        expect(error.message.endsWith(error.serverMessage)).toBe(true);
        expect(comparable(chatErrorFrom(JSON.parse(JSON.stringify(error))))).toEqual(comparable(error));
      },
    );
  },
);
