import { left, right } from 'fp-ts/Either';

import { markedChunk } from '../../../lib/codec/mark';
import { BadJson, ChatTimeoutError, ProtocolError } from '../../../lib/errors';
import {
  textChunk,
  finishChunk,
  reasoningChunk,
  toolCallChunk,
  toolCallChunks,
  usageChunk,
} from '../../../lib/testing/wire/chunks';
import { head200, responseHead } from '../../../lib/testing/wire/heads';
import { formatValue } from '../../../lib/testing/marbles/formatValue';
import { bytesOf, doneFrame, errorFrame, rawBytesOf, rawFrame } from '../../../lib/testing/wire/wire';
import { httpError } from '../../helpers/httpError';

describe('formatValue', () => {
  it.each([
    ['a text', "it's\nlate", String.raw`'it\'s\nlate'`],
    ['a number', 12, '12'],
    ['undefined', undefined, 'undefined'],
    ['an object', { a: [1, null], b: { c: 'd' }, e: undefined }, "{ a: [1, null], b: { c: 'd' } }"],
    ['an empty object', {}, '{}'],
    [
      'an instance',
      new (class Point {
        x = 1;
      })(),
      'Point { x: 1 }',
    ],
    ['a date', new Date(0), 'Date 1970-01-01T00:00:00.000Z'],
    ['an invalid date', new Date(NaN), 'Date invalid'],
    ['a regular expression', /a/g, '/a/g'],
    ['a URL', new URL('http://a/'), "URL 'http://a/'"],
    ['a boxed number', Object(1), 'Number(1)'],
    ['a map', new Map([['a', { b: 1 }]]), "Map { 'a' => { b: 1 } }"],
    ['a set', new Set([1, 2]), 'Set { 1, 2 }'],
    ['an empty set', new Set(), 'Set {}'],
    ['a buffer', new ArrayBuffer(3), 'ArrayBuffer(3 bytes)'],
    ['a typed array', new Int16Array([1, -2]), 'Int16Array [ 1, -2 ]'],
    ['a chunk of text', textChunk('Hel'), "chunk 'Hel'"],
    ['a chunk of another choice', textChunk('Hel', { choice: 1 }), "chunk #1 'Hel'"],
    ['reasoning', reasoningChunk('Hm'), "chunk thinks 'Hm'"],
    ['a tool call', toolCallChunk({ name: 'weather', arguments: {} }), 'chunk calls weather({}'],
    [
      'a fragment of a tool call',
      toolCallChunks({ name: 'x', arguments: '12' }, ['1', '2'])[2],
      'chunk calls (2',
    ],
    ['a refusal', { choices: [{ index: 0, delta: { refusal: 'No' } }] }, "chunk refuses 'No'"],
    ['a finish reason', finishChunk('stop'), "chunk finish 'stop'"],
    ['usage', usageChunk(9, 2), 'chunk usage 9+2'],
    ['a chunk that adds nothing', { choices: [{ index: 0, delta: { role: 'assistant' } }] }, 'chunk nothing'],
    ['a chunk without choices', { choices: [] }, 'chunk nothing'],
    ['a restart', markedChunk({ kind: 'restarted', attempt: 2 }), 'restarted (attempt 2)'],
    ['an end without a reason', markedChunk({ kind: 'ended-without-reason' }), 'ended without a reason'],
    ['a Right', right(textChunk('Hel')), "chunk 'Hel'"],
    ['a Left', left(new BadJson('{"cho')), `Left BadJson 'not JSON: {"cho' { raw: '{"cho' }`],
    [
      'an error',
      new ChatTimeoutError('idle', 5),
      "ChatTimeoutError 'the stream was idle for 5 ms: the model or a proxy…' { phase: 'idle', ms: 5 }",
    ],
    [
      'an error whose fields leave room',
      new ProtocolError('the transport emitted bytes first: emit a head, then Uint8Arrays'),
      "ProtocolError 'the transport emitted bytes first: emit a head, then Uint8Arrays' { body: '' }",
    ],
    ['an error without fields', new RangeError('far'), "RangeError 'far'"],
    ['a tag', { _tag: 'HttpError', status: 429 }, "{ _tag: 'HttpError', status: 429 }"],
    ['a head', head200, "head 200 { content-type: 'text/event-stream' }"],
    ['another head', responseHead(429, { 'content-type': 'x' }), "head 429 { content-type: 'x' }"],
    [
      'a read',
      bytesOf('Hel', finishChunk('stop'), doneFrame()),
      "read chunk 'Hel', chunk finish 'stop', [DONE]",
    ],
    [
      'an error frame',
      bytesOf(errorFrame('Too long')),
      "read { error: { message: 'Too long', type: 'server_error' } }",
    ],
    ['half an event', bytesOf(rawFrame('data: {"cho')), `read 'data: {"cho'`],
    ['an event that is not JSON', bytesOf(rawFrame('data: {"cho\n\n')), `read '{"cho'`],
    ['a JSON body', rawBytesOf('{"error":1}'), `read '{"error":1}'`],
    ['an empty read', new Uint8Array(), "read ''"],
    [
      'a completion',
      { object: 'chat.completion', choices: [] },
      "{ object: 'chat.completion', choices: [] }",
    ],
    ['a list of models', { choices: 'none' }, "{ choices: 'none' }"],
    ['a question of an app', { choices: [{ text: 'A' }] }, "{ choices: [{ text: 'A' }] }"],
  ])('formats %s', (_, value, expected) => {
    expect(formatValue(value)).toBe(expected);
  });

  it('formats a state without its empty fields', () => {
    const waiting = {
      status: 'waiting',
      content: '',
      reasoning: '',
      refusal: '',
      toolCalls: [],
      finishReason: null,
      usage: null,
      error: null,
    };
    expect(formatValue(waiting)).toBe("waiting ''");
    const failed = { ...waiting, status: 'failed', content: 'Hel', error: new RangeError('far') };
    expect(formatValue(failed)).toBe("failed 'Hel', error: RangeError 'far'");
  });

  it('cuts long values and values that contain themselves', () => {
    expect(formatValue('a'.repeat(200))).toHaveLength(96);
    const loop: { self?: unknown } = {};
    loop.self = loop;
    expect(formatValue(loop)).toBe('{ self: … }');
  });

  it('leaves out null fields of an error and fields that follow from its tag', () => {
    expect(formatValue(httpError({ status: 404, serverMessage: 'no' }))).toBe(
      "HttpError '404 no' { serverMessage: 'no', body: '', status: 404 }",
    );
  });
});
