import { defer, of } from 'rxjs';
import { textChunk, doneFrame, errorFrame, finishChunk, toolCallChunks } from 'rxjs-chat-completions/testing';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import type { ChatConfig } from '../../lib/call/config';
import { accumulateContent } from '../../lib/operators/accumulate/accumulateContent';
import { continueOnTruncation } from '../../lib/operators/resilience/continueOnTruncation';
import { fallbackTo } from '../../lib/operators/resilience/fallbackTo';
import { hedge$ } from '../../lib/operators/resilience/hedge';
import { retryChat, type PlannedRetry } from '../../lib/operators/resilience/retryChat';
import { exponentialBackoff, onlyRetryable } from '../../lib/operators/resilience/policies';
import type { Exchange } from '../helpers/faultServer';
import {
  fault,
  outcomeOfCall,
  question,
  sends,
  tellChunk,
  type FaultScript,
  type Meeting,
} from '../helpers/faults';

type Decodeds = ReturnType<typeof chatCompletion$>;

const hello = sends('Hel', 'lo', finishChunk('stop'), doneFrame());
const cut: FaultScript = async (server) => {
  server.head();
  await server.say('Hel');
  server.cut();
};
const refuses =
  (status: number, headers: Record<string, string> = {}, body: unknown = {}): FaultScript =>
  (server: Exchange) =>
    server.whole(status, headers, JSON.stringify(body));

/** A script for each request; the last for all that come after. */
const concatMapGated =
  (...scripts: readonly FaultScript[]): FaultScript =>
  (server, client) =>
    scripts[Math.min(server.turn, scripts.length) - 1]?.(server, client);

const met = (
  script: FaultScript,
  call: (config: ChatConfig) => Decodeds,
  more: Partial<Meeting<never>> = {},
): Promise<string> => outcomeOfCall(script, { call, tell: tellChunk, ...(more as object) });
const times =
  (requests: number): Meeting<never>['check'] =>
  (_, { counts }) =>
    expect(counts.requests).toBe(requests);

/** Quick, and the same each time. */
const policy = onlyRetryable(exponentialBackoff({ baseMs: 2 }));
const random = (): number => 0.5;

describe('retryChat', () => {
  const retried = (config: ChatConfig): Decodeds =>
    chatCompletion$(config, question).pipe(retryChat({ count: 3, policy, random }));

  fault({ name: 'two refusals, then an answer', outcome: '"Hello", complete' }, async () => {
    const planned: PlannedRetry[] = [];
    let asked = 0;
    const outcome = await met(
      concatMapGated(refuses(503), refuses(429), hello),
      (config) =>
        chatCompletion$({ ...config, apiKey: () => of(`key ${(asked += 1)}`) }, question).pipe(
          retryChat({ count: 3, policy, random, onRetry: (plan) => planned.push(plan) }),
        ),
      {
        check: (_, { received }) =>
          expect(received.map(({ headers }) => headers.authorization)).toEqual([
            'Bearer key 1',
            'Bearer key 2',
            'Bearer key 3',
          ]),
      },
    );
    expect(planned.map(({ error, ...plan }) => [error.message.slice(0, 3), plan])).toEqual([
      ['503', { retry: 1, count: 3, delayMs: 1 }],
      ['429', { retry: 2, count: 3, delayMs: 2 }],
    ]);
    return outcome;
  });
  fault({ name: 'the connection breaks before the head, then an answer', outcome: '"Hello", complete' }, () =>
    met(
      concatMapGated((server) => server.reset(), hello),
      retried,
      { check: times(2) },
    ),
  );
  fault({ name: 'a body without any event, then an answer', outcome: '"Hello", complete' }, () =>
    met(concatMapGated(sends({ wire: ': busy\n\n' }), hello), retried, { check: times(2) }),
  );
  fault({ name: 'the server requests a short wait', outcome: '"Hello", complete' }, () =>
    met(
      concatMapGated(refuses(429, { 'retry-after-ms': '20' }), hello),
      (config) => chatCompletion$(config, question).pipe(retryChat()),
      {
        check: times(2),
      },
    ),
  );
  fault(
    { name: 'all attempts fail', outcome: 'HttpError: 503 the server gave no reason, after 4 requests' },
    async () => {
      const outcome = await met(refuses(503), retried, { check: times(4) });
      return `${outcome}, after 4 requests`;
    },
  );
  fault({ name: 'the connection breaks after some text', outcome: '"Hel", ConnectionError (body)' }, () =>
    met(concatMapGated(cut, hello), retried, { check: times(1) }),
  );
  fault({ name: 'a bad request', outcome: 'HttpError: 400 no' }, () =>
    met(refuses(400, {}, { error: 'no' }), retried, { check: times(1) }),
  );
  fault({ name: 'a spent quota', outcome: 'HttpError: 429 spent' }, () =>
    met(refuses(429, {}, { error: { message: 'spent', code: 'insufficient_quota' } }), retried, {
      check: times(1),
    }),
  );
  fault(
    { name: 'the server requests a wait of an hour', outcome: 'HttpError: 429 the server gave no reason' },
    () =>
      met(
        refuses(429, { 'retry-after': '3600' }),
        (config) => chatCompletion$(config, question).pipe(retryChat()),
        {
          check: times(1),
        },
      ),
  );
  fault(
    {
      name: 'no first event in time: a cold model would begin to load again',
      outcome: 'ChatTimeoutError (first)',
    },
    () =>
      met((server) => server.closed, retried, {
        config: { timeouts: { first: 100 } },
        check: (_, { counts }) => expect(counts.requests).toBeLessThanOrEqual(1),
      }),
  );
  fault(
    { name: 'the answer breaks off and may be restarted', outcome: '"Hel", restarted, "Hello", complete' },
    () =>
      met(concatMapGated(cut, hello), (config) =>
        chatCompletion$(config, question).pipe(retryChat({ policy, restart: true })),
      ),
  );
  fault({ name: 'a restarted answer, folded', outcome: '"Hello", complete' }, async () => {
    const texts: string[] = [];
    const outcome = await outcomeOfCall(concatMapGated(cut, hello), {
      call: (config) =>
        chatCompletion$(config, question).pipe(retryChat({ policy, restart: true }), accumulateContent()),
      tell: (text) => {
        texts.push(text);
        return '';
      },
    });
    expect(texts.at(-1)).toBe('Hello');
    expect(texts.every((text) => 'Hello'.startsWith(text))).toBe(true);
    return `"${texts.at(-1)}", ${outcome}`;
  });
});

describe('hedge$', () => {
  const two = (config: ChatConfig, after: number): Decodeds =>
    hedge$([chatCompletion$(config, question), chatCompletion$(config, question)], { after });

  fault({ name: 'the first is idle', outcome: '"Hello", complete' }, () =>
    met(
      concatMapGated((server) => server.closed, hello),
      (config) => two(config, 20),
      {
        // The one that lost is unsubscribed.
        check: (_, { counts }) => expect(counts).toMatchObject({ requests: 2, aborts: 1 }),
      },
    ),
  );
  fault({ name: 'the first fails at once', outcome: '"Hello", complete' }, () =>
    met(concatMapGated(refuses(500), hello), (config) => two(config, 50_000), { check: times(2) }),
  );
  fault({ name: 'the second fails while the first still thinks', outcome: '"Hello", complete' }, () => {
    let goOn = (): void => undefined;
    const hasFailed = new Promise<void>((resolve) => (goOn = resolve));
    return met(
      concatMapGated(async (server) => {
        await hasFailed;
        await hello(server);
      }, refuses(500)),
      (config) => two({ ...config, hooks: { onError: () => goOn() } }, 10),
      { check: times(2) },
    );
  });
  fault({ name: 'all fail', outcome: 'HttpError: 503 the server gave no reason' }, () =>
    met(concatMapGated(refuses(500), refuses(503)), (config) => two(config, 50_000), { check: times(2) }),
  );
  fault({ name: 'the winner breaks off', outcome: '"Hel", ConnectionError (body)' }, () =>
    met(cut, (config) => two(config, 50_000), { check: times(1) }),
  );
});

describe('fallbackTo', () => {
  const withFallback = (config: ChatConfig): Decodeds =>
    chatCompletion$(config, { ...question, model: 'big' }).pipe(
      fallbackTo(defer(() => chatCompletion$(config, { ...question, model: 'small' }))),
    );

  fault({ name: 'the model is missing', outcome: '"Hello", complete' }, () =>
    met(concatMapGated(refuses(404), hello), withFallback, {
      check: (_, { received }) =>
        expect(received.map(({ body }) => (JSON.parse(body) as { model: string }).model)).toEqual([
          'big',
          'small',
        ]),
    }),
  );
  fault({ name: 'the answer breaks off', outcome: '"Hel", ConnectionError (body)' }, () =>
    met(concatMapGated(cut, hello), withFallback, { check: times(1) }),
  );
  fault({ name: 'the other fails too', outcome: 'HttpError: 500 the server gave no reason' }, () =>
    met(concatMapGated(refuses(404), refuses(500)), withFallback, { check: times(2) }),
  );
});

describe('continueOnTruncation', () => {
  const continued = (config: ChatConfig): Decodeds =>
    continueOnTruncation()((request) => chatCompletion$(config, request))(question);
  const rest = sends('lo', finishChunk('stop'), doneFrame());

  for (const [how, first] of [
    ['the connection breaks', cut],
    ['the body ends', sends('Hel')],
  ] as const) {
    fault({ name: `${how} in the middle`, outcome: '"Hello", complete' }, () =>
      met(concatMapGated(first, rest), continued, {
        check: (_, { received }) =>
          expect((JSON.parse(received[1]?.body ?? '{}') as { messages: unknown }).messages).toEqual([
            ...question.messages,
            { role: 'assistant', content: 'Hel' },
          ]),
      }),
    );
  }
  fault({ name: 'it breaks again and again', outcome: '"HelHelHel", ConnectionError (body)' }, () =>
    met(cut, continued, { check: times(3) }),
  );
  fault({ name: 'it breaks before any text', outcome: 'ConnectionError (body)' }, () =>
    met(
      (server) => {
        server.head();
        server.cut();
      },
      continued,
      { check: times(1) },
    ),
  );
  fault({ name: 'it breaks while a tool call is open', outcome: '"Hel", ConnectionError (body)' }, () =>
    met(
      async (server) => {
        server.head();
        await server.say(
          'Hel',
          ...toolCallChunks({ name: 'weather', arguments: '{"city":"Oslo"}' }).slice(0, 2),
        );
        server.cut();
      },
      continued,
      { check: times(1) },
    ),
  );
  fault(
    {
      name: 'it breaks after the finish reason, which is complete',
      outcome: '"Hello", complete',
    },
    () =>
      met(
        async (server) => {
          server.head();
          await server.say(textChunk('Hello'), finishChunk('stop'));
          server.cut();
        },
        continued,
        { check: times(1) },
      ),
  );
  fault({ name: 'the server reports an error', outcome: '"Hel", ServerError: full' }, () =>
    met(sends('Hel', errorFrame('full')), continued, { check: times(1) }),
  );
});
