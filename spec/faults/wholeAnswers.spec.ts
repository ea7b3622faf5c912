import { bytesOf, textChunk, doneFrame, finishChunk } from 'rxjs-chat-completions/testing';

import type { ChatCompletion } from '../../lib/codec/ChatCompletion';
import { completion$ } from '../../lib/call/completion';
import type { ChatConfig } from '../../lib/call/config';
import { models$ } from '../../lib/call/models';
import { embeddings$ } from '../../lib/call/embeddings';
import {
  fault,
  letGo,
  outcomeOf,
  outcomeOfCall,
  question,
  type FaultScript,
  type Meeting,
} from '../helpers/faults';

const answers =
  (type: string | undefined, body: string | Uint8Array): FaultScript =>
  (server) =>
    server.whole(200, type === undefined ? {} : { 'content-type': type }, body);
const json = (value: unknown): FaultScript => answers('application/json', JSON.stringify(value));

const completion = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
};
const error = { error: { message: 'no such model', type: 'not_found_error', code: 'model_not_found' } };
const html = '<!doctype html><html><head><title>Welcome to nginx!</title></head><body></body></html>';
const stream = bytesOf(textChunk('Hel'), textChunk('lo'), finishChunk('stop'), doneFrame());
const webPage = 'ProtocolError: the response is not what was requested, but a web page: Welcome to nginx!';
const empty = 'ProtocolError: the response has an empty body';

describe('A stream is requested, and under status 200 the server sends', () => {
  const rows: ReadonlyArray<readonly [name: string, outcome: string, FaultScript]> = [
    ['an error as JSON', 'ServerError: no such model', json(error)],
    ['an error that is a text', 'ServerError: no such model', json({ error: 'no such model' })],
    ['a completion', '"Hello", complete', json(completion)],
    [
      'a completion that was cut off',
      '"Hello", ended-without-reason, complete',
      json({ choices: [{ message: { content: 'Hello' } }] }),
    ],
    [
      'a completion without choices',
      'ended-without-reason, complete',
      json({ object: 'chat.completion', choices: [] }),
    ],
    [
      'JSON of another kind',
      'ProtocolError: the response does not fit ChatCompletion',
      json({ status: 'ok' }),
    ],
    ['JSON null', 'ProtocolError: the response does not fit ChatCompletion', json(null)],
    ['a JSON array', 'ProtocolError: the response does not fit ChatCompletion', json([completion])],
    [
      'half of a JSON value',
      'ProtocolError: the response is not what was requested, but text that is not JSON',
      answers('application/json', '{"choices":['),
    ],
    [
      'a hundred thousand levels of JSON',
      'ProtocolError: the response does not fit ChatCompletion',
      answers('application/json', '['.repeat(100_000) + ']'.repeat(100_000)),
    ],
    ['JSON with an empty body', empty, answers('application/json', '')],
    ['HTML', webPage, answers('text/html; charset=utf-8', html)],
    ['HTML with the type of JSON', webPage, answers('application/json', html)],
    ['HTML with the type of a stream', webPage, answers('text/event-stream', html)],
    [
      'JSON with the type of a stream',
      'ServerError: no such model',
      answers('text/event-stream', JSON.stringify(error)),
    ],
    ['an empty stream', empty, answers('text/event-stream', '')],
    ['an empty body without a type', empty, answers(undefined, '')],
    [
      'a picture',
      'ProtocolError: the response is not what was requested, but image/png',
      answers('image/png', 'PNG'),
    ],
    [
      'NDJSON',
      'ProtocolError: the response is not what was requested, but text that is not JSON',
      answers('application/x-ndjson', '{}\n{}\n'),
    ],
    [
      'an invalid content type',
      'ProtocolError: the response is not what was requested, but ///',
      answers('///', 'x'),
    ],
    ...['text/plain; charset=utf-8', 'text/event-stream', 'application/json', 'text/html', undefined].map(
      (type) =>
        [
          `words as ${type ?? 'a body without a type'}`,
          'ProtocolError: the response is not what was requested, but text: Internal Server Error',
          answers(type, 'Internal Server Error\n'),
        ] as const,
    ),
    ['a stream that ends inside its first field', 'TruncatedError', answers('text/event-stream', 'dat')],
    ['a stream as plain text', '"Hello", complete', answers('text/plain; charset=utf-8', stream)],
    ['a stream as octets', '"Hello", complete', answers('application/octet-stream', stream)],
    ['a stream without a type', '"Hello", complete', answers(undefined, stream)],
    [
      'a stream whose type is spelled unusually',
      '"Hello", complete',
      answers('Text/Event-Stream ;charset=UTF-8', stream),
    ],
    ['no content (204)', empty, (server) => server.whole(204, {}, '')],
    ['reset content (205)', empty, (server) => server.whole(205, {}, '')],
    [
      'a stream under another good status (201)',
      '"Hello", complete',
      (server) => server.whole(201, { 'content-type': 'text/event-stream' }, stream),
    ],
  ];
  for (const [name, outcome, script] of rows) {
    fault({ name, outcome }, () => outcomeOf(script));
  }

  fault({ name: 'JSON without end', outcome: 'LimitError (answer)' }, () =>
    outcomeOf(
      async (server) => {
        server.head(200, { 'content-type': 'application/json' });
        await server.write('{"choices":[');
        await server.flood('{},'.repeat(10_000));
      },
      { config: { limits: { answer: 1_000_000 } }, check: letGo },
    ),
  );
  fault({ name: 'HTML without end', outcome: webPage }, () =>
    outcomeOf(
      async (server) => {
        server.head(200, { 'content-type': 'text/html' });
        await server.write(html);
        await server.flood('<br>'.repeat(10_000));
      },
      { check: letGo },
    ),
  );
  fault({ name: 'HTML that breaks off', outcome: webPage }, () =>
    outcomeOf(async (server) => {
      server.head(200, { 'content-type': 'text/html' });
      await server.write(html);
      server.cut();
    }),
  );
  fault({ name: 'JSON that breaks off', outcome: 'ConnectionError (body)' }, () =>
    outcomeOf(async (server) => {
      server.head(200, { 'content-type': 'application/json' });
      await server.write('{"choices":[');
      server.cut();
    }),
  );
  fault({ name: 'JSON that stalls', outcome: 'ChatTimeoutError (first)' }, () =>
    outcomeOf(
      async (server) => {
        server.head(200, { 'content-type': 'application/json' });
        await server.write('{"choices":[');
        await server.closed;
      },
      { config: { timeouts: { first: 100 } }, check: letGo },
    ),
  );
});

const headAlone: FaultScript = (server) => {
  server.head(200, { 'content-type': 'application/json' });
  return server.closed;
};

const whole: Required<Pick<Meeting<ChatCompletion>, 'call' | 'tell'>> = {
  call: (config: ChatConfig) => completion$(config, question),
  tell: ({ choices }) => JSON.stringify(choices[0]?.message?.content ?? 'no content'),
};
const list: Required<Pick<Meeting<readonly { readonly id?: string | null }[]>, 'call' | 'tell'>> = {
  call: (config: ChatConfig) => models$(config),
  tell: (models) => `${models.length} models`,
};

describe('One JSON value is requested, and under status 200 the server sends', () => {
  const rows: ReadonlyArray<readonly [name: string, outcome: string, FaultScript]> = [
    ['it', '"Hello", complete', json(completion)],
    ['an error', 'ServerError: no such model', json(error)],
    [
      'a stream',
      'ProtocolError: the response is not what was requested, but an event stream',
      answers('text/event-stream', stream),
    ],
    [
      'a stream of the error alone',
      'ServerError: no such model',
      answers('text/event-stream', `event: error\ndata: ${JSON.stringify(error)}\n\n`),
    ],
    ['HTML', webPage, answers('text/html', html)],
    ['nothing', empty, answers('application/json', '')],
    [
      'half of it',
      'ProtocolError: the response is not what was requested, but text that is not JSON',
      answers('application/json', JSON.stringify(completion).slice(0, 60)),
    ],
    [
      'half of it, and the connection is cut',
      'ConnectionError (body)',
      async (server) => {
        server.head(200, { 'content-type': 'application/json' });
        await server.write(JSON.stringify(completion).slice(0, 60));
        server.cut();
      },
    ],
    [
      'bytes without end',
      'LimitError (answer)',
      async (server) => {
        server.head(200, { 'content-type': 'application/json' });
        await server.write('["');
        await server.flood('x'.repeat(100_000));
      },
    ],
    [
      'blanks without end',
      'LimitError (answer)',
      async (server) => {
        server.head(200, { 'content-type': 'application/json' });
        await server.flood(' '.repeat(100_000));
      },
    ],
  ];
  for (const [name, outcome, script] of rows) {
    fault({ name, outcome }, () =>
      outcomeOfCall(script, { ...whole, config: { limits: { answer: 1_000_000 } } }),
    );
  }

  fault({ name: 'the head, and nothing else', outcome: 'ChatTimeoutError (idle)' }, () =>
    outcomeOfCall(headAlone, { ...whole, config: { timeouts: { idle: 100 } }, check: letGo }),
  );
  fault({ name: 'no response', outcome: 'ChatTimeoutError (head)' }, () =>
    outcomeOfCall((server) => server.closed, { ...whole, config: { timeouts: { head: 100 } }, check: letGo }),
  );

  fault(
    { name: 'blanks now and then, to keep the connection alive', outcome: 'ChatTimeoutError (total)' },
    () =>
      outcomeOfCall(
        async (server) => {
          server.head(200, { 'content-type': 'application/json' });
          while (server.listening) {
            await server.write(' ');
            await new Promise((resolve) => setTimeout(resolve, 10));
          }
        },
        { ...whole, config: { timeouts: { idle: 10_000, total: 100 } }, check: letGo },
      ),
  );
});

describe('Models are requested, and under status 200 the server sends', () => {
  const rows: ReadonlyArray<readonly [name: string, outcome: string, FaultScript]> = [
    ['a list', '2 models, complete', json({ object: 'list', data: [{ id: 'a' }, { id: 'b' }] })],
    [
      'a list that is null, as from an Ollama without models',
      '0 models, complete',
      json({ object: 'list', data: null }),
    ],
    ['an error', 'ServerError: no such model', json(error)],
    ['HTML', webPage, answers('text/html', html)],
    ['nothing', empty, answers('application/json', '')],
    ['JSON that is not a list', 'ProtocolError: the response does not fit ModelList', json({ data: 'none' })],
  ];
  for (const [name, outcome, script] of rows) fault({ name, outcome }, () => outcomeOfCall(script, list));

  fault({ name: 'the head, and nothing else', outcome: 'ChatTimeoutError (idle)' }, () =>
    outcomeOfCall(headAlone, { ...list, config: { timeouts: { idle: 100 } }, check: letGo }),
  );
});

describe('Embeddings are requested, and under status 200 the server sends', () => {
  const rows: ReadonlyArray<readonly [name: string, outcome: string, FaultScript]> = [
    ['a list', '1 vectors, complete', json({ object: 'list', data: [{ index: 0, embedding: [0.1] }] })],
    ['an error', 'ServerError: no such model', json(error)],
    ['nothing', empty, answers('application/json', '')],
  ];
  for (const [name, outcome, script] of rows) {
    fault({ name, outcome }, () =>
      outcomeOfCall(script, {
        call: (config) => embeddings$(config, { model: 'any', input: 'Hi' }),
        tell: ({ data }) => `${data.length} vectors`,
      }),
    );
  }
});
