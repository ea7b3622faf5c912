import { appOf } from './injector';

import {
  computed,
  createEnvironmentInjector,
  DOCUMENT,
  EnvironmentInjector,
  ErrorHandler,
  inject,
  NgZone,
  resourceFromSnapshots,
  runInInjectionContext,
  signal,
  untracked,
} from '@angular/core';
import { createWatch, type Watch } from '@angular/core/primitives/signals';
import * as t from 'io-ts';
import { asyncScheduler, Subject, VirtualTimeScheduler } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';

import {
  historyOf,
  injectConversation,
  provideChatCompletions,
  withRetry,
  type Conversation,
  type ConversationOptions,
} from '../../lib/angular';
import type { ConversationStorage } from '../../lib/conversation/ConversationStorage';
import { scriptedTransport } from '../../lib/testing';
import type { Script } from '../../lib/testing';
import { emptyRun } from '../../lib/tools/RunState';
import { tool } from '../../lib/tools/tool';

const weather = tool({
  name: 'weather',
  input: t.type({ city: t.string }),
  run: ({ city }) => [`4 in ${city}`],
});

const slow = (script: Script) => scriptedTransport(script, { delayMs: 100 });

/** Runs a conversation with a scripted model in virtual time; `at` checks it after a time in milliseconds. */
function conversation(
  script: Script,
  inside: (
    chat: ReturnType<typeof injectConversation>,
    at: (ms: number, look: () => void) => void,
    more: { transport: ReturnType<typeof slow>; destroy: () => void },
  ) => void,
  options: Partial<ConversationOptions> = {},
  platform: 'browser' | 'server' = 'browser',
): void {
  const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  let looked = 0;
  let looks = 0;
  scheduler.run(() => {
    const transport = slow(script);
    const app = appOf([provideChatCompletions({ transport }, withRetry({ policy: () => 1_000 }))], platform);
    const chat = app.run(() => injectConversation({ request: { model: 'any' }, ...options }));
    const at = (ms: number, look: () => void): void => {
      looks += 1;
      scheduler.schedule(() => {
        look();
        looked += 1;
      }, ms);
    };
    inside(chat, at, { transport, destroy: app.destroy });
  });
  expect(looked).toBe(looks);
}

describe('injectConversation', () => {
  it('shows the messages, and the answer as it streams', () => {
    conversation('Hello there', (chat, at, { transport }) => {
      expect(chat.status()).toBe('idle');
      chat.send('Hi');
      expect(chat.status()).toBe('waiting');
      expect(chat.busy()).toBe(true);
      at(150, () => expect([chat.status(), chat.content()]).toEqual(['streaming', 'Hello']));
      at(2_000, () => {
        expect(chat.status()).toBe('done');
        expect(chat.busy()).toBe(false);
        expect(chat.messages()).toMatchObject([
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content: 'Hello there', status: 'done', metrics: { end: 'done' } },
        ]);
        expect(chat.metrics()?.firstTokenMs).toBe(100);
        chat.send('And?');
      });
      at(4_000, () =>
        expect(transport.requests[1]?.body).toMatchObject({
          messages: [
            { role: 'user', content: 'Hi' },
            { role: 'assistant', content: 'Hello there' },
            { role: 'user', content: 'And?' },
          ],
        }),
      );
    });
  });

  it('keeps the text of a stopped answer, and aborts the request', () => {
    conversation('Hello there', (chat, at, { transport }) => {
      chat.send('Hi');
      at(150, () => {
        chat.stop();
        expect([chat.status(), chat.content()]).toEqual(['stopped', 'Hello']);
        expect(chat.metrics()?.end).toBe('stopped');
        expect(transport.requests[0]?.aborted).toBe(true);
      });
      at(2_000, () => expect(chat.content()).toBe('Hello'));
    });
  });

  it('keeps the text of a failed answer', () => {
    conversation({ parts: ['Hello ', { cut: 'socket' }] }, (chat, at) => {
      chat.send('Hi');
      at(2_000, () => {
        expect([chat.status(), chat.content()]).toEqual(['failed', 'Hello ']);
        expect(chat.error()).toMatchObject({ _tag: 'ConnectionError' });
      });
    });
  });

  it('counts down to a retry, and sends at once on regenerate', () => {
    conversation([{ status: 429 }, { status: 429 }, 'Hello'], (chat, at, { transport }) => {
      chat.send('Hi');
      at(300, () => {
        expect(chat.status()).toBe('waiting');
        expect(chat.retry()).toMatchObject({ retry: 1, error: { status: 429 } });
        expect(chat.retryIn()).toBeGreaterThan(500);
      });
      at(700, () => expect(chat.retryIn()).toBeLessThanOrEqual(500));
      at(1_300, () => {
        expect(chat.retry()?.retry).toBe(2);
        chat.regenerate();
        expect(chat.retry()).toBeNull();
      });
      at(3_000, () => {
        expect(chat.content()).toBe('Hello');
        expect(transport.requests).toHaveLength(3);
      });
    });
  });

  it('counts down by the clock, and no longer than the wait, however late its timers fire', () => {
    // As in a hidden tab: the clock is right, but timers fire late.
    const late = new VirtualTimeScheduler();
    late.now = () => asyncScheduler.now();
    const tick = (): void => {
      late.maxFrames += 250;
      late.flush();
    };
    late.maxFrames = -250;
    conversation(
      [{ status: 429 }, 'Hello there'],
      (chat, at) => {
        chat.send('Hi');
        at(300, () => {
          tick();
          expect(chat.retryIn()).toBeGreaterThan(600);
        });
        at(900, () => {
          tick();
          expect(chat.retryIn()).toBeLessThan(300);
          expect(chat.retry()?.retry).toBe(1);
        });
        at(1_150, () => {
          expect(chat.content()).toBe('Hello');
          expect([chat.retry(), chat.retryIn()]).toEqual([null, null]);
        });
      },
      { scheduler: late },
    );
  });

  it('cancels a retry when it is stopped', () => {
    conversation([{ status: 429 }], (chat, at, { transport }) => {
      chat.send('Hi');
      at(300, () => {
        chat.stop();
        expect(chat.retryIn()).toBeNull();
        expect(chat.status()).toBe('stopped');
      });
      at(5_000, () => expect(transport.requests).toHaveLength(1));
    });
  });

  it('stops an answer when a message is sent', () => {
    conversation('Hello there', (chat, at) => {
      chat.send('Hi');
      at(150, () => chat.send('Stop!'));
      at(3_000, () =>
        expect(chat.messages()).toMatchObject([
          { content: 'Hi' },
          { content: 'Hello', status: 'stopped' },
          { content: 'Stop!' },
          { content: 'Hello there', status: 'done' },
        ]),
      );
    });
  });

  it('regenerates the last answer, beside the previous one', () => {
    conversation(['One', 'Two'], (chat, at, { transport }) => {
      chat.regenerate();
      expect(transport.requests).toEqual([]);
      chat.send('Hi');
      at(1_000, () => chat.regenerate());
      at(2_000, () => {
        expect(chat.messages().map(({ content }) => content)).toEqual(['Hi', 'Two']);
        expect(transport.requests[1]?.body).toMatchObject({ messages: [{ content: 'Hi' }] });
      });
    });
  });

  it('edits a message, and leaves everything after it on the other branch', () => {
    conversation(['One', 'Two', 'Three'], (chat, at) => {
      chat.send('A');
      at(1_000, () => chat.send('B'));
      at(2_000, () => {
        chat.edit(chat.messages()[1]!.id, 'an answer is not to be edited');
        chat.edit(-1, 'nor what is not there');
        expect(chat.busy()).toBe(false);
        chat.edit(chat.messages()[0]!.id, 'C');
      });
      at(3_000, () => expect(chat.messages().map(({ content }) => content)).toEqual(['C', 'Three']));
    });
  });

  it('starts with the given messages, also after a reset', () => {
    const messages = [{ role: 'system', content: 'Be brief.' }] as const;
    conversation(
      'Hello',
      (chat, at, { transport }) => {
        expect([chat.status(), chat.messages().length]).toEqual(['idle', 1]);
        chat.send('Hi');
        expect(transport.requests[0]?.body).toMatchObject({ messages: [messages[0], { content: 'Hi' }] });
        at(1_000, () => {
          chat.reset();
          expect(chat.messages()).toMatchObject(messages);
          chat.reset([]);
          expect(chat.messages()).toEqual([]);
        });
      },
      { messages },
    );
  });

  it('reads the request and the config for each answer', () => {
    const model = signal('small');
    const other = slow('Hello');
    conversation(
      'Hello',
      (chat, at, { transport }) => {
        chat.send('Hi');
        at(1_000, () => {
          model.set('big');
          chat.regenerate();
        });
        at(2_000, () => {
          expect(transport.requests).toEqual([]);
          expect(other.requests.map(({ body }) => (body as { model: string }).model)).toEqual([
            'small',
            'big',
          ]);
        });
      },
      { request: () => ({ model: model() }), config: () => ({ transport: other }) },
    );
  });

  it('sends all requests of an answer to the server that was configured when it began', () => {
    const model = signal('small');
    const called = { parts: [{ toolCall: { name: 'weather', arguments: { city: 'Oslo' } } }] };
    const [first, second] = [slow([called, '4']), slow('5')];
    conversation(
      'Hello',
      (chat, at) => {
        chat.send('Weather?');
        at(50, () => model.set('big'));
        at(1_000, () => {
          expect(chat.content()).toBe('4');
          expect([first.requests.length, second.requests.length]).toEqual([2, 0]);
          chat.send('And now?');
        });
        at(2_000, () => expect(second.requests).toHaveLength(1));
      },
      {
        request: () => ({ model: model() }),
        config: () => ({ transport: model() === 'small' ? first : second }),
        tools: [weather],
      },
    );
  });

  it('sends the results of tool calls', () => {
    const weather = { parts: [{ toolCall: { name: 'weather', arguments: { city: 'Oslo' } } }] };
    conversation([weather, '4°'], (chat, at, { transport }) => {
      chat.send('Weather?');
      at(1_000, () => {
        const answer = chat.messages()[1]!;
        const id = answer.role === 'assistant' ? answer.toolCalls[0]!.id : '';
        chat.send([{ role: 'tool', tool_call_id: id, content: '{"c":4}' }]);
      });
      at(2_000, () => {
        expect(chat.content()).toBe('4°');
        expect(transport.requests[1]?.body).toMatchObject({
          messages: [{ role: 'user' }, { role: 'assistant', tool_calls: [{}] }, { role: 'tool' }],
        });
      });
    });
  });

  it('sends reasoning before a tool call back in the field it was received in', () => {
    const called = { parts: [{ reasoning: 'Ask it.' }, { toolCall: { name: 'weather', arguments: {} } }] };
    const llamaCpp = scriptedTransport([called, '4°'], { dialect: 'llama.cpp', delayMs: 100 });
    const options = { config: { transport: llamaCpp } };
    const check = (chat: Conversation, at: (ms: number, look: () => void) => void): void => {
      chat.send('Weather?');
      at(1_000, () => {
        const answer = chat.messages()[1]!;
        const id = answer.role === 'assistant' ? answer.toolCalls[0]!.id : '';
        chat.send({ role: 'tool', tool_call_id: id, content: '{"c":4}' });
      });
      at(2_000, () => {
        const { messages } = llamaCpp.requests[1]?.body as { messages: readonly object[] };
        expect(messages[1]).toMatchObject({ role: 'assistant', reasoning_content: 'Ask it.' });
        expect(messages[1]).not.toHaveProperty('reasoning');
      });
    };
    conversation('Hello', check, options);
  });

  it('runs tools, and shows their calls and results', () => {
    const called = { parts: ['Let me see.', { toolCall: { name: 'weather', arguments: { city: 'Oslo' } } }] };
    conversation(
      [called, '4°'],
      (chat, at, { transport }) => {
        chat.send('Weather?');
        at(2_000, () => {
          expect(chat.messages()).toMatchObject([
            { role: 'user' },
            {
              role: 'assistant',
              status: 'done',
              content: 'Let me see.\n\n4°',
              toolCalls: [{ name: 'weather', complete: true }],
              steps: [{ calls: [{ status: 'done', result: { right: '4 in Oslo' } }] }, {}],
            },
          ]);
          expect(transport.requests).toHaveLength(2);
          expect(historyOf(chat.messages()).map(({ role }) => role)).toEqual([
            'user',
            'assistant',
            'tool',
            'assistant',
          ]);
        });
      },
      { tools: [weather] },
    );
  });

  it.each<[string, (chat: Conversation, id: string) => void, object]>([
    ['approved', (chat, id) => chat.approve(id), { right: '4 in Oslo' }],
    ['denied', (chat, id) => chat.deny(id, 'too far'), { left: { _tag: 'ToolDenied', reason: 'too far' } }],
  ])('waits for a call to be %s', (_, decide, result) => {
    const called = { parts: [{ toolCall: { name: 'weather', arguments: { city: 'Oslo' } } }] };
    conversation(
      [called, 'Well.'],
      (chat, at) => {
        chat.send('Weather?');
        at(1_000, () => {
          expect(chat.approvals()).toMatchObject([{ name: 'weather', input: { city: 'Oslo' } }]);
          expect(chat.busy()).toBe(true);
          decide(chat, chat.approvals()[0]!.id);
        });
        at(2_000, () => {
          expect(chat.approvals()).toEqual([]);
          expect(chat.messages()[1]).toMatchObject({ status: 'done', steps: [{ calls: [{ result }] }, {}] });
        });
      },
      { tools: [{ ...weather, needsApproval: true }] },
    );
  });

  it('keeps answers and messages as siblings, and goes back to them', () => {
    conversation(['One', 'Two', 'Three'], (chat, at) => {
      const texts = (): readonly string[] => chat.messages().map(({ content }) => content);
      chat.send('A');
      at(1_000, () => chat.regenerate());
      at(2_000, () => chat.edit(1, 'B'));
      at(3_000, () => {
        expect(texts()).toEqual(['B', 'Three']);
        expect(chat.siblings(chat.messages()[0]!.id)).toEqual([1, 4]);
        chat.select(1);
        expect(texts()).toEqual(['A', 'Two']);
        expect(chat.siblings(3)).toEqual([2, 3]);
        chat.select(2);
        expect(texts()).toEqual(['A', 'One']);
        expect(chat.branch().map(({ id }) => id)).toEqual(['1', '2']);
      });
    });
  });

  it('is busy while an answer streams on another branch, and stops it', () => {
    conversation(['One', 'Two there'], (chat, at, { transport }) => {
      chat.send('A');
      at(1_000, () => chat.regenerate());
      at(1_150, () => {
        chat.select(2);
        expect([chat.content(), chat.status(), chat.busy()]).toEqual(['One', 'done', true]);
        chat.stop();
        expect(chat.busy()).toBe(false);
        expect(transport.requests[1]?.aborted).toBe(true);
      });
    });
  });

  it('keeps what a view shows while an answer streams on another branch', () => {
    conversation(['One', 'Two or three words'], (chat, at) => {
      chat.send('A');
      at(1_000, () => chat.regenerate());
      at(1_150, () => {
        chat.select(2);
        const shown = [chat.branch(), chat.messages(), chat.approvals()];
        at(200, () => {
          expect(chat.busy()).toBe(true);
          expect([chat.branch(), chat.messages(), chat.approvals()]).toEqual(shown);
          expect(chat.branch()).toBe(shown[0]);
          expect(chat.messages()).toBe(shown[1]);
          expect(chat.approvals()).toBe(shown[2]);
        });
      });
    });
  });

  const stopped = {
    1: { kind: 'user', id: '1', parent: null, message: { role: 'user', content: 'B' } },
    2: { kind: 'assistant', id: '2', parent: '1', run: { ...emptyRun, status: 'stopped' }, metrics: null },
  };

  it('restores what it saved, branches included, and leaves a conversation at JSON of something else', () => {
    conversation(['One', 'Two'], (chat, at) => {
      chat.send('A');
      at(1_000, () => chat.regenerate());
      at(2_000, () => {
        const saved = JSON.stringify(chat.save());
        chat.reset();
        // Of another conversation, with the same id.
        chat.restore({ ...chat.save(), turns: stopped, head: '2' });
        expect(chat.messages()).toMatchObject([{ content: 'B' }, { finishReason: null, status: 'stopped' }]);
        chat.reset();
        expect(chat.restore({ v: 2 })).toMatchObject({ _tag: 'Left', left: { _tag: 'SchemaMismatch' } });
        expect(chat.messages()).toEqual([]);
        chat.restore(JSON.parse(saved));
        expect(chat.messages()).toMatchObject([
          { content: 'A' },
          { content: 'Two', status: 'done', metrics: { end: 'done' }, finishReason: 'stop' },
        ]);
        expect(chat.siblings(chat.messages()[1]!.id)).toHaveLength(2);
      });
    });
  });

  it('aborts the answer when its question is edited', () => {
    conversation(['One', 'Two there', 'Three'], (chat, at, { transport }) => {
      chat.send('A');
      at(1_000, () => chat.send('B'));
      at(1_150, () => {
        expect(chat.status()).toBe('streaming');
        chat.edit(chat.messages()[2]!.id, 'C');
        expect(transport.requests[1]?.aborted).toBe(true);
      });
      at(3_000, () => {
        expect(chat.messages().map(({ content }) => content)).toEqual(['A', 'One', 'C', 'Three']);
        expect(transport.requests[2]?.body).toMatchObject({
          messages: [{ content: 'A' }, { content: 'One' }, { content: 'C' }],
        });
      });
    });
  });

  it('edits with a message that has an image, and ignores an unknown id', () => {
    const content = [
      { type: 'text', text: 'And this?' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
    ] as const;
    conversation('Hello there', (chat, at, { transport }) => {
      chat.send('What is this?');
      at(150, () => {
        chat.edit(-1, 'nothing is there');
        expect(chat.status()).toBe('streaming');
        chat.edit(chat.messages()[0]!.id, { role: 'user', content });
        expect(chat.messages()[0]?.content).toBe('And this?');
        expect(transport.requests[1]?.body).toMatchObject({ messages: [{ content }] });
      });
    });
  });

  it('regenerates after a failure without the partial answer', () => {
    conversation([{ parts: ['Hel', { cut: 'socket' }] }, 'Hello'], (chat, at, { transport }) => {
      chat.send('Hi');
      at(1_000, () => {
        expect([chat.status(), chat.content()]).toEqual(['failed', 'Hel']);
        chat.regenerate();
        expect([chat.status(), chat.content(), chat.error()]).toEqual(['waiting', '', null]);
      });
      at(2_000, () => {
        expect([chat.status(), chat.content()]).toEqual(['done', 'Hello']);
        expect(transport.requests[1]?.body).toEqual(transport.requests[0]?.body);
      });
    });
  });

  it('sends the partial answer when the conversation continues after a failure', () => {
    conversation([{ parts: ['Hel', { cut: 'socket' }] }, 'Hello'], (chat, at, { transport }) => {
      chat.send('Hi');
      at(1_000, () => chat.send('Go on'));
      at(2_000, () =>
        expect(transport.requests[1]?.body).toMatchObject({
          messages: [{ content: 'Hi' }, { role: 'assistant', content: 'Hel' }, { content: 'Go on' }],
        }),
      );
    });
  });

  it('does not regenerate without a user message', () => {
    conversation(
      'Hello',
      (chat, at, { transport }) => {
        chat.regenerate();
        expect(chat.status()).toBe('idle');
        at(1_000, () => expect(transport.requests).toEqual([]));
      },
      { messages: [{ role: 'system', content: 'Be brief.' }] },
    );
  });

  it('keeps unchanged entries as the same objects', () => {
    conversation('Hello there', (chat, at) => {
      chat.send('Hi');
      const [question] = chat.messages();
      at(2_000, () => {
        const [same, answer] = chat.messages();
        expect(same).toBe(question);
        chat.send('And?');
        expect(chat.messages().slice(0, 2)).toEqual([question, answer]);
        expect(chat.messages()[1]).toBe(answer);
      });
    });
  });

  it('fails the answer when the `chunks` operator throws, and can regenerate', () => {
    let broken = true;
    conversation(
      'Hello',
      (chat, at) => {
        chat.send('Hi');
        at(500, () => {
          expect(chat.error()?.message).toBe('no such operator');
          broken = false;
          chat.regenerate();
        });
        at(1_000, () => expect([chat.status(), chat.content()]).toEqual(['done', 'Hello']));
      },
      {
        chunks: (decoded$) => {
          if (broken) throw new Error('no such operator');
          return decoded$;
        },
      },
    );
  });

  it('stops when its injector is destroyed, keeps its text, and sends nothing more', () => {
    conversation('Hello there', (chat, at, { transport, destroy }) => {
      chat.send('Hi');
      at(150, () => {
        destroy();
        expect([chat.status(), chat.content()]).toEqual(['stopped', 'Hello']);
        expect(transport.requests[0]?.aborted).toBe(true);
        chat.send('Still there?');
        expect(transport.requests).toHaveLength(1);
      });
    });
  });

  it('in a service, survives the view that started it', () => {
    conversation('Hello there', (_, at) => {
      const transport = slow('Hello there');
      const app = appOf([provideChatCompletions({ transport })]);
      const service = app.run(() => injectConversation({ request: { model: 'any' } }));
      const view = createEnvironmentInjector(
        [],
        app.run(() => inject(EnvironmentInjector)),
      );
      // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- of Angular's own making
      runInInjectionContext(view, () => service.send('Hi'));
      at(150, () => {
        view.destroy();
        expect([service.status(), service.content()]).toEqual(['streaming', 'Hello']);
      });
      at(1_000, () => {
        expect([service.status(), service.content()]).toEqual(['done', 'Hello there']);
        service.send('More');
      });
      at(1_150, () => {
        app.destroy();
        expect(transport.requests.map(({ aborted }) => aborted)).toEqual([false, true]);
      });
    });
  });

  it('sends nothing during server-side rendering', () => {
    conversation(
      'Hello',
      (chat, at, { transport }) => {
        chat.send('Hi');
        chat.regenerate();
        expect(chat.status()).toBe('idle');
        at(1_000, () => expect(transport.requests).toEqual([]));
      },
      {},
      'server',
    );
  });

  it('does not rerun an effect that sends while the answer streams', () => {
    const question = signal('Hi');
    conversation('Hello there', (chat, at, { transport }) => {
      const send = jest.fn(() => chat.send(question()));
      const dirty: Watch[] = [];
      const effect = createWatch(send, (watch) => dirty.push(watch), true);
      effect.run();
      at(1_000, () => expect([chat.status(), dirty]).toEqual(['done', []]));
      at(1_100, () => {
        question.set('And?');
        for (const watch of dirty) watch.run();
      });
      at(2_000, () => {
        expect(send).toHaveBeenCalledTimes(2);
        expect(transport.requests).toHaveLength(2);
      });
    });
  });

  it.each<[string, (chat: Conversation) => void]>([
    ['regenerate', (chat) => chat.regenerate()],
    ['edit', (chat) => chat.edit(chat.messages()[0]!.id, 'Else')],
    ['stop', (chat) => chat.stop()],
    ['reset', (chat) => chat.reset()],
  ])('is not a dependency of an effect that calls %s', (_, act) => {
    conversation('Hello there', (chat, at) => {
      chat.send('Hi');
      const dirty: Watch[] = [];
      const effect = createWatch(
        () => act({ ...chat, messages: signal(untracked(chat.messages)) }),
        (watch) => dirty.push(watch),
        true,
      );
      effect.run();
      at(2_000, () => expect(dirty).toEqual([]));
    });
  });

  describe("in an app with Angular's zone", () => {
    /** A zone that knows whether code runs outside of it, and a transport that records that. */
    function zoneApp(script: Script) {
      let depth = 0;
      const runOutsideAngular = <T>(work: () => T): T => {
        depth += 1;
        try {
          return work();
        } finally {
          depth -= 1;
        }
      };
      const isOutside = (): boolean => depth > 0;
      const transport = scriptedTransport(script);
      const requests: boolean[] = [];
      const app = appOf([
        { provide: NgZone, useValue: { runOutsideAngular } },
        provideChatCompletions({
          transport: (request) => {
            requests.push(isOutside());
            return transport(request);
          },
        }),
      ]);
      return { app, isOutside, requests };
    }
    const called = { parts: [{ toolCall: { id: 'call-1', name: 'weather', arguments: { city: 'Oslo' } } }] };

    it('sends each request outside of it, also after an approval', () => {
      const { app, requests } = zoneApp([called, 'Well.']);
      const tools = [{ ...weather, needsApproval: true }];
      const chat = app.run(() => injectConversation({ request: { model: 'any' }, tools }));
      chat.send('Weather?');
      chat.approve('call-1');
      expect(chat.content()).toBe('Well.');
      expect(requests).toEqual([true, true]);
    });

    it('sends a request outside of it after a tool whose result comes from inside', () => {
      const { app, requests } = zoneApp([called, 'Well.']);
      const dialog$ = new Subject<string>();
      const tools = [{ ...weather, run: () => dialog$ }];
      const chat = app.run(() => injectConversation({ request: { model: 'any' }, tools }));
      chat.send('Weather?');
      dialog$.next('4');
      dialog$.complete();
      expect(chat.content()).toBe('Well.');
      expect(requests).toEqual([true, true]);
    });

    it('reads and writes the storage outside of it', () => {
      const { app, isOutside } = zoneApp('Hello');
      const calls: boolean[] = [];
      const storage: ConversationStorage = {
        load: () => {
          calls.push(isOutside());
          return null;
        },
        save: () => void calls.push(isOutside()),
      };
      const chat = app.run(() => injectConversation({ request: { model: 'any' }, storage }));
      chat.send('Hi');
      chat.open({ ...storage });
      app.destroy();
      expect(calls).toEqual([true, true, true, true]);
    });
  });

  it('reports a chunk that cannot be decoded to onChunkError, and continues', () => {
    const onChunkError = jest.fn();
    conversation(
      { parts: ['Hel', { bad: 'json' }, 'lo'] },
      (chat, at) => {
        chat.send('Hi');
        at(2_000, () => {
          expect([chat.status(), chat.content()]).toEqual(['done', 'Hello']);
          expect(onChunkError).toHaveBeenCalledTimes(1);
        });
      },
      { onChunkError },
    );
  });

  it('fails the answer when a function of its options throws, and can regenerate', () => {
    let broken = true;
    const request = () => {
      if (broken) throw new Error('no model was chosen');
      return { model: 'any' };
    };
    conversation(
      'Hello',
      (chat, at) => {
        chat.send('Hi');
        at(500, () => {
          expect(chat.error()?.message).toBe('no model was chosen');
          broken = false;
          chat.regenerate();
        });
        at(1_000, () => expect([chat.status(), chat.content()]).toEqual(['done', 'Hello']));
      },
      { request },
    );
  });

  it('feeds a resource that loads while the text grows, and keeps it at a failure', () => {
    conversation({ parts: ['Hel', 'lo', { cut: 'socket' }] }, (chat, at) => {
      const answer = resourceFromSnapshots<string>(() => ({
        status: chat.busy() ? 'loading' : chat.status() === 'idle' ? 'idle' : 'resolved',
        value: chat.content(),
      }));
      expect(answer.status()).toBe('idle');
      chat.send('Hi');
      at(150, () => expect([answer.status(), answer.value()]).toEqual(['loading', 'Hel']));
      at(1_000, () => expect([answer.status(), answer.value()]).toEqual(['resolved', 'Hello']));
    });
  });

  it('can be created in a computed, of which its options are no dependency', () => {
    conversation('Hello', (_, at) => {
      const stored = signal<string | null>(null);
      const app = appOf([provideChatCompletions({ transport: slow('Hello') })]);
      const storage = { load: stored, save: () => undefined };
      const created = computed(() =>
        app.run(() => injectConversation({ request: { model: 'any' }, storage })),
      );
      const chat = created();
      chat.send('Hi');
      at(1_000, () => {
        expect(chat.content()).toBe('Hello');
        stored.set('changed');
        expect(created()).toBe(chat);
        app.destroy();
      });
    });
  });

  it('requires an injection context', () => {
    expect(() => injectConversation({ request: { model: 'any' } })).toThrow(/injection context/);
  });
});

describe('injectConversation with a storage', () => {
  /** A storage in memory. */
  const memory = (text: string | null = null) => {
    const held = { text };
    const storage: ConversationStorage = {
      load: () => held.text,
      save: (next) => void (held.text = next),
    };
    return { held, storage };
  };
  const shown = (chat: Conversation): readonly string[] =>
    chat.messages().map((entry) => `${entry.role}: ${entry.content}`);

  it('continues the stored conversation, in which an answer that was in flight is stopped', () => {
    const { held, storage } = memory();
    let closed: string | null = null;
    conversation(
      { parts: ['Hello', { stall: 5_000 }] },
      (chat, at, { destroy }) => {
        chat.send('Hi');
        at(1_500, () => {
          // As if the browser had ended here.
          closed = held.text;
          destroy();
          expect(held.text).toContain('"status":"stopped"');
        });
      },
      { storage },
    );
    expect(closed).toContain('"status":"streaming"');
    held.text = closed;
    conversation(
      'Still here',
      (chat, at, { transport }) => {
        expect(shown(chat)).toEqual(['user: Hi', 'assistant: Hello']);
        expect(chat.status()).toBe('stopped');
        chat.send('There?');
        at(2_000, () => {
          expect(transport.requests[0]?.body).toMatchObject({
            messages: [{}, { content: 'Hello' }, { content: 'There?' }],
          });
          expect(held.text).toContain('Still here');
        });
      },
      { storage },
    );
  });

  it('starts with the messages of the options if the storage is empty, and does not save them alone', () => {
    const { held, storage } = memory();
    const messages = [{ role: 'system', content: 'Be brief.' }] as const;
    conversation(
      'Hello',
      (chat, at) => {
        expect(shown(chat)).toEqual(['system: Be brief.']);
        at(2_000, () => expect(held.text).toBeNull());
      },
      { storage, messages },
    );
  });

  it('opens another storage: stops and saves the one, and continues the other', () => {
    const first = memory();
    const second = memory();
    conversation(
      'Hello there',
      (chat, at, { transport }) => {
        chat.send('One');
        at(150, () => {
          chat.open(second.storage);
          expect(transport.requests[0]?.aborted).toBe(true);
          expect(first.held.text).toContain('Hello');
          expect(shown(chat)).toEqual([]);
          chat.send('Two');
        });
        at(2_000, () => {
          expect(second.held.text).toContain('Hello there');
          chat.open(first.storage);
          expect(shown(chat)).toEqual(['user: One', 'assistant: Hello']);
          chat.open(null);
          expect(shown(chat)).toEqual([]);
          chat.send('Three');
        });
        at(4_000, () => {
          expect(chat.status()).toBe('done');
          expect(first.held.text).not.toContain('Three');
          expect(second.held.text).not.toContain('Three');
        });
      },
      { storage: first.storage },
    );
  });

  it('reports a full storage, and a change by another tab, and continues', () => {
    const { held, storage } = memory();
    const onStorageError = jest.fn();
    let isFull = true;
    const save: ConversationStorage['save'] = (text) => {
      if (isFull) throw new Error('QuotaExceededError');
      return storage.save(text);
    };
    conversation(
      'Hello',
      (chat, at) => {
        chat.send('Hi');
        at(1_500, () => {
          expect(onStorageError.mock.lastCall).toMatchObject([{ message: 'QuotaExceededError' }]);
          isFull = false;
          chat.send('Again');
        });
        at(4_000, () => {
          expect(held.text).toContain('Again');
          held.text = 'of another tab';
          chat.send('More');
        });
        at(8_000, () => {
          expect(onStorageError.mock.lastCall).toMatchObject([{ _tag: 'StorageConflict' }]);
          expect(held.text).toBe('of another tab');
          expect(chat.status()).toBe('done');
        });
      },
      { storage: { ...storage, save }, onStorageError },
    );
  });

  it("reports to the app's ErrorHandler by default, and saves when the page is hidden", () => {
    const page = Object.assign(new EventTarget(), { defaultView: new EventTarget() });
    const handleError = jest.fn();
    const app = appOf([
      { provide: DOCUMENT, useValue: page },
      { provide: ErrorHandler, useValue: { handleError } },
      provideChatCompletions({ transport: scriptedTransport('Hello', { delayMs: 1_000_000 }) }),
    ]);
    const { held, storage } = memory();
    const chat = app.run(() => injectConversation({ request: { model: 'any' }, storage }));
    chat.send('Hi');
    expect(held.text).toBeNull();
    page.defaultView.dispatchEvent(new Event('pagehide'));
    expect(held.text).toContain('"waiting"');
    held.text = 'not JSON';
    chat.open(storage);
    expect(handleError.mock.lastCall).toMatchObject([{ _tag: 'BadJson' }]);
    app.destroy();
    expect(held.text).toBe('not JSON');
  });

  it.each([
    ['stopped', true],
    ['failed', false],
  ])('saves an answer whose connection breaks as %s if the user leaves the page: %p', (status, isLeaving) => {
    const { held, storage } = memory();
    const window = new EventTarget();
    new TestScheduler(() => undefined).run(({ flush }) => {
      const app = appOf([
        { provide: DOCUMENT, useValue: Object.assign(new EventTarget(), { defaultView: window }) },
        provideChatCompletions({
          transport: scriptedTransport({ parts: ['Hello', { cut: 'socket' }] }, { delayMs: 100 }),
        }),
      ]);
      const chat = app.run(() => injectConversation({ request: { model: 'any' }, storage }));
      chat.send('Hi');
      if (isLeaving) window.dispatchEvent(new Event('beforeunload'));
      flush();
      expect([chat.status(), chat.content()]).toEqual([status, 'Hello']);
      window.dispatchEvent(new Event('pagehide'));
      app.destroy();
    });
    expect(held.text).toContain(`"status":"${status}"`);
  });

  it('is not read during server rendering', () => {
    const storage = { load: jest.fn(), save: jest.fn() };
    conversation(
      'Hello',
      (chat) => {
        chat.open(storage);
        expect(chat.messages()).toEqual([]);
      },
      { storage },
      'server',
    );
    expect(storage.load).not.toHaveBeenCalled();
  });
});
