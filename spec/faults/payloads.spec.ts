import { gzipSync } from 'node:zlib';

import { isRight } from 'fp-ts/Either';
import { filter, last, map, type OperatorFunction } from 'rxjs';
import {
  type ServerFrame,
  bytesOf,
  textChunk,
  commentFrame,
  doneFrame,
  errorFrame,
  eventFrame,
  finishChunk,
  rawFrame,
  toolCallChunk,
} from 'rxjs-chat-completions/testing';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import type { Decoded } from '../../lib/decode/decode';
import { accumulateCompletion } from '../../lib/operators/accumulate/accumulateCompletion';
import { accumulateContent } from '../../lib/operators/accumulate/accumulateContent';
import { accumulateReasoning } from '../../lib/operators/accumulate/accumulateReasoning';
import { accumulateToolCalls } from '../../lib/operators/accumulate/accumulateToolCalls';
import { toChatState } from '../../lib/state/toChatState';
import {
  alsoOverNode,
  fault,
  letGo,
  outcomeOf,
  outcomeOfCall,
  question,
  sends,
  type FaultScript,
} from '../helpers/faults';

alsoOverNode();

const stop = finishChunk('stop');
/** Text before and after the fault, and a proper end: what the stream makes of the middle. */
const amid = (...middle: readonly ServerFrame[]): FaultScript =>
  sends('Hel', ...middle, 'lo', stop, doneFrame());

const plain = (name: string, outcome: string, ...middle: readonly ServerFrame[]): void => {
  fault({ name, outcome }, () => outcomeOf(amid(...middle)));
};

const LEVELS = 100_000;
const deep = `${'['.repeat(LEVELS)}${']'.repeat(LEVELS)}`;
const deepIn = (key: string): string => `${`{"${key}":`.repeat(LEVELS)}1${'}'.repeat(LEVELS)}`;

describe('A payload that does not decode does not end the answer', () => {
  const noJson = '"Hel", Left(BadJson), "lo", complete';
  const noChunk = '"Hel", Left(SchemaMismatch), "lo", complete';

  plain('JSON cut in the middle', noJson, rawFrame('data: {"choices":[{"index":0,"delta":{"cont\n\n'));
  plain('two JSON values on one line', noJson, rawFrame('data: {"choices":[]} {"choices":[]}\n\n'));
  plain('a word', noJson, rawFrame('data: overloaded\n\n'));
  plain('HTML', noJson, rawFrame('data: <html><body>502</body></html>\n\n'));
  plain('NaN', noJson, rawFrame('data: {"choices":[{"index":NaN}]}\n\n'));
  plain('bytes that are neither JSON nor UTF-8', noJson, rawFrame('data: \u0000\u0001\uFFFF\n\n'));
  plain('100,000 levels of arrays', noChunk, rawFrame(`data: ${deep}\n\n`));
  plain('100,000 levels of choices', noChunk, rawFrame(`data: ${deepIn('choices')}\n\n`));
  plain(
    '100,000 levels in a content',
    noChunk,
    rawFrame(`data: {"choices":[{"index":0,"delta":{"content":${deep}}}]}\n\n`),
  );
  plain('100,000 levels of arrays that never close', noJson, rawFrame(`data: ${deep.slice(0, 100_000)}\n\n`));
  plain('a JSON number', noChunk, rawFrame('data: 42\n\n'));
  plain('a JSON string', noChunk, rawFrame('data: "busy"\n\n'));
  plain('JSON null', noChunk, rawFrame('data: null\n\n'));
  plain('a JSON array', noChunk, eventFrame([{ choices: [] }]));
  plain('choices that are not a list', noChunk, eventFrame({ choices: 'none' }));
  plain(
    'an index that is a word',
    noChunk,
    eventFrame({ choices: [{ index: 'first', delta: { content: 'x' } }] }),
  );
  plain('a delta that is text', noChunk, eventFrame({ choices: [{ index: 0, delta: 'x' }] }));
});

describe('A value of another type with a plain meaning is coerced', () => {
  const delta = (fields: object): ServerFrame => eventFrame({ choices: [{ index: 0, delta: fields }] });

  plain('content that is a number', '"Hel7lo", complete', delta({ content: 7 }));
  plain('content that is a boolean', '"Heltruelo", complete', delta({ content: true }));
  plain('content that is an object', '"Hel{\\"a\\":1}lo", complete', delta({ content: { a: 1 } }));
  plain('a content part without its list', '"Helxlo", complete', delta({ content: { text: 'x' } }));
  plain('content parts that are text', '"Helxlo", complete', delta({ content: ['x', null] }));
  plain(
    'an index that is text',
    '"Helxlo", complete',
    eventFrame({ choices: [{ index: '0', delta: { content: 'x' } }] }),
  );
  plain('a choice that is null', '"Hello", complete', eventFrame({ choices: [null] }));
  plain('choices that are an empty object', '"Hello", complete', eventFrame({ choices: {} }));
  plain(
    'a choice without its list',
    '"Helxlo", complete',
    eventFrame({ choices: { index: 0, delta: { content: 'x' } } }),
  );
  plain(
    'a delta that is an empty list',
    '"Hello", complete',
    eventFrame({ choices: [{ index: 0, delta: [] }] }),
  );
  plain('a delta that is false', '"Hello", complete', eventFrame({ choices: [{ index: 0, delta: false }] }));
  plain(
    'choices of PHP, with a gap',
    '"Helxlo", complete',
    eventFrame({ choices: { 1: { index: 0, delta: { content: 'x' } } } }),
  );
  plain('tool calls that are an empty object', '"Hello", complete', delta({ tool_calls: {} }));
});

describe('A side field of another type is left out', () => {
  const beside = (fields: object): ServerFrame =>
    eventFrame({ choices: [{ index: 0, delta: { content: 'x' } }], ...fields });
  const text = '"Helxlo", complete';

  plain('an id that is a number', text, beside({ id: 7 }));
  plain('a time that is text', text, beside({ created: '2026' }));
  plain('a model that is an object', text, beside({ model: { name: 'm' } }));
  plain('usage that is empty text', text, beside({ usage: '' }));
  plain(
    'logprobs that are a list',
    text,
    eventFrame({ choices: [{ index: 0, delta: { content: 'x' }, logprobs: [] }] }),
  );
  plain(
    'a refusal that is false',
    text,
    eventFrame({ choices: [{ index: 0, delta: { content: 'x', refusal: false } }] }),
  );
  plain(
    'a role that is a number',
    text,
    eventFrame({ choices: [{ index: 0, delta: { content: 'x', role: 0 } }] }),
  );
});

describe('Data between chunks is ignored', () => {
  const whole = '"Hello", complete';

  plain('comments', whole, commentFrame('OPENROUTER PROCESSING'), commentFrame(''));
  plain('an event without data', whole, rawFrame('event: ping\n\n'));
  plain('an event with blank data', whole, rawFrame('data:\n\n'), rawFrame('data:  \n\n'));
  plain('a named event that is not a chunk', whole, eventFrame({ type: 'ping' }, 'ping'));
  plain('a run of blank lines', whole, rawFrame('\n\n\r\n\r\n\n'));
  plain('two chunks in one event', whole, rawFrame('data: {"choices":[]}\ndata: {"choices":[]}\n\n'));
  plain('unknown fields', whole, rawFrame('x: 1\nfoo\n:\nid: 7\nretry: 10\n\n'));
  plain('a chunk with an error that is null', whole, eventFrame({ choices: [], error: null }));
  plain('a chunk without choices', whole, eventFrame({ id: 'x', usage: null }));
  plain('a chunk whose choices are null', whole, eventFrame({ choices: null }));
  plain(
    'a choice without a delta',
    whole,
    eventFrame({ choices: [{ index: 0, content_filter_offsets: {} }] }),
  );
  plain('a delta that is null', whole, eventFrame({ choices: [{ index: 0, delta: null }] }));
  fault({ name: 'a byte order mark, CRLF and CR', outcome: whole }, () =>
    outcomeOf(async (server) => {
      const body = new TextDecoder().decode(bytesOf('Hel', 'lo', stop, doneFrame()));
      server.head();
      await server.drip(`\uFEFF${body.replaceAll('\n\n', '\r\n\r')}`);
      server.end();
    }),
  );
  fault({ name: 'no blank line between events', outcome: whole }, () =>
    outcomeOf(async (server) => {
      const body = new TextDecoder().decode(bytesOf('Hel', 'lo', stop, doneFrame()));
      server.head();
      await server.drip(body.replaceAll('\n\n', '\n'));
      server.end();
    }),
  );
  fault({ name: 'blanks before each event', outcome: whole }, () =>
    outcomeOf(async (server) => {
      const body = new TextDecoder().decode(bytesOf('Hel', 'lo', stop, doneFrame()));
      server.head();
      await server.write(body.replaceAll('data:', '  data:'));
      server.end();
    }),
  );
  fault({ name: 'a byte order mark before each event', outcome: whole }, () =>
    outcomeOf(async (server) => {
      const body = new TextDecoder().decode(bytesOf('Hel', 'lo', stop, doneFrame()));
      server.head();
      await server.write(body.replaceAll('data:', '\uFEFFdata:'));
      server.end();
    }),
  );
  fault({ name: 'bytes that are not UTF-8 inside a text', outcome: '"Hel\uFFFDlo", complete' }, () =>
    outcomeOf(async (server) => {
      const [before = '', after = ''] = new TextDecoder().decode(bytesOf('Hel|lo')).split('|');
      server.head();
      await server.write(Buffer.concat([Buffer.from(before), Buffer.of(0xff), Buffer.from(after)]));
      await server.say(stop, doneFrame());
      server.end();
    }),
  );
});

describe('An error frame of any shape ends the answer, after the text before it', () => {
  const failing = (name: string, outcome: string, frame: ServerFrame): void => {
    fault({ name, outcome: `"Hel", ServerError: ${outcome}` }, () => outcomeOf(amid(frame)));
  };

  failing(
    'llama.cpp: {error: {code: 500, message, type}}',
    'Context size has been exceeded.',
    errorFrame('Context size has been exceeded.', { code: 500 }),
  );
  failing(
    'Groq: an event named error',
    'Tool choice is required',
    eventFrame(
      {
        error: { message: 'Tool choice is required', type: 'invalid_request_error', code: 'tool_use_failed' },
      },
      'error',
    ),
  );
  failing(
    'OpenRouter: an error beside choices',
    'Token limit reached',
    eventFrame({
      choices: [{ index: 0, delta: { content: '' }, finish_reason: null }],
      error: { code: 400, message: 'Token limit reached' },
    }),
  );
  failing(
    'GPUStack: a field named error',
    'failed to decode',
    rawFrame('error: {"detail":"x","error":{"message":"failed to decode"}}\n\n'),
  );
  failing(
    'JSON of an error without a field',
    'failed to decode',
    rawFrame('{"error":{"message":"failed to decode"}}\n\n'),
  );
  failing('an error that is a text', 'out of memory', eventFrame({ error: 'out of memory' }));
  failing(
    'Mistral: {object: "error", message}',
    'Service tier capacity exceeded',
    eventFrame({ object: 'error', message: 'Service tier capacity exceeded', code: '3505' }),
  );
  failing(
    'an event named error that is a text',
    'overloaded',
    rawFrame('event: error\ndata: overloaded\n\n'),
  );
  failing('an error without a message', '{"error":{"code":7}}', eventFrame({ error: { code: 7 } }));

  const empty = eventFrame({ error: {} });
  plain('an error without content amid a complete answer', '"Hello", complete', empty);
  fault({ name: 'an error without content at the end', outcome: '"Hel", ServerError: {"error":{}}' }, () =>
    outcomeOf(sends('Hel', empty, doneFrame())),
  );

  fault({ name: 'text beside the error arrives', outcome: '"Hello", ServerError: full' }, () =>
    outcomeOf(sends('Hel', eventFrame({ ...textChunk('lo'), error: { message: 'full' } }))),
  );
  fault({ name: 'text and error in one read', outcome: '"Hello", ServerError: full' }, () =>
    outcomeOf(sends('Hel', 'lo', errorFrame('full'), 'more')),
  );
  fault({ name: 'an error frame with the connection left open', outcome: '"Hel", ServerError: full' }, () =>
    outcomeOf(
      async (server) => {
        server.head();
        await server.say('Hel', errorFrame('full'));
        await server.closed;
      },
      { check: letGo },
    ),
  );
  fault({ name: 'an error that repeats the key', outcome: '"Hel", ServerError: Incorrect key: ***' }, () =>
    outcomeOf(async (server) => {
      const key = String(server.request.headers.authorization).replace('Bearer ', '');
      server.head();
      await server.say('Hel', errorFrame(`Incorrect key: ${key}`));
      server.end();
    }),
  );
});

const FOLDS = {
  accumulateCompletion: accumulateCompletion(),
  accumulateContent: accumulateContent(),
  accumulateReasoning: accumulateReasoning(),
  accumulateToolCalls: accumulateToolCalls(),
  toChatState: toChatState(),
} satisfies Record<string, OperatorFunction<Decoded<ChatCompletionChunk>, unknown>>;

describe('Hostile names and numbers', () => {
  const poison = '{"polluted":true}';
  const poisoned = rawFrame(
    `data: {"__proto__":${poison},"constructor":{"prototype":${poison}},"choices":[{"index":0,"__proto__":${poison},` +
      `"delta":{"content":"","__proto__":${poison},"tool_calls":[{"index":0,"id":"__proto__","__proto__":${poison},` +
      `"function":{"name":"__proto__","arguments":"{\\"__proto__\\":${poison.replaceAll('"', '\\"')}}","__proto__":${poison}}}]}}],` +
      `"usage":{"__proto__":${poison}}}\n\n`,
  );
  const clean = (): void => {
    const anything: { polluted?: unknown } = {};
    expect(anything.polluted).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  };

  fault(
    {
      name: '__proto__ and constructor as keys everywhere, through every fold',
      outcome: 'nothing is polluted',
    },
    async () => {
      for (const fold of Object.values(FOLDS)) {
        const outcome = await outcomeOfCall(amid(poisoned), {
          call: (config) => chatCompletion$(config, question).pipe<unknown>(fold),
          tell: () => '',
        });
        expect(outcome).toBe('complete');
        clean();
      }
    },
  );

  const index = 4_294_967_295;
  fault({ name: 'a tool call with an index of four thousand million', outcome: 'one call, complete' }, () =>
    outcomeOfCall(amid(toolCallChunk({ name: 'weather', arguments: {}, index })), {
      call: (config) => chatCompletion$(config, question).pipe(accumulateToolCalls(), last()),
      tell: (calls) => (calls.length === 1 ? 'one call' : `${calls.length} calls`),
    }),
  );
  fault({ name: 'a choice with an index of four thousand million', outcome: 'two choices, complete' }, () =>
    outcomeOfCall(amid(textChunk('far', { choice: index }), finishChunk('stop', { choice: index })), {
      call: (config) => chatCompletion$(config, question).pipe(accumulateCompletion(), last()),
      tell: ({ choices }) => (choices.length === 2 ? 'two choices' : `${choices.length} choices`),
    }),
  );
  fault({ name: 'negative and broken indexes', outcome: '"Hello", complete' }, () =>
    outcomeOfCall(
      amid(
        textChunk('x', { choice: -1 }),
        textChunk('y', { choice: 0.5 }),
        finishChunk('stop', { choice: -1 }),
        finishChunk('stop', { choice: 0.5 }),
      ),
      {
        call: (config) =>
          chatCompletion$(config, question).pipe(
            accumulateCompletion(),
            last(),
            map(
              (completion) => completion.choices.find((choice) => choice.index === 0)?.message?.content ?? '',
            ),
          ),
        tell: (text) => JSON.stringify(text),
      },
    ),
  );
});

describe('Nesting without end', () => {
  plain(
    '100,000 levels in an unknown field',
    '"Hello", complete',
    rawFrame(`data: {"choices":[],"x":${deep}}\n\n`),
  );
  const everywhere = rawFrame(
    `data: {"choices":[{"index":0,"x":${deep},"delta":{"x":${deep},"reasoning_details":[{"type":"x","x":${deep}}],` +
      `"tool_calls":[{"index":0,"id":"a","x":${deep},"function":{"name":"f","arguments":"","x":${deep}}}],` +
      `"audio":{"x":${deep}},"annotations":[{"x":${deep}}]},"logprobs":{"content":[],"x":${deep}}}],` +
      `"usage":{"x":${deep}},"x":${deep}}\n\n`,
  );
  for (const [name, fold] of Object.entries(FOLDS)) {
    fault(
      { name: `100,000 levels in every unknown field, twice, through ${name}`, outcome: 'complete' },
      () =>
        outcomeOfCall(amid(everywhere, everywhere), {
          call: (config) => chatCompletion$(config, question).pipe<unknown>(fold),
          tell: () => '',
        }),
    );
  }
  plain(
    '100,000 levels of errors in an error',
    `"Hel", ServerError: ${deepIn('error').slice(0, 200)}…`,
    rawFrame(`data: ${deepIn('error')}\n\n`),
  );
  plain(
    '100,000 levels in a message',
    `"Hel", ServerError: ${`{"error":{"message":${deep}}}`.slice(0, 200)}…`,
    rawFrame(`data: {"error":{"message":${deep}}}\n\n`),
  );
});

describe('Limits', () => {
  const MEBI = 1024 * 1024;
  const piece = 'x'.repeat(MEBI);

  fault({ name: 'a line over the limit, and no end to it', outcome: '"Hel", LimitError (line)' }, () =>
    outcomeOf(
      async (server) => {
        server.head();
        await server.say('Hel');
        await server.write('data: ');
        await server.flood(piece);
      },
      { config: { limits: { line: 2 * MEBI } }, check: letGo },
    ),
  );
  fault(
    { name: 'an event of many lines over the limit, and no end to it', outcome: '"Hel", LimitError (event)' },
    () =>
      outcomeOf(
        async (server) => {
          server.head();
          await server.say('Hel');
          await server.flood(`data: ${'x'.repeat(1_000)}\n`);
        },
        { config: { limits: { event: MEBI } }, check: letGo },
      ),
  );
  fault({ name: 'an empty data line, over and over', outcome: '"Hel", LimitError (event)' }, () =>
    outcomeOf(
      async (server) => {
        server.head();
        await server.say('Hel');
        await server.flood('data:\n'.repeat(10_000));
      },
      { config: { limits: { event: MEBI } }, check: letGo },
    ),
  );
  fault({ name: 'a comment over the limit, and no end to it', outcome: '"Hel", LimitError (line)' }, () =>
    outcomeOf(
      async (server) => {
        server.head();
        await server.say('Hel');
        await server.write(': ');
        await server.flood(piece);
      },
      { config: { limits: { line: 2 * MEBI } }, check: letGo },
    ),
  );
  fault({ name: 'a line of 8 MB, within the limit', outcome: 'the text, complete' }, () =>
    outcomeOfCall(sends('x'.repeat(8 * MEBI), stop, doneFrame()), {
      call: (config) =>
        chatCompletion$(config, question).pipe(
          filter(isRight),
          map(({ right }) => right.choices?.[0]?.delta?.content ?? ''),
          filter((text) => text !== ''),
        ),
      tell: (text) => (text.length === 8 * MEBI ? 'the text' : `${text.length} characters`),
    }),
  );
});

describe('Compressed bodies', () => {
  const hello = bytesOf('Hel', 'lo', stop, doneFrame());
  const gzip = gzipSync(hello);
  const encoded =
    (encoding: string, body: Uint8Array): FaultScript =>
    async (server) => {
      server.head(200, { 'content-encoding': encoding });
      await server.write(body);
      server.end();
    };

  fault({ name: 'gzip', outcome: '"Hello", complete' }, () => outcomeOf(encoded('gzip', gzip)));
  fault({ name: 'gzip a byte at a time', outcome: '"Hello", complete' }, () =>
    outcomeOf(async (server) => {
      server.head(200, { 'content-encoding': 'gzip' });
      for (const byte of gzip) await server.write(Uint8Array.of(byte));
      server.end();
    }),
  );
  fault({ name: 'truncated gzip', outcome: 'an error, and the text before it' }, async () => {
    // Where zlib gives up differs from one Node to the next: as an error, or as a body that ends too early.
    const outcome = await outcomeOf(encoded('gzip', gzip.subarray(0, gzip.length - 20)));
    expect(outcome).toMatch(/^("Hel(lo)?", )?(TruncatedError|ConnectionError \(body\))$/);
  });
  fault({ name: 'gzip cut by the end of the connection', outcome: 'ConnectionError (body)' }, async () => {
    const outcome = await outcomeOf(async (server) => {
      server.head(200, { 'content-encoding': 'gzip' });
      await server.write(gzip.subarray(0, 30));
      server.cut();
    });
    return outcome;
  });
  fault({ name: 'gzip with a byte changed', outcome: 'ConnectionError (body)' }, () => {
    const damaged = Buffer.from(gzip);
    damaged.fill(0xff, 12, 30);
    return outcomeOf(encoded('gzip', damaged));
  });
  fault({ name: 'gzip is announced and plain text is sent', outcome: 'ConnectionError (body)' }, () =>
    outcomeOf(encoded('gzip', hello)),
  );
  fault({ name: 'an unknown encoding', outcome: '"Hello", complete' }, () =>
    outcomeOf(encoded('x-own', hello)),
  );
});
