import { asyncScheduler, EMPTY, NEVER, of } from 'rxjs';
import {
  bytesOf,
  doneFrame,
  finishChunk,
  head200,
  rawBytesOf,
  responseHead,
  scriptedTransport,
  textChunk,
  usageChunk,
} from 'rxjs-chat-completions/testing';

import { CallReport } from '../../lib/call/CallReport';
import { chatCompletion$ } from '../../lib/call/chatCompletion';
import type { CallInfo, ChatHooks } from '../../lib/call/ChatHooks';
import { completion$ } from '../../lib/call/completion';
import type { ChatConfig } from '../../lib/call/config';
import { embeddings$ } from '../../lib/call/embeddings';
import { models$ } from '../../lib/call/models';
import { tapHooks } from '../../lib/call/tapHooks';
import { RequestError } from '../../lib/errors';
import { retryChat } from '../../lib/operators/resilience/retryChat';
import { openai } from '../../lib/servers/openai';
import { marbles } from '../helpers/marbles';
import { frames } from '../helpers/frames';

const request = { model: 'any', messages: [{ role: 'user', content: 'A secret prompt' }] } as const;
const ignored = { error: () => undefined };

/** Hooks that log their calls under a name. */
const logged = (log: unknown[], name?: string): ChatHooks => {
  const add =
    (hook: string) =>
    (...values: readonly unknown[]): void => {
      log.push([...(name === undefined ? [] : [name]), hook, ...values]);
    };
  return {
    onFirstOutput: add('first'),
    onUsage: add('usage'),
    onComplete: add('complete'),
    onError: (error) => add('error')(error._tag),
    onAbort: add('abort'),
  };
};

describe('hooks of a function', () => {
  const infoOf = (call: (config: ChatConfig) => { subscribe: (observer: object) => unknown }): unknown => {
    const calls: CallInfo[] = [];
    const hooks = (info: CallInfo): undefined => {
      calls.push(info);
    };
    call({ hooks, transport: () => EMPTY }).subscribe(ignored);
    return calls;
  };
  const base = 'http://localhost:11434/v1';

  it('are created from the scalar fields of a request, never from its messages', () => {
    const calls = infoOf((config) =>
      chatCompletion$(
        {
          ...config,
          baseURL: 'https://llm.example.com/v1?key=sk-12345678',
          profile: { ...openai.profile, rejects: ['seed'] },
        },
        { ...request, seed: 1, max_tokens: 5, stop: ['a secret'], temperature: 0, extra: { top_k: 1 } },
      ),
    );
    expect(calls).toEqual([
      {
        operation: 'chat',
        model: 'any',
        url: 'https://llm.example.com/v1/chat/completions',
        attempt: 1,
        request: { model: 'any', max_completion_tokens: 5, temperature: 0, top_k: 1, stream: true },
      },
    ]);
  });

  it('are created for every operation', () => {
    expect(infoOf((config) => completion$(config, request))).toMatchObject([
      { operation: 'chat', request: { stream: false } },
    ]);
    expect(infoOf((config) => embeddings$(config, { model: 'e', input: 'A secret text' }))).toEqual([
      { operation: 'embeddings', model: 'e', url: `${base}/embeddings`, attempt: 1, request: { model: 'e' } },
    ]);
    expect(infoOf(models$)).toEqual([
      { operation: 'models', model: null, url: `${base}/models`, attempt: 1, request: {} },
    ]);
  });

  it('distinguish two concurrent calls of one config', () => {
    const log: unknown[] = [];
    const transport = scriptedTransport(({ body }) => ({
      parts: [(body as { model: string }).model],
      delayMs: 1,
      usage: [(body as { seed: number }).seed, 1],
    }));
    const config: ChatConfig = { transport, hooks: ({ model }) => logged(log, String(model)) };
    marbles(({ flush }) => {
      chatCompletion$(config, { ...request, model: 'a', seed: 1 }).subscribe();
      chatCompletion$(config, { ...request, model: 'b', seed: 2 }).subscribe();
      flush();
    });
    const usages = log.filter((entry) => (entry as readonly unknown[])[1] === 'usage');
    expect(usages).toMatchObject([
      ['a', 'usage', { prompt_tokens: 1 }],
      ['b', 'usage', { prompt_tokens: 2 }],
    ]);
    expect(log).toHaveLength(6);
  });

  it('receive the number of each attempt of a retry', () => {
    const attempts: number[] = [];
    const log: unknown[] = [];
    const transport = scriptedTransport([{ status: 503 }, { status: 503 }, 'Hello']);
    const hooks = ({ attempt }: CallInfo): ChatHooks => {
      attempts.push(attempt);
      return logged(log, String(attempt));
    };
    const call$ = chatCompletion$({ transport, hooks }, request);
    expect(attempts).toEqual([]);
    marbles(({ flush }) => {
      call$.pipe(retryChat()).subscribe();
      flush();
    });
    expect(attempts).toEqual([1, 2, 3]);
    expect(log).toMatchObject([
      ['1', 'error', 'HttpError'],
      ['2', 'error', 'HttpError'],
      ['3', 'first'],
      ['3', 'usage', {}],
      ['3', 'complete', {}],
    ]);
  });

  it('receive the error of a base URL that cannot be called', () => {
    const log: unknown[] = [];
    const urls: string[] = [];
    const hooks = ({ url }: CallInfo): ChatHooks => {
      urls.push(url);
      return logged(log);
    };
    chatCompletion$({ baseURL: 'http://me:pass@host', hooks }, request).subscribe(ignored);
    expect([urls, log]).toEqual([[''], [['error', 'RequestError']]]);
  });

  it('receive the error of a transport that does not know its address', () => {
    const bug = new Error('no address');
    const transport = Object.assign(() => NEVER, {
      addressOf: () => {
        throw bug;
      },
    });
    const seen: unknown[] = [];
    const hooks = ({ url }: CallInfo): ChatHooks => ({ onError: (error) => seen.push([url, error]) });
    chatCompletion$({ transport, hooks }, request).subscribe({ error: () => undefined });
    expect(seen).toEqual([['', bug]]);
  });

  it('end the call with the value that the function throws', () => {
    const bug = new RangeError('a bug in a hook');
    const hooks = (): never => {
      throw bug;
    };
    marbles(({ expectObservable }) => {
      expectObservable(chatCompletion$({ hooks, transport: () => NEVER }, request)).toBe('#', frames, bug);
      expectObservable(models$({ hooks, transport: () => NEVER })).toBe('#', undefined, bug);
    });
  });
});

describe('the hooks for output, usage and completion', () => {
  const limits = { 'x-request-id': 'req_1', 'x-ratelimit-remaining-requests': '9' };
  const rateLimit = { requests: { limit: null, remaining: 9, resetMs: null }, tokens: null };
  const usage = (completion: number) => ({
    prompt_tokens: 1,
    completion_tokens: completion,
    total_tokens: completion + 1,
  });

  it('run before the values that they report, once for the first output', () => {
    const log: unknown[] = [];
    marbles(({ cold, flush }) => {
      const transport = () =>
        cold('-H-r-a-b-f-u-D|', {
          H: { status: 200, headers: { 'content-type': 'text/event-stream', ...limits } },
          r: bytesOf({ choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] }),
          a: bytesOf(textChunk('Hel')),
          b: bytesOf(textChunk('lo')),
          f: bytesOf(finishChunk('stop')),
          u: bytesOf(usageChunk(1, 2)),
          D: bytesOf(doneFrame()),
        });
      chatCompletion$({ transport, hooks: logged(log) }, request).subscribe(() => log.push('value'));
      flush();
    });
    expect(log).toMatchObject([
      'value',
      ['first'],
      'value',
      'value',
      'value',
      ['usage', usage(2)],
      'value',
      ['complete', { finishReasons: ['stop'], usage: usage(2), requestId: 'req_1', rateLimit }],
    ]);
  });

  it('receive the finish reasons by choice, and the last of several usages', () => {
    const log: unknown[] = [];
    const chunks = [
      { choices: [{ index: 1, delta: {}, finish_reason: 'length' }], usage: usage(1) },
      { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: usage(2) },
      { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
    ].map((chunk) => rawBytesOf(`data: ${JSON.stringify(chunk)}\n\n`));
    const transport = () => of(head200, ...chunks, bytesOf(doneFrame()));
    chatCompletion$({ transport, hooks: logged(log) }, { ...request, n: 2 }).subscribe();
    expect(log).toEqual([
      ['usage', usage(1)],
      ['usage', usage(2)],
      [
        'complete',
        { finishReasons: ['tool_calls', 'length'], usage: usage(2), requestId: null, rateLimit: null },
      ],
    ]);
  });

  it('run for an answer that is not streamed, but for its first output', () => {
    const log: unknown[] = [];
    const transport = scriptedTransport({ parts: ['Hello'], usage: [1, 2] });
    completion$({ transport, hooks: logged(log) }, request).subscribe(() => log.push('value'));
    expect(log).toMatchObject([
      ['usage', usage(2)],
      'value',
      ['complete', { finishReasons: ['stop'], usage: usage(2) }],
    ]);
  });

  it('receive the usage of embeddings, and nothing of a list of models', () => {
    const log: unknown[] = [];
    const answering = (json: unknown) => () =>
      of(responseHead(200, { 'content-type': 'application/json' }), rawBytesOf(JSON.stringify(json)));
    const embeddings = { data: [{ index: 0, embedding: [1] }], usage: { prompt_tokens: 3, total_tokens: 3 } };
    embeddings$(
      { transport: answering(embeddings), hooks: logged(log) },
      { model: 'e', input: 'x' },
    ).subscribe();
    models$({ transport: answering({ data: [] }), hooks: logged(log) }).subscribe();
    const nothing = { finishReasons: [], requestId: null, rateLimit: null };
    expect(log).toEqual([
      ['usage', embeddings.usage],
      ['complete', { ...nothing, usage: embeddings.usage }],
      ['complete', { ...nothing, usage: null }],
    ]);
  });

  it('have received the usage of a call that fails after it', () => {
    const log: unknown[] = [];
    const transport = () => of(head200, bytesOf(textChunk('Hel')), bytesOf(usageChunk(1, 2)));
    chatCompletion$({ transport, hooks: logged(log) }, request).subscribe(ignored);
    expect(log).toMatchObject([['first'], ['usage', usage(2)], ['error', 'TruncatedError']]);
  });

  it.each(['onFirstOutput', 'onUsage', 'onComplete'])(
    'end the call with the value that %s throws',
    (hook) => {
      const bug = new RangeError('a bug in a hook');
      const onAbort = jest.fn();
      const hooks = {
        onAbort,
        [hook]: () => {
          throw bug;
        },
      };
      const errors: unknown[] = [];
      const transport = scriptedTransport('Hello');
      chatCompletion$({ hooks, transport }, request).subscribe({
        error: (error: unknown) => errors.push(error),
      });
      expect(errors).toEqual([bug]);
      expect(onAbort).not.toHaveBeenCalled();
    },
  );

  it('accept no misspelt hook, in a function with its return type', () => {
    const configs: readonly ChatConfig[] = [
      // @ts-expect-error: onComplete
      { hooks: { onHead: () => undefined, onComplet: () => undefined } },
      // @ts-expect-error: onComplete
      { hooks: (): ChatHooks => ({ onHead: () => undefined, onComplet: () => undefined }) },
      {
        hooks: ({ model }) =>
          model === null ? undefined : { onHead: ({ status }) => void status.toFixed() },
      },
    ];
    expect(configs).toHaveLength(3);
  });

  it.each<readonly [string, unknown, string]>([
    ['text', { onError: 'log' }, 'hooks.onError must be a function'],
    ['a number, of a function', () => ({ onUsage: 1 }), 'hooks.onUsage must be a function'],
    ['no hooks, of a function', () => 'hooks', 'hooks must be an object or a function'],
    ['a list, of a function', () => [jest.fn()], 'hooks must be an object or a function'],
    ['a map', () => new Map(), 'hooks must be an object or a function'],
    ['a promise, of an async function', () => Promise.resolve({}), 'hooks must be an object or a function'],
  ])('that are %s are a RequestError before the request', (_, hooks, message) => {
    const transport = jest.fn(() => EMPTY);
    const failed = jest.fn();
    const config = { transport, hooks: hooks as ChatConfig['hooks'] };
    chatCompletion$(config, request).subscribe({ error: failed });
    expect(failed.mock.calls).toEqual([[new RequestError(message)]]);
    expect(transport).not.toHaveBeenCalled();
  });

  it.each([null, undefined])('that are %j are none', (hook) => {
    const complete = jest.fn();
    const hooks = { onUsage: hook, onComplete: hook } as unknown as ChatHooks;
    for (const each of [hooks, () => hooks, () => hook as never])
      chatCompletion$({ hooks: each, transport: scriptedTransport('Hi') }, request).subscribe({ complete });
    expect(complete).toHaveBeenCalledTimes(3);
  });

  it('receive no secret, which a server may repeat in its headers', () => {
    const key = 'sk-abcdefgh12345678';
    const received: unknown[] = [];
    const add = (value: unknown): void => void received.push(value);
    const head = {
      status: 200,
      headers: { 'content-type': 'text/event-stream', 'x-request-id': key, 'x-echo': `Bearer ${key}` },
    };
    const hooks = (info: CallInfo): ChatHooks => {
      add(info);
      return { onRequest: add, onHead: add, onComplete: add };
    };
    const transport = () => of(head, bytesOf(finishChunk('stop'), doneFrame()));
    chatCompletion$({ apiKey: key, hooks, transport }, { ...request, extra: { api_key: key } }).subscribe();
    expect(received).toHaveLength(4);
    expect(JSON.stringify(received)).not.toContain(key);
    expect(received[3]).toMatchObject({ requestId: '***' });
  });

  it('may be an instance of a class', () => {
    class Meter implements ChatHooks {
      tokens = 0;
      onUsage({ total_tokens }: { readonly total_tokens?: number | null }): void {
        this.tokens += total_tokens ?? 0;
      }
    }
    const hooks = new Meter();
    chatCompletion$(
      { hooks, transport: scriptedTransport({ parts: ['Hi'], usage: [2, 3] }) },
      request,
    ).subscribe();
    expect(hooks.tokens).toBe(5);
  });

  it('add no operator to a call without them', () => {
    const addValue = jest.fn();
    const hooks: ChatHooks = { onHead: jest.fn() };
    expect(tapHooks(hooks, new CallReport(hooks, asyncScheduler), addValue)(NEVER)).toBe(NEVER);
  });
});
