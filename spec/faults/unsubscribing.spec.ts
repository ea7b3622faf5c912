import { getEventListeners } from 'node:events';

import { EMPTY, NEVER, Observable, of, take, tap } from 'rxjs';
import { textChunk, doneFrame, finishChunk } from 'rxjs-chat-completions/testing';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import type { ChatConfig } from '../../lib/call/config';
import { continueOnTruncation } from '../../lib/operators/resilience/continueOnTruncation';
import { hedge$ } from '../../lib/operators/resilience/hedge';
import { retryChat } from '../../lib/operators/resilience/retryChat';
import { startFaultServer, type FaultServer } from '../helpers/faultServer';
import {
  fault,
  follow,
  question,
  settled,
  tellChunk,
  timers,
  type FaultScript,
  type Follower,
} from '../helpers/faults';

/** A call that is unsubscribed somewhere. */
interface Phase {
  readonly phase: string;
  readonly script: FaultScript;
  /** Resolves when the call is where it is to be unsubscribed. */
  readonly reached: (scene: Scene) => Promise<void>;
  readonly call?: (config: ChatConfig, scene: Scene) => ReturnType<typeof chatCompletion$>;
  /** The number of requests to abort. Default 1. */
  readonly requests?: number;
  /** Values received before. */
  readonly text?: string;
}

/** All that a call has to do with. */
interface Scene {
  readonly server: FaultServer;
  readonly client: Follower;
  /** The signals that fetch was given. */
  readonly signals: AbortSignal[];
  /** Calls of the hooks and callbacks. */
  readonly told: string[];
  /** Resolves once that was reported. */
  readonly heard: (what: string) => Promise<void>;
}

const silent: FaultScript = (server) => server.closed;
const asked = ({ server }: Scene): Promise<void> => server.when(({ busy }) => busy === 1);

const PHASES: readonly Phase[] = [
  {
    phase: 'while the key is awaited',
    script: silent,
    reached: ({ heard }) => heard('key'),
    call: (config, { told }) => {
      const key$ = new Observable<string>(() => {
        told.push('key');
        return () => told.push('key unsubscribed');
      });
      return chatCompletion$({ ...config, apiKey: () => key$ }, question);
    },
    requests: 0,
  },
  { phase: 'while the head is awaited', script: silent, reached: asked },
  {
    phase: 'while the first event is awaited',
    script: (server) => {
      server.head();
      return server.closed;
    },
    reached: ({ heard }) => heard('head 200'),
  },
  {
    phase: 'between events',
    script: async (server) => {
      server.head();
      await server.say('Hel');
      await server.closed;
    },
    reached: ({ client }) => client.has('Hel'),
    text: 'Hel',
  },
  {
    phase: 'inside an event',
    script: async (server) => {
      server.head();
      await server.say('Hel', { wire: 'data: {"cho' });
      await server.closed;
    },
    reached: ({ client }) => client.has('Hel'),
    text: 'Hel',
  },
  {
    phase: 'after the finish reason',
    script: async (server) => {
      server.head();
      await server.say('Hel', finishChunk('stop'));
      await server.closed;
    },
    reached: ({ client }) => client.has('Hel'),
    text: 'Hel',
  },
  {
    phase: 'while the body of a failed answer is read',
    script: async (server) => {
      server.head(500);
      await server.write('{"err');
      await server.closed;
    },
    reached: ({ heard }) => heard('head 500'),
  },
  {
    phase: 'before a retry',
    script: (server) => server.whole(503, { 'retry-after': '50' }, ''),
    reached: ({ heard }) => heard('retry in 50000 ms'),
    call: (config, { told }) =>
      chatCompletion$(config, question).pipe(
        retryChat({ onRetry: ({ delayMs }) => told.push(`retry in ${delayMs} ms`) }),
      ),
    requests: 0,
  },
  {
    phase: 'in a retry',
    script: (server) =>
      server.turn === 1 ? server.whole(503, { 'retry-after-ms': '1' }, '') : server.closed,
    reached: ({ server }) => server.when(({ requests }) => requests === 2),
    call: (config) => chatCompletion$(config, question).pipe(retryChat()),
  },
  {
    phase: 'before the second candidate of a hedge',
    script: silent,
    reached: asked,
    call: (config) =>
      hedge$([chatCompletion$(config, question), chatCompletion$(config, question)], { after: 50_000 }),
  },
  {
    phase: 'in both candidates of a hedge',
    script: silent,
    reached: ({ server }) => server.when(({ busy }) => busy === 2),
    call: (config) =>
      hedge$([chatCompletion$(config, question), chatCompletion$(config, question)], { after: 1 }),
    requests: 2,
  },
  {
    phase: 'in a continuation',
    script: async (server) => {
      server.head();
      if (server.turn > 1) return server.closed;
      await server.say('Hel');
      return server.end();
    },
    reached: ({ server }) => server.when(({ requests }) => requests === 2),
    call: (config) => continueOnTruncation()((request) => chatCompletion$(config, request))(question),
    text: 'Hel',
  },
];

/** Sets a call going, and waits until it is where it is to be unsubscribed. */
async function reach({ script, call, reached }: Phase, more: ChatConfig = {}): Promise<Scene> {
  const told: string[] = [];
  const signals: AbortSignal[] = [];
  const server = await startFaultServer((exchange) => script(exchange, client));
  const config: ChatConfig = {
    baseURL: server.baseURL,
    fetch: (input, init) => {
      if (init.signal) signals.push(init.signal);
      return fetch(input, init);
    },
    hooks: {
      onHead: ({ status }) => told.push(`head ${status}`),
      onError: () => told.push('error'),
      onComplete: () => told.push('complete'),
      onAbort: () => told.push('abort'),
    },
    ...more,
  };
  const heard = async (what: string): Promise<void> => {
    while (!told.includes(what)) await settled();
  };
  // What a call does when it is subscribed to may look at its scene; the client comes last.
  const scene = { server, signals, told, heard } as { -readonly [Key in keyof Scene]: Scene[Key] };
  const client = follow(call ? call(config, scene) : chatCompletion$(config, question), tellChunk);
  scene.client = client;
  await reached(scene);
  return scene;
}

describe('Unsubscribing aborts in the same tick, and emits nothing', () => {
  for (const phase of PHASES) {
    const { requests = 1, text = '' } = phase;
    fault(
      { name: `unsubscribed ${phase.phase}`, outcome: `${requests} aborted, no timer, no notification` },
      async () => {
        const before = timers();
        const { server, client, signals, told } = await reach(phase);
        try {
          const toldBefore = told.length;
          client.unsubscribe();
          const running = signals.slice(signals.length - requests);
          expect(running.map(({ aborted }) => aborted)).toEqual(Array(requests).fill(true));
          expect(timers()).toBe(before);

          await server.when(({ aborts, busy }) => aborts === requests && busy === 0);
          const asked = server.counts.requests;
          await settled();
          expect(server.counts.requests).toBe(asked);
          expect(client).toMatchObject({ text, outcome: text === '' ? 'no end' : `"${text}", no end` });
          // Only the call that ran reports that it was unsubscribed from.
          expect(told.slice(toldBefore).filter((word) => !/^(abort|key unsubscribed)$/.test(word))).toEqual(
            [],
          );
        } finally {
          await server.close();
        }
      },
    );
  }
});

describe('An AbortSignal', () => {
  for (const phase of PHASES) {
    const { requests = 1, text = '' } = phase;
    // Between two requests no call runs that could hear the signal; that has a test of its own.
    if (phase.phase === 'before a retry') continue;
    const outcome = text === '' ? 'AbortedError' : `"${text}", AbortedError`;
    fault({ name: `aborted ${phase.phase}`, outcome }, async () => {
      const outside = new AbortController();
      const { server, client, signals } = await reach(phase, { signal: outside.signal });
      try {
        outside.abort();
        const running = signals.slice(signals.length - requests);
        expect(running.map(({ aborted }) => aborted)).toEqual(Array(requests).fill(true));
        expect(getEventListeners(outside.signal, 'abort')).toHaveLength(0);
        // In the same tick too.
        expect(client.outcome).toBe(outcome);
        await server.when(({ aborts, busy }) => aborts === requests && busy === 0);
        return client.outcome;
      } finally {
        await server.close();
      }
    });
  }

  const once = async (
    script: FaultScript,
    signal: AbortSignal,
  ): Promise<{ outcome: string; server: FaultServer }> => {
    const server = await startFaultServer((exchange) => script(exchange, client));
    const client = follow(chatCompletion$({ baseURL: server.baseURL, signal }, question), tellChunk);
    const outcome = await client.ended;
    await server.close();
    return { outcome, server };
  };
  const hello: FaultScript = async (server) => {
    server.head();
    await server.say(textChunk('Hello'), finishChunk('stop'), doneFrame());
    server.end();
  };

  fault(
    { name: 'aborted before a retry', outcome: 'AbortedError when the wait is over, and no request' },
    async () => {
      const outside = new AbortController();
      const server = await startFaultServer((exchange) =>
        exchange.whole(503, { 'retry-after-ms': '30' }, ''),
      );
      try {
        const call$ = chatCompletion$({ baseURL: server.baseURL, signal: outside.signal }, question);
        const client = follow(call$.pipe(retryChat({ onRetry: () => outside.abort() })), tellChunk);
        const outcome = await client.ended;
        expect(server.counts.requests).toBe(1);
        return `${outcome} when the wait is over, and no request`;
      } finally {
        await server.close();
      }
    },
  );
  fault({ name: 'aborted before the call', outcome: 'AbortedError' }, async () => {
    const { outcome, server } = await once(hello, AbortSignal.abort());
    expect(server.counts.sockets).toBe(0);
    return outcome;
  });
  fault({ name: 'aborted after the end', outcome: '"Hello", complete' }, async () => {
    const outside = new AbortController();
    const { outcome } = await once(hello, outside.signal);
    outside.abort();
    return outcome;
  });
  fault({ name: 'aborted by a timer of its own', outcome: 'AbortedError' }, async () => {
    return (await once(silent, AbortSignal.timeout(50))).outcome;
  });
  fault(
    {
      name: 'one signal for a hundred calls that complete, fail or are unsubscribed',
      outcome: 'no listener is left',
    },
    async () => {
      const outside = new AbortController();
      const server = await startFaultServer(async (exchange) => {
        if (exchange.turn % 2 === 0) return exchange.whole(500, {}, '');
        exchange.head();
        await exchange.say(textChunk('Hello'), finishChunk('stop'), doneFrame());
        return exchange.end();
      });
      try {
        for (let i = 0; i < 100; i += 1) {
          const client = follow(
            chatCompletion$({ baseURL: server.baseURL, signal: outside.signal }, question),
            tellChunk,
          );
          if (i % 3 === 0) client.unsubscribe();
          else await client.ended;
        }
        expect(getEventListeners(outside.signal, 'abort')).toHaveLength(0);
      } finally {
        await server.close();
      }
    },
  );
});

describe('A consumer that ends in the middle of a read', () => {
  fault(
    { name: 'take(1), and the read holds three chunks and half a fourth', outcome: '"one", complete' },
    async () => {
      const server = await startFaultServer(async (exchange) => {
        exchange.head();
        await exchange.say('one', 'two', 'three', { wire: 'data: {"x' });
        await exchange.closed;
      });
      let looked = 0;
      let aborted = false;
      const config: ChatConfig = {
        baseURL: server.baseURL,
        fetch: (input, init) => {
          init.signal?.addEventListener('abort', () => (aborted = true));
          return fetch(input, init);
        },
      };
      try {
        const client = follow(
          chatCompletion$(config, question).pipe(
            tap(() => (looked += 1)),
            take(1),
          ),
          tellChunk,
        );
        const outcome = await client.ended;
        expect(aborted).toBe(true);
        expect(looked).toBe(1);
        await server.when(({ aborts }) => aborts === 1);
        return outcome;
      } finally {
        await server.close();
      }
    },
  );
  fault(
    { name: 'unsubscribed from inside next, and the read holds two more', outcome: '1 value' },
    async () => {
      const server = await startFaultServer(async (exchange) => {
        exchange.head();
        await exchange.say('one', 'two', 'three');
        await exchange.closed;
      });
      try {
        let values = 0;
        const subscription = chatCompletion$({ baseURL: server.baseURL }, question).subscribe(() => {
          values += 1;
          subscription.unsubscribe();
        });
        await server.when(({ aborts }) => aborts === 1);
        return `${values} value`;
      } finally {
        await server.close();
      }
    },
  );
  fault(
    { name: 'a callback that throws', outcome: 'the error is its own, the request is aborted' },
    async () => {
      const server = await startFaultServer(async (exchange) => {
        exchange.head();
        await exchange.say('one', 'two');
        await exchange.closed;
      });
      try {
        const own = new Error('my own mistake');
        const client = follow(
          chatCompletion$({ baseURL: server.baseURL }, question).pipe(
            tap(() => {
              throw own;
            }),
          ),
          tellChunk,
        );
        await client.ended;
        expect(client.error).toBe(own);
        await server.when(({ aborts }) => aborts === 1);
      } finally {
        await server.close();
      }
    },
  );
});

describe('The key', () => {
  const never = async (apiKey: ChatConfig['apiKey']): Promise<string> => {
    const server = await startFaultServer((exchange) => exchange.whole(500, {}, ''));
    try {
      const client = follow(chatCompletion$({ baseURL: server.baseURL, apiKey }, question), tellChunk);
      const outcome = await client.ended;
      expect(server.counts.sockets).toBe(0);
      return outcome;
    } finally {
      await server.close();
    }
  };

  fault({ name: 'the function throws', outcome: 'RequestError' }, () =>
    never(() => {
      throw new TypeError('no key');
    }),
  );
  fault({ name: 'its promise rejects', outcome: 'RequestError' }, () =>
    never(() => Promise.reject(new Error('no key'))),
  );
  fault({ name: 'its Observable is empty', outcome: 'RequestError' }, () => never(() => EMPTY));
  fault({ name: 'it returns no Observable', outcome: 'RequestError' }, () =>
    never(() => 7 as unknown as Promise<string>),
  );
  fault({ name: 'it returns a key that a header cannot contain', outcome: 'RequestError' }, () =>
    never(() => of('two\nlines')),
  );
  fault({ name: 'it never returns one', outcome: 'ChatTimeoutError (head)' }, async () => {
    const client = follow(
      chatCompletion$({ apiKey: () => NEVER, timeouts: { head: 20 } }, question),
      tellChunk,
    );
    return client.ended;
  });
  fault(
    { name: 'it never returns one, and only the total time is limited', outcome: 'ChatTimeoutError (total)' },
    async () => {
      const timeouts = { head: Infinity, total: 20 };
      const client = follow(chatCompletion$({ apiKey: () => NEVER, timeouts }, question), tellChunk);
      return client.ended;
    },
  );
});
