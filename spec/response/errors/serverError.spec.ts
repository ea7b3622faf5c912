import { errorBesideChoices, hasError, serverErrorOf } from '../../../lib/response/errors/serverError';
import type { ServerError } from '../../../lib/errors';

const errorOf = (json: unknown): ServerError => serverErrorOf(json, JSON.stringify(json));
const choices = [{ index: 0, delta: { content: 'x' } }];

describe('JSON with an error', () => {
  it.each([
    [{ error: { message: 'no' } }],
    [{ error: {} }],
    [{ error: 'no' }],
    [{ error: { code: 400 }, choices }],
    [{ error: 'no', choices }],
    [{ object: 'error', message: 'no' }],
    [{ error: ['no'] }],
    [[{ error: { message: 'no' } }]],
    [{ message: 'no', code: 502, status: 'failure' }],
    [{ detail: 'CUDA out of memory' }],
    [{ errors: [{ message: 'no' }] }],
    [{ error: true, message: 'no' }],
    [{ error: 500, message: 'no' }],
    [{ error: false, errors: [{ message: 'no' }] }],
    [{ ok: true, code: 1301, message: 'no' }],
    [{ choices: null, base_resp: { status_code: 1008, status_msg: 'insufficient balance' } }],
    [{ choices: [], usage: { total_tokens: 0 }, base_resp: { status_code: 1008, status_msg: 'no money' } }],
    [
      {
        usage: { total_tokens: 0, prompt_tokens_details: { cached_tokens: 0 } },
        base_resp: { status_code: 1008, status_msg: 'no money' },
      },
    ],
    [{ choices: null, error_type: 'BadRequestError', error_message: 'too long' }],
    [{ choices: [], usage: null, message: 'no' }],
    [{ choices: [{ index: 0, error: { message: 'no', code: 502 } }] }],
    [{ choices: [{ index: 0, delta: { error: 'no' } }] }],
    [{ choices, error: ['no'] }],
    [{ choices: [{ index: 0, message: { content: '', error: 'no' } }] }],
    [{ data: { error: 'no' } }],
    [{ status: 500, body: { message: 'no' } }],
    [{ err_msg: 'no' }],
    [{ errorMsg: 'no' }],
    [{ ret: -1, retmsg: 'no' }],
    [{ retCode: 500, retMsg: 'no' }],
    [{ resultCode: '99', resultMsg: 'no' }],
    [{ return_code: 9, return_message: 'no' }],
    [{ err_no: 1, err_tips: 'no' }],
    [{ modelStreamErrorException: { message: 'no', originalStatusCode: 500 } }],
    [{ ThrottlingException: { message: 'no' } }],
    [{ model_error: 'no' }],
    [{ error: true }],
    [{ error: 503 }],
    [{ status_code: 503 }],
    [{ title: 'Bad Gateway', status: 502 }],
    [{ title: 'Bad Gateway', detail: 'no' }],
    [{ type: 'status', status: 'failed', message: 'no' }],
    [{ object: 'error', code: 40303 }],
    [{ object: 'error', message: 'no', type: 'warning' }],
  ])('is %j', (json) => {
    expect(hasError(json)).toBe(true);
  });

  it.each([
    [{ error: null, choices: [] }],
    [{ error: '' }],
    [{ error: false }],
    [{ error: 0 }],
    [{ choices, error: {} }],
    [{ choices, error: { message: '', code: '' } }],
    [{ choices, error: 'None' }],
    [{ choices, error: 'null' }],
    [{ choices, error: 'success' }],
    [{ choices, error: [] }],
    [{ choices, error: { message: '', code: 0, type: null } }],
    [{ base_resp: { status_code: null, status_msg: 'success' } }],
    [{ choices, message: 'busy' }],
    [{ choices: [], usage: { total_tokens: 3 }, message: 'busy' }],
    [{ object: 'list', data: [], message: 'no models' }],
    [{ choices: [], object: 'chat.completion.chunk' }],
    [{ choices: [], base_resp: { status_code: 0, status_msg: 'ok' } }],
    [{ code: 0, msg: 'success' }],
    [{ error: false, message: 'the stream begins' }],
    [{ ok: true, message: 'the stream begins' }],
    [{ status: 'success', message: 'queued' }],
    [{ errcode: 0, errmsg: 'ok' }],
    [{ retCode: 0, retMsg: 'success' }],
    [{ ret: 0, retmsg: 'done' }],
    [{ choices, error: { code: 0, message: 'success' } }],
    [{ choices, error: { code: '0', message: '' } }],
    [{ status: 'queued', message: 'waiting in the queue' }],
    [{ type: 'progress', message: 'the model is loading' }],
    [{ type: 'keep-alive', message: 'the model is thinking' }],
    [{ last_error: null }],
    [{ type: 'warning', message: 'the model is deprecated' }],
    [{ event: 'status', message: 'the model is loading' }],
    [{ title: 'New chat' }],
    [{ status: 200, body: { message: 'ready' } }],
    [{ event: 'metadata', data: { message: 'queued' } }],
    [{ data: { status: 'processing', error: null } }],
    [{}],
    [[]],
    ['error'],
    [null],
    [undefined],
    [7],
  ])('is not %j', (json) => {
    expect(hasError(json)).toBe(false);
  });
});

describe('the error of a chunk with choices', () => {
  it('is beside them', () => {
    const chunk = { choices, error: { message: 'Token limit reached', code: 400 } };
    expect(errorBesideChoices(chunk)).toMatchObject({ serverMessage: 'Token limit reached', code: 400 });
    expect(errorBesideChoices(chunk)?.body).toBe(JSON.stringify(chunk));
  });

  it('is in one of them', () => {
    const chunk = { choices: [...choices, { index: 1, error: { message: 'upstream', code: 502 } }] };
    expect(errorBesideChoices(chunk)).toMatchObject({
      serverMessage: 'upstream',
      code: 502,
      retryable: true,
    });
  });

  it('is a text of Groq', () => {
    const chunk = { choices, x_groq: { id: 'req_1', error: 'over capacity' } };
    expect(errorBesideChoices(chunk)).toMatchObject({ serverMessage: 'over capacity', retryable: true });
  });

  it.each([[null], [{}], [''], [[]], ['None'], [{ message: '', code: null }]])('is not %j', (error) => {
    expect(errorBesideChoices({ choices, error })).toBeUndefined();
  });
});

describe('a ServerError', () => {
  it('has the fields of the error and its body', () => {
    const frame = { error: { message: 'no call', type: 'invalid', code: 'tool_use_failed', param: 'tools' } };
    expect(errorOf(frame).toJSON()).toEqual({
      _tag: 'ServerError',
      name: 'ServerError',
      message: 'no call',
      serverMessage: 'no call',
      code: 'tool_use_failed',
      type: 'invalid',
      param: 'tools',
      retryable: false,
      body: JSON.stringify(frame),
      retryAfterMs: null,
    });
  });

  it('keeps what a gateway passes on of the cause', () => {
    const raw = 'Malformed function call: x';
    expect(errorOf({ error: { message: 'Provider returned error', metadata: { raw } } }).body).toContain(raw);
  });

  it('has the wait that Google requests in a frame', () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '38s' }];
    expect(errorOf([{ error: { code: 429, message: 'busy', details } }]).retryAfterMs).toBe(38_000);
  });

  it.each([
    [{ code: 429, message: 'Your credits are spent' }, false],
    [{ code: '429', type: 'HttpError', message: 'no' }, true],
    [{ code: 429, type: 'insufficient_quota', message: 'no' }, false],
    [{ code: 500, message: 'Your credits are spent' }, true],
  ])('is transient or not by its code, its type and its message: %j', (error, retryable) => {
    expect(errorOf({ error }).retryable).toBe(retryable);
  });

  it.each([
    [{ status: 503, error: 'no' }, true],
    [{ status: '503', error: 'no' }, true],
    [{ status: true, error: 'no' }, false],
    [{ status: { toString: 1, valueOf: 1 }, error: 'no' }, false],
    [{ code: [{ toString: 1, valueOf: 1 }], reason: 'no' }, false],
    [{ status_code: 429, detail: 'no' }, true],
    [{ error: { statusCode: 500, message: 'no' } }, true],
    [{ status: 400, error: 'no' }, false],
    [{ error: { type: 'api_error', message: 'unknown error, 999 (1000)', http_code: '500' } }, true],
    [{ error: { type: 'bad_request_error', message: 'server error', http_code: '400' } }, false],
    [{ ThrottlingException: { message: 'no' } }, true],
    [{ internalServerException: { message: 'no' } }, true],
    [{ validationException: { message: 'no' } }, false],
  ])('without a code is transient or not by the status and the type in its body: %j', (json, retryable) => {
    expect(errorOf(json).retryable).toBe(retryable);
  });

  it.each([
    [{ message: 'Our servers are currently overloaded. Please try again later.' }, true],
    [{ message: 'Rate limit reached. Please try again in 1.2s' }, true],
    [{ message: 'litellm.RateLimitError: no' }, true],
    [{ message: 'upstream request timeout', type: 'upstream_error' }, true],
    [{ message: '该模型当前访问量过大，请您稍后再试', code: '1305' }, true],
    [{ message: 'no', retry_after: 3 }, true],
    [{ message: 'Rate limit exceeded: free-models-per-day. Add 10 credits' }, false],
    [{ message: 'litellm.BadRequestError: server error' }, false],
    [{ message: 'Error code: 400 - rate limit' }, false],
    [{ message: '<400> InternalError.Algo.DataInspectionFailed: inappropriate content' }, false],
    [{ message: '<500> InternalError.Algo: An internal error has occurred' }, true],
    [{ message: 'too long for the server, try again later', type: 'invalid_request_error' }, false],
    [{ message: 'try again later', code: 'insufficient_quota' }, false],
    [{ message: 'Daily quota exceeded, try again later' }, false],
    [{ message: 'Rate limit exceeded: free-models-per-day', code: 429 }, false],
    [{ message: 'no', retry_after: 3, code: 'billing_hard_limit' }, false],
    [{ message: 'An internal exception occurred' }, true],
    [{ message: 'The model is temporarily unavailable' }, true],
    [{ message: 'Server busy' }, true],
    [{ message: 'The model is at capacity' }, true],
    [{ message: 'no', code: 'RESOURCE_EXHAUSTED' }, true],
    [{ message: '您当前使用该API的并发数过高', code: '1302' }, true],
    [{ message: 'Context capacity exceeded' }, false],
    [{ message: 'The request exceeds the KV cache capacity' }, false],
    [{ message: 'Input prompt is too big compared to KV size', code: 500 }, false],
    [{ message: 'decode: the context window is full', type: 'server_error' }, false],
    [{ message: 'The server has exceeded its capacity' }, true],
    [{ message: 'prompt too long; exceeded max context length by 5 tokens', code: 500 }, false],
    [
      { message: 'deadline exceeded (Client.Timeout or context cancellation while reading body)', code: 500 },
      true,
    ],
    [{ message: 'Rate limit exceeded in the response cache' }, true],
    [{ message: 'The server expects a list of messages' }, false],
    [{ message: 'Unsupported field: internal_effort' }, false],
    [{ message: 'Invalid value: timeout must be positive' }, false],
    [{ message: 'unknown parameter request_timeout' }, false],
    [{ message: 'Invalid API key, check it and try again later' }, false],
    [{ message: 'Tool choice is unavailable for this model' }, false],
  ])('with names that decide nothing is transient or not by its message: %j', (error, retryable) => {
    expect(errorOf({ error }).retryable).toBe(retryable);
  });

  it('reads a text as the message', () => {
    expect(errorOf('overloaded').message).toBe('overloaded');
  });

  it.each([[{ error: {} }], [{ error: { code: 500 } }]])('has %j itself for a message', (json) => {
    expect(errorOf(json).message).toBe(JSON.stringify(json));
  });

  it.each([
    [429, true],
    ['429', true],
    [500, true],
    [502, true],
    ['503', true],
    [501, false],
    [599, true],
    [600, false],
    ['1500', false],
    [400, false],
    [499, false],
    [null, false],
    [1008, false],
    ['Arrearage', false],
    ['overloaded_error', true],
    ['rate_limit_exceeded', true],
    ['server_error', true],
    ['insufficient_quota', false],
  ])('with code %j is retryable: %s', (code, retryable) => {
    expect(errorOf({ error: { message: 'no', code } }).retryable).toBe(retryable);
  });
});
