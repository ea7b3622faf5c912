import { textChunk, finishChunk } from '../../../lib/testing/wire/chunks';
import { head200, responseHead } from '../../../lib/testing/wire/heads';
import {
  bytesOf,
  commentFrame,
  doneFrame,
  errorFrame,
  eventFrame,
  rawBytesOf,
  rawFrame,
} from '../../../lib/testing/wire/wire';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('bytesOf', () => {
  it('encodes a string as one chunk of content', () => {
    expect(text(bytesOf('Hel'))).toBe(text(bytesOf(textChunk('Hel'))));
    expect(text(bytesOf('Hel'))).toBe(`data: ${JSON.stringify(textChunk('Hel'))}\n\n`);
  });

  it('encodes any string as content, also one with frame syntax', () => {
    expect(text(bytesOf('data: [DONE]\n\n'))).toContain('"content":"data: [DONE]\\n\\n"');
  });

  it('puts frames in one read, in order', () => {
    const read = text(bytesOf('lo', finishChunk('stop'), doneFrame()));
    expect(read.match(/"content":"lo"|"stop"|\[DONE\]/g)).toEqual(['"content":"lo"', '"stop"', '[DONE]']);
  });

  it('returns no bytes for no frames', () => {
    expect(bytesOf()).toHaveLength(0);
  });
});

describe('the frame builders', () => {
  it('build events with and without a name', () => {
    expect(eventFrame({ a: 1 }).wire).toBe('data: {"a":1}\n\n');
    expect(eventFrame({ a: 1 }, 'ping').wire).toBe('event: ping\ndata: {"a":1}\n\n');
  });

  it('build comments, the end, and errors', () => {
    expect(commentFrame('keep-alive').wire).toBe(': keep-alive\n\n');
    expect(doneFrame().wire).toBe('data: [DONE]\n\n');
    expect(errorFrame('Too long', { code: 500 }).wire).toBe(
      'data: {"error":{"message":"Too long","type":"server_error","code":500}}\n\n',
    );
  });

  it('do not change raw text', () => {
    expect(text(bytesOf(rawFrame('data: {"cho')))).toBe('data: {"cho');
    expect([...rawBytesOf('é')]).toEqual([0xc3, 0xa9]);
  });
});

describe('responseHead', () => {
  it('is an event stream for 2xx and JSON for another status', () => {
    expect(head200).toEqual({ status: 200, headers: { 'content-type': 'text/event-stream' } });
    expect(responseHead(404)).toEqual({ status: 404, headers: { 'content-type': 'application/json' } });
  });

  it('accepts headers in any case, which take precedence', () => {
    expect(responseHead(502, { 'Content-Type': 'text/html', 'Retry-After': '2' }).headers).toEqual({
      'content-type': 'text/html',
      'retry-after': '2',
    });
  });
});
