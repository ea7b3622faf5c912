import fc from 'fast-check';

import { scriptedFetch } from '../../../lib/testing/script/scriptedFetch';
import { scriptedTransport } from '../../../lib/testing/script/scriptedTransport';
import type { Reply, Script } from '../../../lib/testing/script/Reply';
import { startScriptedServer } from '../../../lib/testing/server';

const url = 'http://localhost/v1/chat/completions';
const init = { method: 'POST', body: '{}' };

describe('a reply that cannot be sent', () => {
  it.each<readonly [string, unknown, Error]>([
    [
      'status 99',
      { status: 99 },
      new RangeError('the reply has the status 99; use an integer from 200 to 599'),
    ],
    [
      'status 600',
      { status: 600 },
      new RangeError('the reply has the status 600; use an integer from 200 to 599'),
    ],
    [
      'status 200.5',
      { status: 200.5 },
      new RangeError('the reply has the status 200.5; use an integer from 200 to 599'),
    ],
    [
      'a list',
      ['a', { status: 101 }],
      new RangeError('reply 2 has the status 101; use an integer from 200 to 599'),
    ],
    [
      'a body of 204',
      { status: 204, body: 'x' },
      new TypeError('the reply has a body, which a response with status 204 cannot have'),
    ],
    [
      'a header name',
      { status: 429, headers: { 'a b': '1' } },
      new TypeError("the reply has the invalid header name 'a b'"),
    ],
    [
      'a header value',
      { status: 429, headers: { a: '1\n2' } },
      new TypeError('the reply has an invalid value of a'),
    ],
    [
      'undefined',
      undefined,
      new TypeError('the reply is not a string, and has neither parts nor status nor unreachable'),
    ],
    [
      'an unknown object',
      [{ message: 'x' }],
      new TypeError('reply 1 is not a string, and has neither parts nor status nor unreachable'),
    ],
    [
      'an answer that is a failure as well',
      { parts: ['Hi'], status: 429 },
      new TypeError('the reply has both parts and status; use one of them'),
    ],
    ['parts that are a text', { parts: 'Hi' }, new TypeError('the parts of the reply are not a list')],
    [
      'a part in the spelling of the wire',
      ['Hi', { parts: ['Hi', { tool_call: { name: 'w' } }] }],
      new TypeError(
        'part 2 of reply 2 is not a string, and has none of text, reasoning, toolCall, cutCharacter, stall, cut, bad, errorFrame, frames',
      ),
    ],
    [
      'a stall that is not a number',
      { parts: ['Hi', { stall: NaN }] },
      new TypeError('part 2 of the reply has the stall NaN; use milliseconds'),
    ],
    [
      'a stall of Infinity that was stored as JSON',
      { parts: [{ stall: null }] },
      new TypeError('part 1 of the reply has the stall null; use milliseconds'),
    ],
    [
      'an unknown cut',
      { parts: ['Hi', { cut: 'cable' }] },
      new TypeError('part 2 of the reply has the cut cable; use socket or body'),
    ],
    [
      'an unknown bad event',
      { parts: [{ bad: 'xml' }] },
      new TypeError('part 1 of the reply has the bad xml; use json or schema'),
    ],
    [
      'text that is not a text',
      { parts: [{ text: 42 }] },
      new TypeError('part 1 of the reply has the text 42; use a string or a list of strings'),
    ],
    [
      'a tool call without a name',
      { parts: [{ toolCall: 'weather' }] },
      new TypeError(
        "part 1 of the reply has the toolCall weather; use an object such as { name: 'weather', arguments: {} }",
      ),
    ],
    [
      'frames that are none',
      { parts: [{ frames: [42] }] },
      new TypeError('part 1 of the reply has the frames 42; use frames of builders, such as textChunk'),
    ],
    [
      'a part of two kinds',
      { parts: [{ reasoning: 'Hm.', text: 'Hi' }] },
      new TypeError('part 1 of the reply has both text and reasoning; make it two parts'),
    ],
  ])('is rejected at construction: %s', async (_, script, error) => {
    expect(() => scriptedTransport(script as Script)).toThrow(error);
    expect(() => scriptedFetch(script as Script)).toThrow(error);
    await expect(startScriptedServer({ replies: script as Script })).rejects.toEqual(error);
  });

  it.each<unknown>([{ status: 99 }, undefined, { status: 204, body: 'x' }])(
    'is a server error if a function returns it: %j',
    async (reply) => {
      const response = await scriptedFetch(() => reply as Reply)(url, init);
      expect(response.status).toBe(500);
      expect(await response.text()).toContain('the script threw: the reply');
    },
  );
});

describe('a reply with any status', () => {
  it.each([204, 205, 304])('has no body with status %d', async (status) => {
    const response = await scriptedFetch({ status })(url, init);
    expect([response.status, response.body, await response.text()]).toEqual([status, null, '']);
    const server = await startScriptedServer({ replies: { status } });
    try {
      const overHttp = await fetch(`${server.baseURL}/chat/completions`, init);
      expect([overHttp.status, await overHttp.text()]).toEqual([status, '']);
    } finally {
      await server.close();
    }
  });

  it('is sent by a scripted fetch, or rejected at construction', async () => {
    const headers = fc.dictionary(fc.string({ maxLength: 4 }), fc.string({ maxLength: 4, unit: 'binary' }), {
      maxKeys: 2,
    });
    const status = fc.oneof(
      fc.integer({ min: -1, max: 1_000 }),
      fc.constantFrom(204, 205, 304, 429),
      fc.double(),
    );
    await fc.assert(
      fc.asyncProperty(status, headers, fc.boolean(), async (code, fields, hasBody) => {
        const reply: Reply = { status: code, headers: fields, ...(hasBody && { body: 'text' }) };
        let fetch;
        try {
          fetch = scriptedFetch(reply);
        } catch (error) {
          expect(String(error)).toMatch(/^(RangeError|TypeError): the reply has /);
          return;
        }
        const response = await fetch(url, init);
        expect(response.status).toBe(code);
        await response.text();
      }),
      { numRuns: 500 },
    );
  });
});
