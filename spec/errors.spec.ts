import * as t from 'io-ts';

import type * as errors from '../lib/errors';
import {
  AbortedError,
  BadJson,
  chatErrorFrom,
  ChunkFailed,
  ConnectionError,
  HttpError,
  isChatError,
  LimitError,
  ProtocolError,
  RequestError,
  SchemaMismatch,
  ServerError,
  ChatTimeoutError,
  TruncatedError,
  type ChatError,
  ToolDenied,
  ToolFailed,
  UnknownTool,
  type ChunkError,
  type ToolFailure,
  type HttpErrorFields,
} from '../lib/errors';
import { comparable } from './helpers/marbles';

type ErrorsModule = typeof errors;

const fields: HttpErrorFields = {
  status: 429,
  serverMessage: 'slow down',
  code: 'rate_limit',
  type: 'tokens',
  param: 'messages',
  body: '{"error":{"message":"slow down"}}',
  requestId: 'req_1',
  retryAfterMs: 250,
  retryable: true,
};
const words = { serverMessage: 'no call', code: 400, type: 'invalid', param: null };
const mismatch = t.type({ choices: t.array(t.string) }).decode({ choices: 5 });
const misfits = mismatch._tag === 'Left' ? mismatch.left : [];
const badJson = new BadJson('{"choices":', new SyntaxError('Unexpected end'));

/** Each error that can end a stream, and what it is as JSON. */
const chatErrors: ReadonlyArray<readonly [error: ChatError, json: Readonly<Record<string, unknown>>]> = [
  [
    new ConnectionError('cannot reach it', 'connect', 'ECONNREFUSED', new Error('fetch failed')),
    { message: 'cannot reach it', retryable: true, phase: 'connect', code: 'ECONNREFUSED' },
  ],
  [
    new ConnectionError('it broke', 'body'),
    { message: 'it broke', retryable: true, phase: 'body', code: null },
  ],
  [new HttpError(fields), { ...fields, message: '429 slow down' }],
  [new ServerError(words), { ...words, message: 'no call', retryable: false, body: '' }],
  [new ServerError(words, true, '{}'), { ...words, message: 'no call', retryable: true, body: '{}' }],
  [
    new ChatTimeoutError('head', 1_000),
    { message: 'no response head within 1000 ms', retryable: false, phase: 'head', ms: 1_000 },
  ],
  [
    new ChatTimeoutError('first', 1_000),
    { message: 'no first event within 1000 ms', retryable: false, phase: 'first', ms: 1_000 },
  ],
  [
    new ChatTimeoutError('idle', 1_000),
    { message: 'the stream fell silent for 1000 ms', retryable: true, phase: 'idle', ms: 1_000 },
  ],
  [
    new ChatTimeoutError('total', 1_000),
    { message: 'the answer took longer than 1000 ms', retryable: false, phase: 'total', ms: 1_000 },
  ],
  [
    new TruncatedError(),
    { message: 'the stream ended without a finish reason and without [DONE]', retryable: true },
  ],
  [new TruncatedError('in an event'), { message: 'in an event', retryable: true }],
  [
    new LimitError('line', 16),
    { message: 'line over 16 characters', retryable: false, kind: 'line', limit: 16 },
  ],
  [new AbortedError('user left'), { message: 'aborted by the given signal', retryable: false }],
  [new RequestError('no key', new Error('401')), { message: 'no key', retryable: false }],
  [new ProtocolError('a web page', '<html>'), { message: 'a web page', retryable: false, body: '<html>' }],
  [new ProtocolError('nothing'), { message: 'nothing', retryable: false, body: '' }],
  [
    new ChunkFailed(badJson),
    {
      message: 'a chunk could not be read: not JSON: {"choices":',
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

/** Each error that does not end a stream, and what it is as JSON. */
const chunkErrors: ReadonlyArray<
  readonly [error: ChunkError | ToolFailure, json: Readonly<Record<string, unknown>>]
> = [
  [badJson, { message: 'not JSON: {"choices":', retryable: false, raw: '{"choices":' }],
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
];

const rows = [...chatErrors, ...chunkErrors].map(
  ([error, json]) => [`${error._tag}: ${error.message}`, error, json] as const,
);

describe('an error', () => {
  it.each(rows)('has a tag that is its name, and says what is the matter: %s', (_, error, json) => {
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe(error._tag);
    expect(error.constructor.name).toBe(error._tag);
    expect(String(error)).toBe(`${error._tag}: ${String(json['message'])}`);
    expect(error.stack).toContain('errors.spec');
  });

  it.each(rows)('is plain data as JSON: %s', (_, error, json) => {
    const expected = { _tag: error._tag, name: error._tag, ...json };
    expect(error.toJSON()).toEqual(expected);
    expect(structuredClone(error.toJSON())).toEqual(expected);
    expect(JSON.parse(JSON.stringify(error))).toEqual(expected);
    expect(JSON.parse(JSON.stringify({ log: [error] }))).toEqual({ log: [expected] });
  });

  it.each(rows)('comes back from JSON, of its class: %s', (_, error) => {
    const back = chatErrorFrom(JSON.parse(JSON.stringify(error)));
    expect(back).toBeInstanceOf(error.constructor);
    expect(comparable(back)).toEqual(comparable(error));
    expect(JSON.stringify(back)).toBe(JSON.stringify(error));
  });

  it.each(rows)('lists its own fields, and nothing that a debugger alone wants: %s', (_, error, json) => {
    const { message: _message, ...own } = json;
    expect(Object.keys(error).sort()).toEqual(['_tag', ...Object.keys(own)].sort());
  });

  it('keeps what caused it, for debuggers only', () => {
    const cause = new Error('sk-secret');
    for (const error of [
      new ConnectionError('m', 'body', null, cause),
      new RequestError('m', cause),
      new AbortedError(cause),
      new BadJson('x', cause),
    ]) {
      expect(error.cause).toBe(cause);
      expect(JSON.stringify(error)).not.toContain('sk-secret');
    }
    expect(new ChunkFailed(badJson).cause).toBe(badJson);
    expect(new RequestError('m')).not.toHaveProperty('cause');
  });

  it('of a chunk keeps what io-ts found, for debuggers only', () => {
    const error = new SchemaMismatch(['choices: expected array, got 5'], '{"choices":5}', misfits);
    expect(error.errors).toBe(misfits);
    expect(misfits).toHaveLength(1);
    expect(Object.keys(error)).not.toContain('errors');
    expect((chatErrorFrom(JSON.parse(JSON.stringify(error))) as SchemaMismatch).errors).toEqual([]);
  });

  it('is told apart by its tag', () => {
    const tags = [...chatErrors, ...chunkErrors].map(([error]) => error._tag);
    expect([...new Set(tags)].sort()).toEqual([
      'AbortedError',
      'BadJson',
      'ChatTimeoutError',
      'ChunkFailed',
      'ConnectionError',
      'HttpError',
      'LimitError',
      'ProtocolError',
      'RequestError',
      'SchemaMismatch',
      'ServerError',
      'ToolDenied',
      'ToolFailed',
      'TruncatedError',
      'UnknownTool',
    ]);
  });
});

describe('an error made of much text', () => {
  const long = 'x'.repeat(3_000);
  const kept = `${'x'.repeat(2_000)}…`;
  const exact = 'x'.repeat(2_000);

  it.each<readonly [string, ChatError | ChunkError, Readonly<Record<string, unknown>>]>([
    [
      'HttpError',
      new HttpError({ ...fields, serverMessage: long, body: long }),
      { serverMessage: kept, body: kept },
    ],
    [
      'ServerError',
      new ServerError({ ...words, serverMessage: long }),
      { serverMessage: kept, message: kept },
    ],
    ['ProtocolError', new ProtocolError(long, long), { body: kept, message: kept }],
    ['RequestError', new RequestError(long), { message: kept }],
    ['BadJson', new BadJson(long), { raw: kept, message: `not JSON: ${'x'.repeat(80)}…` }],
    ['SchemaMismatch', new SchemaMismatch([exact], long, []), { raw: kept, message: exact }],
    ['ChunkFailed', new ChunkFailed(new SchemaMismatch([long], long, [])), {}],
    ['TruncatedError', new TruncatedError(exact), { message: exact }],
  ])('keeps 2,000 characters of it, and comes back the same: %s', (_, error, cutTo) => {
    expect(error).toMatchObject(cutTo);
    expect(error.message.length).toBeLessThanOrEqual(2_001);
    expect(comparable(chatErrorFrom(JSON.parse(JSON.stringify(error))))).toEqual(comparable(error));
  });

  it('quotes 80 characters of what is no JSON', () => {
    const quoted = 'x'.repeat(80);
    expect(new BadJson(quoted).message).toBe(`not JSON: ${quoted}`);
    expect(new BadJson(`${quoted}y`).message).toBe(`not JSON: ${quoted}…`);
  });

  it.each([1_996, 1_997, 1_999, 2_000, 2_001])(
    'comes back the same with %i characters of words',
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
  ])('that says %j names its status once', (said, message) => {
    expect(new HttpError({ ...fields, serverMessage: said }).message).toBe(message);
  });

  it('takes no more from what it is made of than it names', () => {
    const more = { ...fields, headers: { authorization: 'sk-secret' }, cause: 'sk-secret' };
    expect(JSON.stringify(new HttpError(more))).not.toContain('sk-secret');
    expect(JSON.stringify(new ServerError({ ...words, ...more }))).not.toContain('sk-secret');
  });
});

describe('isChatError', () => {
  it.each(chatErrors.map(([error]) => [error._tag, error] as const))('knows a %s', (_, error) => {
    expect(isChatError(error)).toBe(true);
    expect(isChatError(chatErrorFrom(JSON.parse(JSON.stringify(error))))).toBe(true);
  });

  it.each(chunkErrors.map(([error]) => [error._tag, error] as const))(
    'says no to a %s, which ends no stream',
    (_, error) => {
      expect(isChatError(error)).toBe(false);
    },
  );

  it.each([
    ['another error', new Error('reset')],
    ['an error of another library', Object.assign(new Error('x'), { _tag: 'NotFound' })],
    ['an error with a tag that all objects have', Object.assign(new Error('x'), { _tag: 'constructor' })],
    ['an error with no text for a tag', Object.assign(new Error('x'), { _tag: ['HttpError'] })],
    ['the JSON form of one of ours', new TruncatedError().toJSON()],
    ['a text', 'HttpError'],
    ['null', null],
    ['nothing', undefined],
  ])('says no to %s', (_, value) => {
    expect(isChatError(value)).toBe(false);
  });
});

describe('another copy of this library', () => {
  let other!: ErrorsModule;
  jest.isolateModules(() => {
    other = jest.requireActual<ErrorsModule>('../lib/errors');
  });

  it('has classes of its own', () => {
    expect(other.TruncatedError).not.toBe(TruncatedError);
  });

  it.each(chatErrors.map(([error]) => [error._tag, error] as const))(
    'knows a %s of ours, and we its own',
    (_, error) => {
      expect(other.isChatError(error)).toBe(true);
      const theirs = other.chatErrorFrom(JSON.parse(JSON.stringify(error)));
      expect(theirs).not.toBeInstanceOf(error.constructor);
      expect(isChatError(theirs)).toBe(true);
      expect(comparable(chatErrorFrom(theirs.toJSON()))).toEqual(comparable(error));
    },
  );

  it('says no to a chunk error of ours', () => {
    expect(other.isChatError(badJson)).toBe(false);
    expect(isChatError(new other.BadJson('x'))).toBe(false);
  });
});

describe('chatErrorFrom', () => {
  it.each([
    [undefined],
    [null],
    [7],
    ['HttpError'],
    [[]],
    [{}],
    [{ _tag: 'NotFound' }],
    [{ _tag: 'constructor' }],
    [{ _tag: '__proto__' }],
    [{ name: 'HttpError', message: '429 slow down' }],
  ])('throws at %j, which is no error of this library', (json) => {
    expect(() => chatErrorFrom(json)).toThrow(new TypeError('not the JSON form of an error of this library'));
  });

  it.each([
    [{ _tag: 'HttpError' }],
    [{ _tag: 'RequestError' }],
    [{ _tag: 'ChunkFailed', message: 'x', error: { _tag: 'NotFound' } }],
  ])('throws a TypeError at %j, of which something is missing', (json) => {
    expect(() => chatErrorFrom(json)).toThrow(TypeError);
  });

  it('takes the error itself for its JSON form', () => {
    const error = new LimitError('event', 7);
    expect(comparable(chatErrorFrom(error))).toEqual(comparable(error));
  });

  it('makes nothing of fields that it does not know', () => {
    const json = { ...new TruncatedError().toJSON(), stack: 'theirs', extra: 'x', retryable: 'yes' };
    expect(comparable(chatErrorFrom(json))).toEqual(comparable(new TruncatedError()));
  });
});
