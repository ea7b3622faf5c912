import { bytesOf, textChunk, doneFrame, finishChunk } from 'rxjs-chat-completions/testing';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { models$ } from '../../lib/call/models';
import { closedPort, type Exchange } from '../helpers/faultServer';
import {
  alsoOverNode,
  fault,
  follow,
  outcomeOf,
  outcomeOfCall,
  question,
  sends,
  tellChunk,
  transportUnderTest,
  type FaultScript,
} from '../helpers/faults';

alsoOverNode();

const OK = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n';
const hel = new TextDecoder().decode(bytesOf('Hel'));
const hello = new TextDecoder().decode(
  bytesOf(textChunk('Hel'), textChunk('lo'), finishChunk('stop'), doneFrame()),
);
const inHttpChunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;

/** Writes this to the bare socket, then closes it. */
const writes =
  (...pieces: readonly string[]): FaultScript =>
  (server: Exchange) => {
    for (const piece of pieces) server.raw(piece);
    server.cut();
  };

describe('Before the head', () => {
  fault({ name: 'nothing listens on the port', outcome: 'ConnectionError (connect)' }, async () => {
    const baseURL = `http://127.0.0.1:${await closedPort()}/v1`;
    const client = follow(chatCompletion$({ baseURL, transport: transportUnderTest() }, question), tellChunk);
    const outcome = await client.ended;
    expect(client.error).toMatchObject({ code: 'ECONNREFUSED', retryable: true });
    return outcome;
  });
  fault(
    { name: 'the connection is closed as soon as it is made', outcome: 'ConnectionError (connect)' },
    () => outcomeOf(sends(), { onConnection: (socket) => socket.destroy() }),
  );
  fault({ name: 'the connection is reset as soon as it is made', outcome: 'ConnectionError (connect)' }, () =>
    outcomeOf(sends(), { onConnection: (socket) => socket.resetAndDestroy() }),
  );
  fault({ name: 'the connection is closed after the request', outcome: 'ConnectionError (connect)' }, () =>
    outcomeOf((server) => server.cut()),
  );
  fault({ name: 'the connection is reset after the request', outcome: 'ConnectionError (connect)' }, () =>
    outcomeOf((server) => server.reset(), {
      check: (error) => expect(error).toMatchObject({ retryable: true }),
    }),
  );
  fault(
    { name: 'the connection is closed inside the status line', outcome: 'ConnectionError (connect)' },
    () => outcomeOf(writes('HTTP/1.1 20')),
  );
  fault({ name: 'the connection is closed inside the headers', outcome: 'ConnectionError (connect)' }, () =>
    outcomeOf(writes(`${OK}x-half-a-he`)),
  );
  fault({ name: 'the server uses another protocol', outcome: 'ConnectionError (connect)' }, () =>
    outcomeOf(writes('SSH-2.0-OpenSSH_9.6\r\n')),
  );
  fault(
    { name: 'the address is https, and the server has no TLS', outcome: 'ConnectionError (connect)' },
    () =>
      outcomeOfCall(sends(), {
        call: ({ baseURL = '', ...config }) =>
          chatCompletion$({ ...config, baseURL: baseURL.replace('http:', 'https:') }, question),
        tell: tellChunk,
      }),
  );
  fault({ name: 'an invalid header', outcome: 'ConnectionError (connect)' }, () =>
    outcomeOf(writes(`${OK}no colon here\r\n\r\n`)),
  );
  fault({ name: 'a megabyte of headers', outcome: 'ConnectionError (connect)' }, () =>
    outcomeOf(writes(OK, `x-long: ${'x'.repeat(1_000_000)}\r\n\r\n`)),
  );
  fault({ name: 'both a length and chunks', outcome: 'ConnectionError (connect)' }, () =>
    outcomeOf(
      writes(`${OK}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n`, inHttpChunk(hello), '0\r\n\r\n'),
    ),
  );
  fault({ name: 'a switch to another protocol (101)', outcome: 'ConnectionError (connect)' }, () =>
    outcomeOf(
      writes('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n'),
    ),
  );
  fault({ name: 'early hints (103) before the answer', outcome: '"Hello", complete' }, () =>
    outcomeOf(
      writes(
        'HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n',
        `${OK}content-length: ${hello.length}\r\n\r\n${hello}`,
      ),
    ),
  );
  fault(
    { name: 'a request for models, and nothing listens', outcome: 'ConnectionError (connect)' },
    async () => {
      const baseURL = `http://127.0.0.1:${await closedPort()}/v1`;
      return follow(models$({ baseURL, transport: transportUnderTest() }), () => 'models').ended;
    },
  );
});

describe('How the body is framed', () => {
  fault(
    { name: 'HTTP/1.0, the end of the connection is the end of the body', outcome: '"Hello", complete' },
    () => outcomeOf(writes(`HTTP/1.0 200 OK\r\ncontent-type: text/event-stream\r\n\r\n${hello}`)),
  );
  fault({ name: 'HTTP/1.0, the connection ends early', outcome: '"Hel", TruncatedError' }, () =>
    outcomeOf(writes(`HTTP/1.0 200 OK\r\ncontent-type: text/event-stream\r\n\r\n${hel}`)),
  );
  fault(
    { name: 'the body is shorter than its content-length', outcome: '"Hel", ConnectionError (body)' },
    () => outcomeOf(writes(`${OK}content-length: 5000\r\n\r\n${hel}`)),
  );
  fault({ name: 'the body is longer than its content-length', outcome: '"Hel", TruncatedError' }, () =>
    outcomeOf(writes(`${OK}content-length: ${hel.length}\r\n\r\n${hello}`)),
  );
  fault({ name: 'the size of an HTTP chunk is not a number', outcome: '"Hel", ConnectionError (body)' }, () =>
    outcomeOf(async (server, client) => {
      server.raw(`${OK}transfer-encoding: chunked\r\n\r\n${inHttpChunk(hel)}`);
      await client.has('Hel');
      writesNonsense(server);
    }),
  );
  fault({ name: 'the last HTTP chunk never arrives', outcome: '"Hello", complete' }, () =>
    outcomeOf(writes(`${OK}transfer-encoding: chunked\r\n\r\n${inHttpChunk(hello)}`)),
  );
  fault({ name: 'a trailer after the last HTTP chunk', outcome: '"Hello", complete' }, () =>
    outcomeOf(writes(`${OK}transfer-encoding: chunked\r\n\r\n${inHttpChunk(hello)}0\r\nx-cost: 3\r\n\r\n`)),
  );
  fault({ name: 'a byte at a time', outcome: '"Hello", complete' }, () =>
    outcomeOf(async (server) => {
      server.head();
      await server.drip(hello);
      server.end();
    }),
  );
  fault({ name: 'a byte at a time, with characters of several bytes', outcome: '"naïve 🙂", complete' }, () =>
    outcomeOf(async (server) => {
      server.head();
      await server.drip(new TextDecoder().decode(bytesOf('naïve ', '🙂', finishChunk('stop'), doneFrame())));
      server.end();
    }),
  );
});

function writesNonsense(server: Exchange): void {
  server.raw('xyz\r\n');
  server.cut();
}
