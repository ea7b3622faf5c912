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
  it('takes a string for one chunk of content', () => {
    expect(text(bytesOf('Hel'))).toBe(text(bytesOf(textChunk('Hel'))));
    expect(text(bytesOf('Hel'))).toBe(`data: ${JSON.stringify(textChunk('Hel'))}\n\n`);
  });

  it('takes a string for content whatever it says', () => {
    expect(text(bytesOf('data: [DONE]\n\n'))).toContain('"content":"data: [DONE]\\n\\n"');
  });

  it('puts what is said in one read, in its order', () => {
    const said = text(bytesOf('lo', finishChunk('stop'), doneFrame()));
    expect(said.match(/"content":"lo"|"stop"|\[DONE\]/g)).toEqual(['"content":"lo"', '"stop"', '[DONE]']);
  });

  it('says nothing for nothing', () => {
    expect(bytesOf()).toHaveLength(0);
  });
});

describe('the builders of wire text', () => {
  it('write events, with a name or without', () => {
    expect(eventFrame({ a: 1 }).wire).toBe('data: {"a":1}\n\n');
    expect(eventFrame({ a: 1 }, 'ping').wire).toBe('event: ping\ndata: {"a":1}\n\n');
  });

  it('write comments, the end, and errors', () => {
    expect(commentFrame('keep-alive').wire).toBe(': keep-alive\n\n');
    expect(doneFrame().wire).toBe('data: [DONE]\n\n');
    expect(errorFrame('Too long', { code: 500 }).wire).toBe(
      'data: {"error":{"message":"Too long","type":"server_error","code":500}}\n\n',
    );
  });

  it('leave raw text as it is', () => {
    expect(text(bytesOf(rawFrame('data: {"cho')))).toBe('data: {"cho');
    expect([...rawBytesOf('é')]).toEqual([0xc3, 0xa9]);
  });
});

describe('responseHead', () => {
  it('is an event stream under a good status and JSON under another', () => {
    expect(head200).toEqual({ status: 200, headers: { 'content-type': 'text/event-stream' } });
    expect(responseHead(404)).toEqual({ status: 404, headers: { 'content-type': 'application/json' } });
  });

  it('takes headers in any case, and lets them win', () => {
    expect(responseHead(502, { 'Content-Type': 'text/html', 'Retry-After': '2' }).headers).toEqual({
      'content-type': 'text/html',
      'retry-after': '2',
    });
  });
});
