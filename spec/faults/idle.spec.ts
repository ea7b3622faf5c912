import { setTimeout as sleep } from 'node:timers/promises';
import { bytesOf, textChunk, doneFrame, finishChunk } from 'rxjs-chat-completions/testing';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { chatTimeout } from '../../lib/operators/resilience/chatTimeout';
import {
  fault,
  letGo,
  outcomeOf,
  outcomeOfCall,
  question,
  tellChunk,
  type FaultScript,
} from '../helpers/faults';

/** A short time limit, in milliseconds, for streams that stay idle. */
const SHORT = 100;

const silent: FaultScript = (server) => server.closed;
const silentAfterHead: FaultScript = (server) => {
  server.head();
  return server.closed;
};
const silentAfterText: FaultScript = async (server) => {
  server.head();
  await server.say('Hel');
  await server.closed;
};
/** Text, then the same again and again, every few milliseconds. */
const repeats =
  (text: string, piece: string | Uint8Array): FaultScript =>
  async (server) => {
    server.head();
    if (text !== '') await server.say(text);
    while (server.listening) {
      await server.write(piece);
      await sleep(5);
    }
  };

describe('Idle streams', () => {
  const rows: ReadonlyArray<
    readonly [
      name: string,
      outcome: string,
      FaultScript,
      NonNullable<Parameters<typeof outcomeOf>[1]>['config'],
    ]
  > = [
    ['before the head', 'ChatTimeoutError (head)', silent, { timeouts: { head: SHORT } }],
    [
      'before the head, when the first event is limited',
      'ChatTimeoutError (first)',
      silent,
      { timeouts: { first: SHORT } },
    ],
    [
      'before the head, when all is limited',
      'ChatTimeoutError (total)',
      silent,
      { timeouts: { total: SHORT } },
    ],
    [
      'after the head',
      'ChatTimeoutError (first)',
      silentAfterHead,
      { timeouts: { head: SHORT * 50, first: SHORT * 10 } },
    ],
    [
      'after the head, except for comments',
      'ChatTimeoutError (first)',
      repeats('', ': busy\n\n'),
      { timeouts: { first: SHORT } },
    ],
    [
      'after some text',
      '"Hel", ChatTimeoutError (idle)',
      silentAfterText,
      { timeouts: { head: SHORT * 50, idle: SHORT } },
    ],
    [
      'after some text, except for comments, when events count',
      '"Hel", ChatTimeoutError (idle)',
      repeats('Hel', ': busy\n\n'),
      { timeouts: { idle: SHORT, activity: 'events' } },
    ],
    [
      'after some text, except for an event that never ends, when events count',
      '"Hel", ChatTimeoutError (idle)',
      repeats('Hel', 'x'),
      { timeouts: { idle: SHORT, activity: 'events' } },
    ],
    [
      'after some text, except for empty chunks, when content counts',
      '"Hel", ChatTimeoutError (idle)',
      repeats('Hel', bytesOf(textChunk(''))),
      { timeouts: { idle: SHORT, activity: 'content' } },
    ],
    [
      'after some text, except for comments, when bytes count and all is limited',
      '"Hel", ChatTimeoutError (total)',
      repeats('Hel', ': busy\n\n'),
      { timeouts: { idle: 60_000, total: SHORT * 20 } },
    ],
  ];
  for (const [name, outcome, script, config] of rows) {
    fault({ name, outcome }, () => outcomeOf(script, { config, check: letGo }));
  }

  fault(
    {
      name: 'none, since comments arrive for longer than the limit',
      outcome: '"Hello", complete',
    },
    () =>
      outcomeOf(
        async (server) => {
          server.head();
          await server.say('Hel');
          // Long enough that a busy machine is not idle for that time.
          for (const end = performance.now() + 2_700; performance.now() < end;) {
            await server.write(': busy\n\n');
            await sleep(20);
          }
          await server.say('lo', finishChunk('stop'), doneFrame());
          server.end();
        },
        { config: { timeouts: { idle: 2_500 } } },
      ),
  );
  fault(
    { name: 'none, but text without end at full speed', outcome: 'ChatTimeoutError (total)' },
    async () => {
      let chunks = 0;
      const outcome = await outcomeOf(
        async (server) => {
          server.head();
          await server.flood(bytesOf('more '));
        },
        {
          config: { timeouts: { total: 5 * SHORT } },
          tell: () => {
            chunks += 1;
            return '';
          },
          check: letGo,
        },
      );
      expect(chunks).toBeGreaterThan(0);
      return outcome;
    },
  );
  fault({ name: 'after some text, for the operator', outcome: '"Hel", ChatTimeoutError (idle)' }, () =>
    outcomeOfCall(silentAfterText, {
      call: (config) => chatCompletion$(config, question).pipe(chatTimeout({ idle: SHORT })),
      tell: tellChunk,
      check: letGo,
    }),
  );
  fault({ name: 'before any text, for the operator', outcome: 'ChatTimeoutError (first)' }, () =>
    outcomeOfCall(silent, {
      call: (config) => chatCompletion$(config, question).pipe(chatTimeout({ first: SHORT })),
      tell: tellChunk,
      check: letGo,
    }),
  );
});
