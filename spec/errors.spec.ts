import { runInNewContext } from 'node:vm';

import * as t from 'io-ts';

import { chatErrorFrom } from '../lib/decode/chatErrorFrom';
import type * as errors from '../lib/errors';
import {
  AbortedError,
  BadJson,
  ChunkFailed,
  ConnectionError,
  CutOffError,
  HttpError,
  isChatError,
  LimitError,
  ProtocolError,
  RefusalError,
  RequestError,
  SchemaMismatch,
  ServerError,
  StorageConflict,
  ChatTimeoutError,
  TruncatedError,
  type ChatError,
  ToolDenied,
  ToolFailed,
  UnknownTool,
  type OutputError,
  type ToolFailure,
  type HttpErrorFields,
} from '../lib/errors';
import { comparable } from './helpers/marbles';

type ErrorsModule = typeof errors;
type RevivalModule = { readonly chatErrorFrom: typeof chatErrorFrom };

const fields: HttpErrorFields = {
  status: 429,
  serverMessage: 'slow down',
  code: 'rate_limit',
  type: 'tokens',
  param: 'messages',
  body: '{"error":{"message":"slow down"}}',
  requestId: 'req_1',
  rateLimit: { requests: { limit: 60, remaining: 0, resetMs: 1_000 }, tokens: null },
  retryAfterMs: 250,
  retryable: true,
};
const details = { serverMessage: 'no call', code: 400, type: 'invalid', param: null };
const mismatch = t.type({ choices: t.array(t.string) }).decode({ choices: 5 });
const misfits = mismatch._tag === 'Left' ? mismatch.left : [];
const badJson = new BadJson('{"choices":', { cause: new SyntaxError('Unexpected end') });

/** The errors that can end a stream, each with its JSON form. */
const chatErrors: ReadonlyArray<readonly [error: ChatError, json: Readonly<Record<string, unknown>>]> = [
  [
    new ConnectionError('cannot reach it', 'connect', 'ECONNREFUSED', { cause: new Error('fetch failed') }),
    { message: 'cannot reach it', retryable: true, phase: 'connect', code: 'ECONNREFUSED' },
  ],
  [
    new ConnectionError('it broke', 'body'),
    { message: 'it broke', retryable: true, phase: 'body', code: null },
  ],
  [new HttpError(fields), { ...fields, message: '429 slow down' }],
  [
    new ServerError({ serverMessage: 'no call' }),
    {
      ...{ serverMessage: 'no call', code: null, type: null, param: null },
      ...{ message: 'no call', retryable: false, body: '', retryAfterMs: null },
    },
  ],
  [
    new ServerError({ ...details, retryable: true, body: '{}', retryAfterMs: 2_000 }),
    { ...details, message: 'no call', retryable: true, body: '{}', retryAfterMs: 2_000 },
  ],
  [
    new ChatTimeoutError('head', 1_000),
    {
      message:
        'no response head within 1000 ms: the model may still load or read a long prompt, raise the timeouts `head` and `first`',
      retryable: false,
      phase: 'head',
      ms: 1_000,
    },
  ],
  [
    new ChatTimeoutError('first', 1_000),
    {
      message:
        'no first event within 1000 ms: the model may still load or read a long prompt, raise the timeout `first`',
      retryable: false,
      phase: 'first',
      ms: 1_000,
    },
  ],
  [
    new ChatTimeoutError('idle', 1_000),
    {
      message:
        'the stream was idle for 1000 ms: the model or a proxy has stalled; retry, or raise the timeout `idle`',
      retryable: true,
      phase: 'idle',
      ms: 1_000,
    },
  ],
  [
    new ChatTimeoutError('total', 1_000),
    {
      message: 'the answer took longer than 1000 ms: raise the timeout `total`, or lower max_tokens',
      retryable: false,
      phase: 'total',
      ms: 1_000,
    },
  ],
  [
    new ChatTimeoutError('first', 0),
    {
      message: 'no first event within 0 ms: set Infinity for no limit',
      retryable: false,
      phase: 'first',
      ms: 0,
    },
  ],
  [new ChatTimeoutError('head', 5, 'no key'), { message: 'no key', retryable: false, phase: 'head', ms: 5 }],
  [
    new TruncatedError(),
    {
      message:
        'the stream ended without a finish reason and without [DONE]: retry, or read the log of the server or proxy',
      retryable: true,
    },
  ],
  [new TruncatedError('in an event'), { message: 'in an event', retryable: true }],
  [
    new LimitError('line', 16),
    {
      message: 'the line is over 16 characters: raise limits.line',
      retryable: false,
      kind: 'line',
      limit: 16,
    },
  ],
  [new AbortedError({ cause: 'user left' }), { message: 'aborted by the given signal', retryable: false }],
  [new RequestError('no key', { cause: new Error('401') }), { message: 'no key', retryable: false }],
  [new ProtocolError('a web page', '<html>'), { message: 'a web page', retryable: false, body: '<html>' }],
  [new ProtocolError('nothing'), { message: 'nothing', retryable: false, body: '' }],
  [
    new ChunkFailed(badJson),
    {
      message: 'a chunk could not be decoded: not JSON: {"choices":; orSkip or onChunkError can leave it out',
      retryable: false,
      error: {
        _tag: 'BadJson',
        name: 'BadJson',
        message: 'not JSON: {"choices":',
        retryable: false,
        raw: '{"choices":',
      },
    },
  ],
];

/** The errors that do not end a stream, each with its JSON form. */
const inBand: ReadonlyArray<
  readonly [error: OutputError | ToolFailure | StorageConflict, json: Readonly<Record<string, unknown>>]
> = [
  [
    badJson,
    {
      message: 'not JSON: {"choices":',
      retryable: false,
      raw: '{"choices":',
    },
  ],
  [
    new SchemaMismatch(
      ['choices: expected array, got 5', 'id: expected string, got 7'],
      '{"choices":5}',
      misfits,
    ),
    {
      message: 'choices: expected array, got 5; id: expected string, got 7',
      retryable: false,
      issues: ['choices: expected array, got 5', 'id: expected string, got 7'],
      raw: '{"choices":5}',
    },
  ],
  [
    new UnknownTool('wether', ['weather', 'time']),
    {
      message: 'there is no tool named "wether"; the tools are: weather, time',
      retryable: false,
      tool: 'wether',
      known: ['weather', 'time'],
    },
  ],
  [
    new ToolDenied('remove', 'not that one'),
    {
      message: 'the user did not allow remove: not that one',
      retryable: false,
      tool: 'remove',
      reason: 'not that one',
    },
  ],
  [
    new ToolDenied('remove'),
    { message: 'the user did not allow remove', retryable: false, tool: 'remove', reason: null },
  ],
  [
    new ToolFailed('weather', new Error('no such city')),
    { message: 'no such city', retryable: false, tool: 'weather' },
  ],
  [
    new StorageConflict(),
    {
      message: 'the stored conversation was changed elsewhere, so it was not overwritten: load it again',
      retryable: false,
    },
  ],
  [
    new CutOffError('length', '{"name":"Ad'),
    {
      message:
        'the answer ended before its JSON was complete (length): raise max_tokens if it was reached, else request it again',
      retryable: false,
      finishReason: 'length',
      text: '{"name":"Ad',
    },
  ],
  [
    new CutOffError(null, ''),
    {
      message:
        'the answer ended before its JSON was complete (stopped): raise max_tokens if it was reached, else request it again',
      retryable: false,
      finishReason: null,
      text: '',
    },
  ],
  [
    new RefusalError('I will not.'),
    { message: 'the model refused: I will not.', retryable: false, refusal: 'I will not.' },
  ],
];

const rows = [...chatErrors, ...inBand].map(
  ([error, json]) => [`${error._tag}: ${error.message}`, error, json] as const,
);

describe('an error', () => {
  it.each(rows)('has its tag for a name, and a message: %s', (_, error, json) => {
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe(error._tag);
    expect(error.constructor.name).toBe(error._tag);
    expect(String(error)).toBe(`${error._tag}: ${String(json['message'])}`);
    expect(error.stack).toContain('errors.spec');
  });

  it.each(rows)('is plain data as JSON: %s', (_, error, json) => {
    const expected = { _tag: error._tag, name: error._tag, ...json };
    expect(error.toJSON()).toEqual(expected);
    expect(Object.keys(error.toJSON()).slice(0, 2)).toEqual(['_tag', 'message']);
    expect(structuredClone(error.toJSON())).toEqual(expected);
    expect(JSON.parse(JSON.stringify(error))).toEqual(expected);
    expect(JSON.parse(JSON.stringify({ log: [error] }))).toEqual({ log: [expected] });
  });

  it.each(rows)('is restored from JSON with its class: %s', (_, error) => {
    const back = chatErrorFrom(JSON.parse(JSON.stringify(error)));
    expect(back).toBeInstanceOf(error.constructor);
    expect(comparable(back)).toEqual(comparable(error));
    expect(JSON.stringify(back)).toBe(JSON.stringify(error));
  });

  it.each(rows)('enumerates its own fields and not those for debuggers: %s', (_, error, json) => {
    const { message: _message, ...own } = json;
    expect(Object.keys(error).sort()).toEqual(['_tag', ...Object.keys(own)].sort());
  });

  it('keeps its cause out of the JSON form', () => {
    const cause = new Error('sk-secret');
    for (const error of [
      new ConnectionError('m', 'body', null, { cause }),
      new RequestError('m', { cause }),
      new AbortedError({ cause }),
      new BadJson('x', { cause }),
    ]) {
      expect(error.cause).toBe(cause);
      expect(JSON.stringify(error)).not.toContain('sk-secret');
    }
    expect(new ChunkFailed(badJson).cause).toBe(badJson);
    expect(new RequestError('m')).not.toHaveProperty('cause');
  });

  it('of a chunk keeps the errors of io-ts out of the JSON form', () => {
    const error = new SchemaMismatch(['choices: expected array, got 5'], '{"choices":5}', misfits);
    expect(error.errors).toBe(misfits);
    expect(misfits).toHaveLength(1);
    expect(Object.keys(error)).not.toContain('errors');
    expect((chatErrorFrom(JSON.parse(JSON.stringify(error))) as SchemaMismatch).errors).toEqual([]);
  });

  it('has a tag that no other class has', () => {
    const tags = [...chatErrors, ...inBand].map(([error]) => error._tag);
    expect([...new Set(tags)].sort()).toEqual([
      'AbortedError',
      'BadJson',
      'ChatTimeoutError',
      'ChunkFailed',
      'ConnectionError',
      'CutOffError',
      'HttpError',
      'LimitError',
      'ProtocolError',
      'RefusalError',
      'RequestError',
      'SchemaMismatch',
      'ServerError',
      'StorageConflict',
      'ToolDenied',
      'ToolFailed',
      'TruncatedError',
      'UnknownTool',
    ]);
  });
});

describe('an error with a long text', () => {
  const long = 'x'.repeat(3_000);
  const kept = `${'x'.repeat(2_000)}…`;
  const exact = 'x'.repeat(2_000);

  it.each<readonly [string, ChatError | OutputError, Readonly<Record<string, unknown>>]>([
    [
      'HttpError',
      new HttpError({ ...fields, serverMessage: long, body: long }),
      { serverMessage: kept, body: kept },
    ],
    [
      'ServerError',
      new ServerError({ ...details, serverMessage: long }),
      { serverMessage: kept, message: kept },
    ],
    ['ProtocolError', new ProtocolError(long, long), { body: kept, message: kept }],
    ['RequestError', new RequestError(long), { message: kept }],
    ['BadJson', new BadJson(long), { raw: kept, message: `not JSON: ${'x'.repeat(80)}…` }],
    ['SchemaMismatch', new SchemaMismatch([exact], long, []), { raw: kept, message: exact }],
    ['CutOffError', new CutOffError('length', long), { text: kept }],
    ['RefusalError', new RefusalError(long), { refusal: kept }],
    ['ChunkFailed', new ChunkFailed(new SchemaMismatch([long], long, [])), {}],
    ['TruncatedError', new TruncatedError(exact), { message: exact }],
  ])('keeps 2,000 characters and is restored unchanged: %s', (_, error, cutTo) => {
    expect(error).toMatchObject(cutTo);
    expect(error.message.length).toBeLessThanOrEqual(2_001);
    expect(comparable(chatErrorFrom(JSON.parse(JSON.stringify(error))))).toEqual(comparable(error));
  });

  it('cuts a text between two characters', () => {
    expect(new BadJson(`${'x'.repeat(79)}🙂x`).message).toBe(`not JSON: ${'x'.repeat(79)}…`);
    expect(new BadJson(`${'x'.repeat(1_999)}🙂x`).raw).toBe(`${'x'.repeat(1_999)}…`);
  });

  it('quotes 80 characters of a payload that is not JSON', () => {
    const quoted = 'x'.repeat(80);
    expect(new BadJson(quoted).message).toBe(`not JSON: ${quoted}`);
    expect(new BadJson(`${quoted}y`).message).toBe(`not JSON: ${quoted}…`);
  });

  it('reports an empty payload as such', () => {
    expect(new BadJson('')).toMatchObject({ message: 'not JSON: an empty text', raw: '' });
  });

  it.each([1_996, 1_997, 1_999, 2_000, 2_001])(
    'is restored unchanged with a message of %i characters',
    (length) => {
      const error = new HttpError({
        ...fields,
        serverMessage: 'x'.repeat(length),
        body: '🙂'.repeat(length),
      });
      expect(comparable(chatErrorFrom(JSON.parse(JSON.stringify(error))))).toEqual(comparable(error));
    },
  );
});

describe('an HttpError', () => {
  it.each([
    ['slow down', '429 slow down'],
    ['429 Too Many Requests', '429 Too Many Requests'],
    ['4290 requests are too many', '429 4290 requests are too many'],
    ['429', '429'],
    ['429: later', '429: later'],
    ['429th in the queue', '429 429th in the queue'],
  ])('with the message %j contains its status once', (serverMessage, message) => {
    expect(new HttpError({ ...fields, serverMessage }).message).toBe(message);
  });

  it('copies its own fields only', () => {
    const more = { ...fields, headers: { authorization: 'sk-secret' }, cause: 'sk-secret' };
    expect(JSON.stringify(new HttpError(more))).not.toContain('sk-secret');
    expect(JSON.stringify(new ServerError({ ...details, ...more }))).not.toContain('sk-secret');
  });
});

describe('isChatError', () => {
  it.each(chatErrors.map(([error]) => [error._tag, error] as const))('accepts a %s', (_, error) => {
    expect(isChatError(error)).toBe(true);
    expect(isChatError(chatErrorFrom(JSON.parse(JSON.stringify(error))))).toBe(true);
  });

  it('accepts an error of another realm', () => {
    const foreign = runInNewContext(`Object.assign(new Error('cut'), { _tag: 'TruncatedError' })`) as unknown;
    expect(isChatError(foreign)).toBe(true);
  });

  it.each(inBand.map(([error]) => [error._tag, error] as const))(
    'rejects a %s, which does not end a stream',
    (_, error) => {
      expect(isChatError(error)).toBe(false);
    },
  );

  it.each([
    ['another error', new Error('reset')],
    ['an error of another library', Object.assign(new Error('x'), { _tag: 'NotFound' })],
    ['an error whose tag is a key of every object', Object.assign(new Error('x'), { _tag: 'constructor' })],
    ['an error whose tag is a list', Object.assign(new Error('x'), { _tag: ['HttpError'] })],
    ['the JSON form of one of ours', new TruncatedError().toJSON()],
    ['a text', 'HttpError'],
    ['null', null],
    ['undefined', undefined],
  ])('rejects %s', (_, value) => {
    expect(isChatError(value)).toBe(false);
  });
});

describe('another copy of this library', () => {
  let other!: ErrorsModule & RevivalModule;
  jest.isolateModules(() => {
    const errorsModule = jest.requireActual<ErrorsModule>('../lib/errors');
    other = { ...errorsModule, ...jest.requireActual<RevivalModule>('../lib/decode/chatErrorFrom') };
  });

  it('has classes of its own', () => {
    expect(other.TruncatedError).not.toBe(TruncatedError);
  });

  it.each(chatErrors.map(([error]) => [error._tag, error] as const))(
    'recognises a %s of this copy, and this copy one of the other',
    (_, error) => {
      expect(other.isChatError(error)).toBe(true);
      const theirs = other.chatErrorFrom(JSON.parse(JSON.stringify(error)));
      expect(theirs).not.toBeInstanceOf(error.constructor);
      expect(isChatError(theirs)).toBe(true);
      expect(comparable(chatErrorFrom(theirs.toJSON()))).toEqual(comparable(error));
    },
  );

  it('rejects a chunk error of this copy', () => {
    expect(other.isChatError(badJson)).toBe(false);
    expect(isChatError(new other.BadJson('x'))).toBe(false);
  });
});

it.each<[string, unknown, string]>([
  ['an error', new RangeError('too far'), 'too far'],
  ['an object with a message, as HttpErrorResponse is', { name: 'HttpErrorResponse', message: '404' }, '404'],
  ['an object without a message', { code: 7 }, '{"code":7}'],
  ['an object without a prototype', Object.create(null), '{}'],
  ['an object that JSON cannot express', { big: 1n }, 'an object that is not an error'],
  ['text', 'no', 'no'],
  ['nothing', undefined, 'undefined'],
])('ToolFailed has the message of %s', (_, thrown, message) => {
  expect(new ToolFailed('weather', thrown).message).toBe(message);
});
