import {
  concat,
  config as rx,
  finalize,
  NEVER,
  Observable,
  of,
  Subject,
  takeUntil,
  throwError,
  type Subscription,
} from 'rxjs';
import {
  bytesOf,
  doneFrame,
  finishChunk,
  head200,
  responseHead,
  scriptedTransport,
  textChunk,
  usageChunk,
} from 'rxjs-chat-completions/testing';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import type { CallInfo, ChatHooks } from '../../lib/call/ChatHooks';
import type { ChatConfig } from '../../lib/call/config';
import { ConnectionError } from '../../lib/errors';
import { orFail } from '../../lib/operators/either/orFail';
import { toChatState } from '../../lib/state/toChatState';
import type { Transport } from '../../lib/transport/transport';
import { until } from '../helpers/until';

const request = {
  ...{ model: 'any', messages: [{ role: 'user', content: 'Hi' }] as const },
  ...{ seed: 1, logit_bias: {}, stream_options: { include_usage: true } },
};
const profile = { name: 'x', ignores: ['seed'], rejects: ['logit_bias'] };
const success: Transport = () =>
  concat(
    of(head200, bytesOf(textChunk('Hel'), textChunk('lo'))),
    of(bytesOf(finishChunk('stop'), usageChunk(1, 2), doneFrame())),
  );
const failure: Transport = () => of(responseHead(500), bytesOf('{"error":"down"}'));
const endless: Transport = () => concat(of(head200, bytesOf(textChunk('Hel'))), NEVER);

/** The hooks in their order, each with a call that runs it. */
const hooks: ReadonlyArray<readonly [keyof ChatHooks, Transport]> = [
  ['onIgnored', success],
  ['onRemovedField', success],
  ['onRequest', success],
  ['onHead', success],
  ['onFirstOutput', success],
  ['onUsage', success],
  ['onComplete', success],
  ['onError', failure],
];

interface Run {
  readonly log: readonly unknown[];
  /** Subscriptions to the transport, and their ends. */
  readonly subscribed: number;
  readonly ended: number;
}

/** Runs a call with one hook that does something, and logs what its consumer and the hook onAbort receive. */
function run(
  hook: keyof ChatHooks,
  transport: Transport,
  act: (call: Subscription | undefined) => unknown,
): Run {
  const log: unknown[] = [];
  let subscribed = 0;
  let ended = 0;
  let call: Subscription | undefined;
  const counted: Transport = (sent) =>
    new Observable((subscriber) => {
      subscribed += 1;
      return transport(sent)
        .pipe(finalize(() => (ended += 1)))
        .subscribe(subscriber);
    });
  const config: ChatConfig = {
    ...{ transport: counted, profile },
    hooks: { onAbort: () => log.push('abort'), [hook]: () => act(call) },
  };
  const gated$ = new Observable<unknown>((subscriber) => {
    call = subscriber;
    subscriber.add(chatCompletion$(config, request).pipe(orFail()).subscribe(subscriber));
  });
  gated$.subscribe({
    next: () => log.push('chunk'),
    error: (error: unknown) => log.push(error),
    complete: () => log.push('complete'),
  });
  return { log, subscribed, ended };
}

describe('a hook that throws', () => {
  it.each(hooks)('ends the call with its value, once, and closes the connection: %s', (hook, transport) => {
    const bug = new RangeError('a bug in a hook');
    const { log, subscribed, ended } = run(hook, transport, () => {
      throw bug;
    });
    expect(log.filter((each) => each !== 'chunk')).toEqual([bug]);
    expect(ended).toBe(subscribed);
  });

  it('in onAbort is an unhandled error, which neither unsubscribe nor an observer receives', async () => {
    const [error, unhandled] = [jest.fn(), jest.fn()];
    const bug = new RangeError('a bug in a hook');
    const onAbort = (): never => {
      throw bug;
    };
    rx.onUnhandledError = unhandled;
    try {
      const call$ = chatCompletion$({ transport: endless, hooks: { onAbort } }, request);
      call$.subscribe({ error }).unsubscribe();
      const stop$ = new Subject<void>();
      const statuses: string[] = [];
      call$.pipe(takeUntil(stop$), toChatState()).subscribe(({ status }) => statuses.push(status));
      stop$.next();
      expect(statuses).toEqual(['waiting', 'streaming', 'stopped']);
      await until(() => unhandled.mock.calls.length === 2);
    } finally {
      rx.onUnhandledError = null;
    }
    expect(unhandled.mock.calls).toEqual([[bug], [bug]]);
    expect(error).not.toHaveBeenCalled();
  });

  it.each(hooks)('is called again by the next call: %s', (hook, transport) => {
    const act = jest.fn(() => {
      throw new RangeError('a bug in a hook');
    });
    run(hook, transport, act);
    run(hook, transport, act);
    expect(act).toHaveBeenCalledTimes(2);
  });
});

describe('a hook that unsubscribes', () => {
  it.each(hooks)('ends the call without another value: %s', (hook, transport) => {
    const { log, subscribed, ended } = run(hook, transport, (call) => call?.unsubscribe());
    expect(log.filter((each) => each !== 'chunk' && each !== 'abort')).toEqual([]);
    expect(log.filter((each) => each === 'abort').length).toBe(
      ['onComplete', 'onError'].includes(hook) ? 0 : 1,
    );
    expect(ended).toBe(subscribed);
  });
});

describe('a hook that returns a promise', () => {
  it.each(hooks)('is not awaited: %s', (hook, transport) => {
    const { log } = run(hook, transport, () => new Promise(() => undefined));
    expect(log.at(-1)).not.toBe('chunk');
    expect(log).not.toContain('abort');
  });
});

describe('a hook that starts another call', () => {
  it.each(hooks)('receives an answer, and so does the first: %s', (hook, transport) => {
    const inner: unknown[] = [];
    const { log } = run(hook, transport, () =>
      chatCompletion$({ transport: scriptedTransport('Hi') }, request).subscribe({
        complete: () => inner.push('complete'),
      }),
    );
    expect(inner).toContain('complete');
    expect(log.at(-1)).not.toBe('chunk');
  });
});

describe('concurrent calls of one config', () => {
  it('have hooks of their own, whatever order their responses have', () => {
    const log: string[] = [];
    const hooksOf = ({ model, attempt }: CallInfo): ChatHooks => ({
      onFirstOutput: () => log.push(`${model} ${attempt} first`),
      onComplete: ({ finishReasons }) => log.push(`${model} ${attempt} ${finishReasons.join()}`),
      onError: ({ _tag }) => log.push(`${model} ${attempt} ${_tag}`),
      onAbort: () => log.push(`${model} ${attempt} abort`),
    });
    const transports: Readonly<Record<string, Transport>> = {
      a: success,
      b: endless,
      c: () =>
        concat(
          of(head200, bytesOf(textChunk('x'))),
          throwError(() => new ConnectionError('cut', 'body')),
        ),
    };
    const transport: Transport = (sent) =>
      (transports[(JSON.parse(sent.body ?? '{}') as { readonly model: string }).model] ?? success)(sent);
    const calls = ['b', 'c', 'a', 'b'].map((model) =>
      chatCompletion$({ transport, hooks: hooksOf }, { ...request, model }).subscribe({
        error: () => undefined,
      }),
    );
    calls.forEach((call) => call.unsubscribe());
    expect(log).toEqual([
      'b 1 first',
      'c 1 first',
      'c 1 ConnectionError',
      'a 1 first',
      'a 1 stop',
      'b 1 first',
      'b 1 abort',
      'b 1 abort',
    ]);
  });
});
