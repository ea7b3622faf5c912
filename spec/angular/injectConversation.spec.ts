import { appOf } from './injector';

import {
  createEnvironmentInjector,
  EnvironmentInjector,
  inject,
  resourceFromSnapshots,
  runInInjectionContext,
  signal,
} from '@angular/core';
import * as t from 'io-ts';
import { asyncScheduler, map, throwError, timer, VirtualTimeScheduler } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';

import {
  historyOf,
  injectConversation,
  provideChatCompletions,
  type Conversation,
  type ConversationOptions,
  type ConversationRequest,
} from '../../lib/angular';
import type { ChatConfig } from '../../lib/call/config';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import { scriptedTransport } from '../../lib/testing';
import { emptyRun } from '../../lib/tools/RunState';
import type { ToolStep } from '../../lib/tools/events';
import type { StepRequest } from '../../lib/tools/RunToolsOptions';
import { tool, type AnyTool } from '../../lib/tools/tool';
import { conversation, slow, weather } from './conversationApp';

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

  it('regenerates an earlier answer, and leaves everything after it on the other branch', () => {
    conversation(['One', 'Two', 'Three', 'Four'], (chat, at) => {
      chat.send('A');
      at(1_000, () => chat.send('B'));
      at(2_000, () => {
        chat.regenerate(-1);
        expect(chat.busy()).toBe(false);
        chat.regenerate(chat.messages()[1]!.id);
      });
      at(3_000, () => {
        expect(chat.messages().map(({ content }) => content)).toEqual(['A', 'Three']);
        chat.regenerate(chat.messages()[0]!.id);
      });
      at(4_000, () => {
        expect(chat.messages().map(({ content }) => content)).toEqual(['A', 'Four']);
        expect(chat.siblings(chat.messages()[1]!.id)).toHaveLength(3);
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

  it('sends the messages that the function of the request returns, and keeps those of the conversation', () => {
    const system = { role: 'system', content: 'Be brief.' } as const;
    conversation(
      ['Hello', 'Bye'],
      (chat, at, { transport }) => {
        chat.send('Hi');
        at(1_000, () => chat.send('And?'));
        at(2_000, () => {
          expect(
            transport.requests.map(({ body }) => (body as { messages: unknown }).messages),
          ).toMatchObject([
            [system, { content: 'Hi' }],
            [system, { content: 'And?' }],
          ]);
          expect(historyOf(chat.messages()).map(({ content }) => content)).toEqual([
            'Hi',
            'Hello',
            'And?',
            'Bye',
          ]);
        });
      },
      { request: (messages) => ({ model: 'any', messages: [system, ...messages.slice(-1)] }) },
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

  it.each<[string, ConversationOptions['tools']]>([
    ['a function', () => [weather]],
    ['a signal', signal([weather])],
    ['a function of an Observable, as of an MCP server', () => timer(10).pipe(map(() => [weather]))],
  ])('reads tools from %s', (_, tools) => {
    const called = { parts: [{ toolCall: { name: 'weather', arguments: { city: 'Oslo' } } }] };
    conversation(
      [called, '4°'],
      (chat, at) => {
        chat.send('Weather?');
        at(2_000, () => expect(chat.messages()).toMatchObject([{}, { status: 'done', content: '4°' }]));
      },
      { tools },
    );
  });

  it('takes the options of a run', () => {
    const called = { parts: [{ toolCall: { name: 'broken', arguments: {} } }] };
    const broken = tool({
      name: 'broken',
      input: t.type({}),
      run: () => throwError(() => new Error('secret')),
    });
    conversation(
      [called, called, called],
      (chat, at, { transport }) => {
        chat.send('Go');
        at(3_000, () => {
          expect(chat.branch()).toMatchObject([{}, { run: { status: 'done', reason: 'max-steps' } }]);
          expect(transport.requests).toHaveLength(2);
          expect(JSON.stringify(transport.requests)).not.toContain('secret');
        });
      },
      { tools: [broken], maxSteps: 2, onToolError: () => 'It does not work.' },
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

  it('takes options that are an instance of a class', () => {
    const transport = slow([
      { parts: [{ toolCall: { name: 'broken', arguments: {} } }] },
      { parts: [{ toolCall: { name: 'broken', arguments: {} } }] },
    ]);
    class Options implements ConversationOptions {
      readonly #called = new Set<string>();
      readonly storage = { load: () => null, save: () => throwError(() => new Error('full')) };

      get called(): readonly string[] {
        return [...this.#called].sort();
      }
      request(): ConversationRequest {
        return this.#call('request', { model: 'any' });
      }
      config(): ChatConfig {
        return this.#call('config', { transport });
      }
      tools(): readonly AnyTool[] {
        const run = () => throwError(() => new Error('out of order'));
        return this.#call('tools', [tool({ name: 'broken', input: t.type({}), run })]);
      }
      prepareStep({ request }: StepRequest): ChatRequest {
        return this.#call('prepareStep', request);
      }
      stopWhen(steps: readonly ToolStep[]): boolean {
        return this.#call('stopWhen', steps.length === 2);
      }
      onToolError(): string {
        return this.#call('onToolError', 'broken');
      }
      onStorageError(): void {
        this.#call('onStorageError', undefined);
      }
      #call<T>(name: string, value: T): T {
        this.#called.add(name);
        return value;
      }
    }
    const options = new Options();
    new TestScheduler(() => undefined).run(({ flush }) => {
      const app = appOf([provideChatCompletions({})]);
      const chat = app.run(() => injectConversation(options));
      chat.send('Go');
      flush();
      expect(chat.branch()).toMatchObject([{}, { run: { status: 'done', reason: 'stopped', error: null } }]);
      app.destroy();
    });
    const all = ['config', 'onStorageError', 'onToolError', 'prepareStep', 'request', 'stopWhen', 'tools'];
    expect(options.called).toEqual(all);
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

  it('requires an injection context', () => {
    expect(() => injectConversation({ request: { model: 'any' } })).toThrow(/injection context/);
  });
});
