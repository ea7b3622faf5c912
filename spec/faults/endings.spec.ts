import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { last } from 'rxjs';
import {
  bytesOf,
  textChunk,
  doneFrame,
  errorFrame,
  eventFrame,
  finishChunk,
  rawBytesOf,
  toolCallChunks,
  usageChunk,
} from 'rxjs-chat-completions/testing';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import type { AccumulatedToolCall } from '../../lib/fold/AccumulatedToolCall';
import { accumulateToolCalls } from '../../lib/operators/accumulate/accumulateToolCalls';
import type { ChatState } from '../../lib/state/ChatState';
import { toChatState } from '../../lib/state/toChatState';
import type { Exchange } from '../helpers/faultServer';
import {
  alsoOverNode,
  fault,
  letGo,
  outcomeOf,
  outcomeOfCall,
  question,
  sends,
  type FaultScript,
  type Follower,
  type Tell,
} from '../helpers/faults';
import { sharedFolder } from '../helpers/shared';

alsoOverNode();

/** The ways in which a server can end. Everything it has sent arrives. */
const ENDS = {
  'the body ends': (server) => server.end(),
  'the connection is cut': (server) => server.cut(),
  'the connection is reset': async (server, client) => {
    await client.hasRead(server.sent);
    server.reset();
  },
} satisfies Record<string, (server: Exchange, client: Follower) => void | Promise<void>>;

const LOST = 'ConnectionError (body)';
const hel = bytesOf('Hel');
const whole = bytesOf('Hel', 'lo', finishChunk('stop'));
const lo = JSON.stringify(textChunk('lo'));

interface Place {
  readonly place: string;
  readonly sent: readonly Uint8Array[];
  /** The outcome when the body ends here as HTTP wants it. */
  readonly ended: string;
  /** The outcome when the connection breaks here. */
  readonly broken: string;
}

const PLACES: readonly Place[] = [
  {
    place: 'right after the head',
    sent: [],
    ended: 'ProtocolError: the response has an empty body',
    broken: LOST,
  },
  {
    place: 'after a comment',
    sent: [rawBytesOf(': busy\n\n')],
    ended: 'TruncatedError',
    broken: LOST,
  },
  {
    place: 'inside the name of a field',
    sent: [hel, rawBytesOf('dat')],
    ended: '"Hel", TruncatedError',
    broken: `"Hel", ${LOST}`,
  },
  {
    place: 'inside a line',
    sent: [hel, rawBytesOf(`data: ${lo.slice(0, 40)}`)],
    ended: '"Hel", TruncatedError',
    broken: `"Hel", ${LOST}`,
  },
  {
    place: 'inside a character',
    sent: [hel, bytesOf('né').slice(0, bytesOf('né').indexOf(0xc3) + 1)],
    ended: '"Hel", TruncatedError',
    broken: `"Hel", ${LOST}`,
  },
  {
    place: 'after a line whose line break is missing',
    sent: [hel, rawBytesOf(`data: ${lo}`)],
    ended: '"Hello", TruncatedError',
    broken: `"Hel", ${LOST}`,
  },
  {
    place: 'after a line whose blank line is missing',
    sent: [hel, rawBytesOf(`data: ${lo}\n`)],
    ended: '"Hello", TruncatedError',
    broken: `"Hel", ${LOST}`,
  },
  {
    place: 'between events',
    sent: [hel],
    ended: '"Hel", TruncatedError',
    broken: `"Hel", ${LOST}`,
  },
  { place: 'after a finish reason', sent: [whole], ended: '"Hello", complete', broken: '"Hello", complete' },
  {
    place: 'after a finish reason whose blank line is missing',
    sent: [bytesOf('Hello'), rawBytesOf(`data: ${JSON.stringify(finishChunk('stop'))}\n`)],
    ended: '"Hello", complete',
    broken: `"Hello", ${LOST}`,
  },
  {
    place: 'after the usage',
    sent: [whole, bytesOf(usageChunk(1, 2))],
    ended: '"Hello", complete',
    broken: '"Hello", complete',
  },
  {
    place: 'inside [DONE]',
    sent: [whole, rawBytesOf('data: [DO')],
    ended: '"Hello", complete',
    broken: '"Hello", complete',
  },
  {
    place: 'after [DONE] whose blank line is missing',
    sent: [whole, rawBytesOf('data: [DONE]')],
    ended: '"Hello", complete',
    broken: '"Hello", complete',
  },
  {
    place: 'after [DONE]',
    sent: [whole, bytesOf(doneFrame())],
    ended: '"Hello", complete',
    broken: '"Hello", complete',
  },
  {
    place: 'after [DONE] without any finish reason',
    sent: [bytesOf('Hello', doneFrame())],
    ended: '"Hello", ended-without-reason, complete',
    broken: '"Hello", ended-without-reason, complete',
  },
];

describe('Where a stream ends', () => {
  for (const { place, sent, ended, broken } of PLACES) {
    for (const [how, end] of Object.entries(ENDS)) {
      fault({ name: `${how} ${place}`, outcome: how === 'the body ends' ? ended : broken }, () =>
        outcomeOf(async (server, client) => {
          server.head();
          for (const bytes of sent) await server.write(bytes);
          await end(server, client);
        }),
      );
    }
  }
});

const hello = [textChunk('Hel'), textChunk('lo')] as const;
const stop = finishChunk('stop');

describe('Data after [DONE]', () => {
  fault({ name: '[DONE] with the connection left open', outcome: '"Hello", complete' }, () =>
    outcomeOf(
      async (server) => {
        server.head();
        await server.say(...hello, stop, doneFrame());
        await server.closed;
      },
      { check: letGo },
    ),
  );
  fault({ name: 'more text after [DONE]', outcome: '"Hello", complete' }, () =>
    outcomeOf(sends(...hello, stop, doneFrame(), textChunk(' again'))),
  );
  fault({ name: 'more text after [DONE], in a read of its own', outcome: '"Hello", complete' }, () =>
    outcomeOf(async (server, client) => {
      server.head();
      await server.say(...hello, stop, doneFrame());
      await client.ended;
      await server.say(' again');
      server.end();
    }),
  );
  fault({ name: 'an error after [DONE]', outcome: '"Hello", complete' }, () =>
    outcomeOf(sends(...hello, stop, doneFrame(), errorFrame('too late'))),
  );
  fault({ name: 'a second [DONE]', outcome: '"Hello", complete' }, () =>
    outcomeOf(sends(...hello, stop, doneFrame(), doneFrame())),
  );
  fault({ name: 'bytes without end after [DONE]', outcome: '"Hello", complete' }, () =>
    outcomeOf(
      async (server) => {
        server.head();
        await server.say(...hello, stop, doneFrame());
        await server.flood(bytesOf('more '.repeat(1_000)));
      },
      { check: letGo },
    ),
  );
});

describe('Answers that only look complete', () => {
  const crash = eventFrame({ ...textChunk(''), model: '' });

  fault(
    {
      name: 'an empty chunk and a proper end, as Ollama sends when its model crashes',
      outcome: '"Hello", TruncatedError',
    },
    () => outcomeOf(sends(...hello, crash)),
  );
  fault({ name: 'the same as it was recorded', outcome: 'the text, then TruncatedError' }, async () => {
    const recording = sharedFolder && resolve(sharedFolder, 'wire/ollama-server/runner-killed.sse');
    if (recording === undefined || !existsSync(recording)) return;
    const outcome = await outcomeOf(async (server) => {
      server.head();
      await server.write(readFileSync(recording));
      server.end();
    });
    expect(outcome).toMatch(/^".+", TruncatedError$/);
  });
  fault({ name: 'one of two choices has no finish reason', outcome: '"Hello", TruncatedError' }, () =>
    outcomeOf(sends(...hello, textChunk('Bye', { choice: 1 }), stop)),
  );
  fault({ name: 'the finish reason of both choices has arrived', outcome: '"Hello", complete' }, () =>
    outcomeOf(sends(...hello, textChunk('Bye', { choice: 1 }), stop, finishChunk('length', { choice: 1 }))),
  );
  fault({ name: 'a finish reason that is the empty string', outcome: '"Hello", TruncatedError' }, () =>
    outcomeOf(sends(...hello, finishChunk(''))),
  );
  fault(
    {
      name: 'a finish reason, the connection left open and no [DONE]',
      outcome: '"Hello", complete',
    },
    () =>
      outcomeOf(
        async (server) => {
          server.head();
          await server.say(...hello, stop);
          await server.closed;
        },
        { config: { timeouts: { idle: 100 } } },
      ),
  );
  fault(
    {
      name: 'a finish reason and usage, then empty chunks without end',
      outcome: '"Hello", complete',
    },
    () =>
      outcomeOf(
        async (server) => {
          server.head();
          await server.say(...hello, stop, usageChunk(9, 2));
          while (server.listening) {
            await server.say({ choices: [] });
            await sleep(20);
          }
        },
        { config: { timeouts: { grace: 100 } } },
      ),
  );
  fault({ name: 'nothing but comments', outcome: 'TruncatedError' }, () =>
    outcomeOf(async (server) => {
      server.head();
      for (let i = 0; i < 10; i += 1) await server.write(': busy\n\n');
      server.end();
    }),
  );
  fault({ name: 'nothing but heartbeats in JSON', outcome: 'TruncatedError' }, () =>
    outcomeOf(sends(eventFrame({ type: 'keepalive' }), eventFrame({ type: 'keepalive' }))),
  );
  fault({ name: 'nothing but [DONE]', outcome: 'ended-without-reason, complete' }, () =>
    outcomeOf(sends(doneFrame())),
  );
});

const weather = toolCallChunks({ name: 'weather', arguments: '{"city":"Oslo"}' }, ['{"city":', '"Oslo"}']);
const half = weather.slice(0, 2);
const tellCalls: Tell<readonly AccumulatedToolCall[]> = (calls) =>
  calls.map((call) => `${call.name} ${call.arguments} ${call.complete ? 'complete' : 'open'}`).join(' + ');
const lastCalls = (script: FaultScript): Promise<string> =>
  outcomeOfCall(script, {
    call: (config) => chatCompletion$(config, question).pipe(accumulateToolCalls()),
    tell: tellCalls,
  }).then((outcome) => outcome.split(', ').slice(-2).join(', '));

describe('A tool call is complete only after its choice has ended', () => {
  fault(
    { name: 'the body ends inside the arguments', outcome: 'weather {"city": open, TruncatedError' },
    () => lastCalls(sends(...half)),
  );
  fault(
    {
      name: 'the connection is cut inside the arguments',
      outcome: 'weather {"city": open, ConnectionError (body)',
    },
    () =>
      lastCalls(async (server) => {
        server.head();
        await server.say(...half);
        server.cut();
      }),
  );
  fault({ name: 'the tokens run out inside the arguments', outcome: 'weather {"city": open, complete' }, () =>
    lastCalls(sends(...half, finishChunk('length'), doneFrame())),
  );
  fault({ name: '[DONE] arrives inside the arguments', outcome: 'weather {"city": open, complete' }, () =>
    lastCalls(sends(...half, doneFrame())),
  );
  fault(
    {
      name: '[DONE] arrives after the arguments, without a finish reason',
      outcome: 'weather {"city":"Oslo"} open, complete',
    },
    () => lastCalls(sends(...weather, doneFrame())),
  );
  fault({ name: 'no fault', outcome: 'weather {"city":"Oslo"} complete, complete' }, () =>
    lastCalls(sends(...weather, finishChunk('tool_calls'), doneFrame())),
  );
});

const tellState: Tell<ChatState> = ({ status, content, error }) =>
  `${status}, still showing ${content}${error === null ? '' : ` (${error.name})`}`;
const lastState = (script: FaultScript, idle = Infinity): Promise<string> =>
  outcomeOfCall(script, {
    config: { timeouts: { idle } },
    call: (config) => chatCompletion$(config, question).pipe(toChatState(), last()),
    tell: tellState,
  });

describe('The state of a screen', () => {
  const cut: FaultScript = async (server) => {
    server.head();
    await server.say(...hello);
    server.cut();
  };
  const silent: FaultScript = async (server) => {
    server.head();
    await server.say(...hello);
    await server.closed;
  };
  const rows: ReadonlyArray<readonly [string, string, FaultScript]> = [
    ['the connection is cut', 'failed, still showing Hello (ConnectionError), complete', cut],
    ['the body ends too early', 'failed, still showing Hello (TruncatedError), complete', sends(...hello)],
    [
      'the server reports an error',
      'failed, still showing Hello (ServerError), complete',
      sends(...hello, errorFrame('full')),
    ],
    ['the server stops sending', 'failed, still showing Hello (ChatTimeoutError), complete', silent],
    [
      'a chunk is not JSON',
      'failed, still showing Hello (ChunkFailed), complete',
      sends(...hello, { wire: 'data: {"ch\n\n' }, stop),
    ],
    ['[DONE] without a finish reason', 'done, still showing Hello, complete', sends(...hello, doneFrame())],
    ['no fault', 'done, still showing Hello, complete', sends(...hello, stop, doneFrame())],
  ];
  for (const [name, outcome, script] of rows) {
    fault({ name, outcome }, () => lastState(script, script === silent ? 100 : undefined));
  }
});
