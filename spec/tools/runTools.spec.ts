import { left, right } from 'fp-ts/Either';
import * as t from 'io-ts';
import {
  concat,
  defer,
  delay,
  EMPTY,
  filter,
  from,
  ignoreElements,
  lastValueFrom,
  map,
  NEVER,
  of,
  pipe,
  Subject,
  tap,
  throwError,
  timer,
  toArray,
  type MonoTypeOperatorFunction,
  type Observable,
  type OperatorFunction,
} from 'rxjs';
import {
  finishChunk,
  textChunk,
  toolCallChunk,
  toolCallChunks,
  usageChunk,
} from 'rxjs-chat-completions/testing';

import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import { markedChunk } from '../../lib/codec/mark';
import type { Decoded } from '../../lib/decode/decode';
import { BadJson, TruncatedError } from '../../lib/errors';
import { retryChat } from '../../lib/operators/resilience/retryChat';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import type { Message } from '../../lib/request/Message';
import { codecConversion, type InputConversion } from '../../lib/tools/InputConversion';
import { partialInputs } from '../../lib/tools/partialInputs';
import type { Verdict } from '../../lib/tools/runCalls';
import { runTools$ } from '../../lib/tools/runTools';
import type { RunToolsOptions } from '../../lib/tools/RunToolsOptions';
import type { DoneEvent, ToolEvent } from '../../lib/tools/events';
import { calledTool, repeats, usageOver } from '../../lib/tools/stopWhen';
import type { AnyTool } from '../../lib/tools/tool';
import { toRunState } from '../../lib/tools/toRunState';
import { httpError } from '../helpers/httpError';
import { marbles } from '../helpers/marbles';
import { brief, calling, faultsOf, saying, sends } from '../helpers/toolEvents';

type Chunk = Decoded<ChatCompletionChunk>;

const request: ChatRequest = { model: 'any', messages: [{ role: 'user', content: 'Hi' }] };
const w = { name: 'w', arguments: {} };
const l = { name: 'l', arguments: {} };

const taking = (name: string, run: AnyTool['run'], more: Partial<AnyTool> = {}): AnyTool => ({
  name,
  input: t.UnknownRecord,
  parameters: { type: 'object' },
  conversion: codecConversion,
  run,
  ...more,
});
const w7 = taking('w', () => of(7));
const t$ = from(saying('t'));

/** Leaves out the events of a call that is being written, which most specs are not about. */
const withoutInput = (): MonoTypeOperatorFunction<ToolEvent> => filter(({ type }) => type !== 'tool-input');
const briefly = (): OperatorFunction<ToolEvent, string> => pipe(withoutInput(), map(brief));

/** Asserts the events of a run in which nothing takes time. */
const runs = (event$: Observable<ToolEvent>, expected: readonly string[]): void => {
  marbles(({ expectObservable }) => {
    expectObservable(event$.pipe(briefly(), toArray())).toBe('(a|)', { a: expected });
  });
};

const eventsOf = (event$: Observable<ToolEvent>): Promise<ToolEvent[]> =>
  lastValueFrom(event$.pipe(withoutInput(), toArray()));
const doneOf = async (event$: Observable<ToolEvent>): Promise<DoneEvent> => {
  const event = (await eventsOf(event$)).at(-1);
  if (event?.type !== 'done') throw new Error('not done');
  return event;
};
const repliesIn = (messages: readonly Message[] | undefined): unknown[] =>
  (messages ?? []).flatMap((message) => (message.role === 'tool' ? [message.content] : []));
const callsIn = (messages: readonly Message[] | undefined): unknown[] =>
  (messages ?? []).flatMap((message) => (message.role === 'assistant' ? (message.tool_calls ?? []) : []));

/** The events between the end of the first turn and the second request. */
const afterTurn = ['ask 1', 'chunk', 'chunk', 'end 1'];
const answered = ['ask 2', 'chunk', 'chunk', 'end 2', 'answered'];

describe('runTools$', () => {
  it('runs the calls of a turn in parallel once it has ended, and sends the next request when all have results', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const [callW, callL, finish] = calling(w, l) as [Chunk, Chunk, Chunk];
      const [text, stop] = saying('t') as [Chunk, Chunk];
      const one$ = cold('      -w-l-f|                   ', { w: callW, l: callL, f: finish });
      const runL$ = cold('           -----0-5-9|         ');
      const runW$ = cold('           -----------7|       ');
      const whileL = '         ------^---------!         ';
      const whileW = '         ------^-----------!       ';
      const two$ = cold('                        -----t-f|', { t: text, f: stop });
      const whileTwo = '       ------------------^-------!';
      const expected = '       sc-c-c(eWL)0-5-9R7(Qs)-c-c(nD|)';
      const values = {
        s: 'ask 1',
        c: 'chunk',
        e: 'end 1',
        W: 'w?',
        L: 'l?',
        R: 'l = 9',
        Q: 'w = 7',
        n: 'end 2',
        D: 'answered',
      };
      const progress = { 0: 'l: 0', 5: 'l: 5', 9: 'l: 9', 7: 'w: 7' };
      const event$ = runTools$(sends(one$, two$), request, [
        taking('w', () => runW$),
        taking('l', () => runL$),
      ]);
      expectObservable(
        event$.pipe(
          withoutInput(),
          map((event) => (event.type === 'step-start' ? 'ask' : brief(event))),
        ),
      ).toBe(expected, { ...values, ...progress, s: 'ask' });
      expectSubscriptions(runL$.subscriptions).toBe(whileL);
      expectSubscriptions(runW$.subscriptions).toBe(whileW);
      expectSubscriptions(two$.subscriptions).toBe(whileTwo);
    });
  });

  it('does nothing before it is subscribed to, and starts again for each subscription', async () => {
    const send = sends(of(...calling(w)), t$, of(...calling(w)), t$);
    const run$ = runTools$(send, request, [w7]);
    expect(send.requests).toHaveLength(0);
    await lastValueFrom(run$);
    await lastValueFrom(run$);
    expect(send.requests.map(({ messages }) => messages.length)).toEqual([1, 3, 1, 3]);
  });

  it('ends tools and approvals in the tick in which it is unsubscribed from', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const run$ = cold('       ----------|');
      const approval$ = cold('  -----------', { y: true });
      const unsub = '           ----!      ';
      const whileOpen = '       ^---!      ';
      const tools = [taking('w', () => run$), taking('l', () => of(1), { needsApproval: true })];
      const event$ = runTools$(sends(of(...calling(w, l))), request, tools, { approve: () => approval$ });
      expectObservable(
        event$.pipe(
          withoutInput(),
          map(() => 'x'),
        ),
        unsub,
      ).toBe('(xxxxxxxx)', { x: 'x' });
      expectSubscriptions(run$.subscriptions).toBe(whileOpen);
      expectSubscriptions(approval$.subscriptions).toBe(whileOpen);
    });
  });

  it('ends a request in the tick in which it is unsubscribed from', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const answer$ = cold('    ----------|');
      const unsub = '           ----!      ';
      const whileOpen = '       ^---!      ';
      expectObservable(runTools$(sends(answer$ as never), request, []).pipe(briefly()), unsub).toBe('a', {
        a: 'ask 1',
      });
      expectSubscriptions(answer$.subscriptions).toBe(whileOpen);
    });
  });

  it('aborts the signal of a tool only if it is unsubscribed from', async () => {
    const signals: AbortSignal[] = [];
    const slow = taking('w', (_, { signal }) => (signals.push(signal), NEVER));
    const quick = taking('l', (_, { signal }) => (signals.push(signal), [1]));
    runTools$(sends(of(...calling(l, w))), request, [slow, quick])
      .subscribe()
      .unsubscribe();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
    await lastValueFrom(runTools$(sends(of(...calling(l)), t$), request, [quick]));
    expect(signals[2]?.aborted).toBe(false);
  });

  it('emits nothing after it is unsubscribed from, whatever a tool does', async () => {
    const got: string[] = [];
    let late = (): void => undefined;
    const stubborn = taking('w', () => new Promise<number>((resolve) => (late = () => resolve(7))));
    const run = runTools$(sends(of(...calling(w))), request, [stubborn]).subscribe((event) =>
      got.push(brief(event)),
    );
    run.unsubscribe();
    const before = got.length;
    late();
    await Promise.resolve();
    expect(got).toHaveLength(before);
  });

  it.each<[string, AnyTool['run'], string[]]>([
    ['an Observable', () => of(1, 2), ['w: 1', 'w: 2', 'w = 2']],
    ['a list', () => [1, 2], ['w: 1', 'w: 2', 'w = 2']],
    ['a string, which is one value', () => 'ab', ['w: ab', 'w = ab']],
    ['nothing', () => EMPTY, ['w = ']],
    [
      'a generator',
      function* () {
        yield 1;
        yield 2;
      },
      ['w: 1', 'w: 2', 'w = 2'],
    ],
  ])('takes a tool that gives %s', (_, run, results) => {
    runs(runTools$(sends(of(...calling(w)), t$), request, [taking('w', run)]), [
      ...afterTurn,
      'w?',
      ...results,
      ...answered,
    ]);
  });

  it.each<[string, AnyTool['run'], string[]]>([
    ['a promise', () => Promise.resolve(1), ['w: 1', 'w = 1']],
    [
      'an async generator',
      async function* () {
        yield 1;
        yield await Promise.resolve(2);
      },
      ['w: 1', 'w: 2', 'w = 2'],
    ],
    ['a promise that is rejected', () => Promise.reject(new Error('no')), ['w ! ToolFailed']],
  ])('takes a tool that gives %s', async (_, run, results) => {
    const events = await eventsOf(runTools$(sends(of(...calling(w)), t$), request, [taking('w', run)]));
    expect(events.map(brief)).toEqual([...afterTurn, 'w?', ...results, ...answered]);
  });

  it('replies in the order of the calls, whichever ends first', async () => {
    const slow = taking('w', () => of('slow').pipe(delay(2)));
    const send = sends(of(...calling(w, l, w)), t$);
    await lastValueFrom(runTools$(send, request, [slow, taking('l', () => of('quick'))]));
    expect(repliesIn(send.requests[1]?.messages)).toEqual(['slow', 'quick', 'slow']);
  });

  it('runs at most `concurrency` calls at a time', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const run$ = cold('--7|');
      const event$ = runTools$(sends(of(...calling(w, w, w)), t$), request, [taking('w', () => run$)], {
        concurrency: 2,
      });
      expectObservable(
        event$.pipe(
          withoutInput(),
          map(() => 0),
          toArray(),
          map(({ length }) => length),
        ),
      ).toBe('------(n|)', { n: 20 });
      expectSubscriptions(run$.subscriptions).toBe(['^--!', '^--!', '---^--!']);
    });
  });

  it('passes the call and the conversation before it to a tool', async () => {
    const seen: unknown[] = [];
    const spy = taking('w', (input, { id, step, messages }) => [
      seen.push([input, id, step, messages.length]),
    ]);
    await lastValueFrom(
      runTools$(sends(of(...calling(w)), of(...calling({ ...w, id: 'd' })), t$), request, [spy]),
    );
    expect(seen).toEqual([
      [{}, 'c0', 1, 1],
      [{}, 'd', 2, 3],
    ]);
  });
});

describe('runTools$: when a turn has ended', () => {
  const toolCall = right(toolCallChunk({ ...w, id: 'c0' }));

  it.each<[string, Chunk[]]>([
    ['tool_calls', [toolCall, right(finishChunk('tool_calls'))]],
    ['stop', [toolCall, right(finishChunk('stop'))]],
  ])('runs the calls at %s', (_, chunks) => {
    runs(runTools$(sends(of(...chunks), t$), request, [w7]), [
      ...afterTurn,
      'w?',
      'w: 7',
      'w = 7',
      ...answered,
    ]);
  });

  it.each<[string, Chunk[]]>([
    ['at length', [toolCall, right(finishChunk('length'))]],
    ['at content_filter', [toolCall, right(finishChunk('content_filter'))]],
    ['at a reason nobody knows', [toolCall, right(finishChunk('out_of_luck'))]],
    ['without a reason', [toolCall, right(markedChunk({ kind: 'ended-without-reason' }))]],
    ['that was let go of', [toolCall, right(textChunk(''))]],
  ])('runs no call of a turn %s', async (_, chunks) => {
    const send = sends(of(right(textChunk('Let me see. ')), ...chunks));
    const events = await eventsOf(runTools$(send, request, [w7]));
    expect(events.map(brief).slice(-2)).toEqual(['end 1', 'cut-off']);
    expect(events.at(-1)).toMatchObject({
      messages: [...request.messages, { role: 'assistant', content: 'Let me see. ' }],
      steps: 1,
    });
  });

  it.each([
    ['is answered at stop', saying('t'), 'answered'],
    ['is answered at a reason nobody knows', saying('t', 'enough'), 'answered'],
    [
      'is answered without a reason, if the server ended it',
      [right(textChunk('t')), right(markedChunk({ kind: 'ended-without-reason' }))],
      'answered',
    ],
    ['is cut off at length', saying('t', 'length'), 'cut-off'],
    ['is cut off where it was let go of', [right(textChunk('t'))], 'cut-off'],
  ])('%s', (_, chunks, reason) => {
    marbles(({ expectObservable }) => {
      const event$ = runTools$(sends(from(chunks)), request, [w7]).pipe(
        briefly(),
        toArray(),
        map((all) => all.at(-1)),
      );
      expectObservable(event$).toBe('(a|)', { a: reason });
    });
  });

  it('adds no message for an empty answer', async () => {
    const { messages } = await doneOf(runTools$(sends(of(right(finishChunk('stop')))), request, []));
    expect(messages).toEqual(request.messages);
  });

  it('keeps an answer of images alone', async () => {
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,' } };
    const images = right({
      choices: [{ index: 0, delta: { role: 'assistant', content: '', images: [image] } }],
    });
    const { messages } = await doneOf(runTools$(sends(of(images, right(finishChunk('stop')))), request, []));
    expect(messages).toEqual([...request.messages, { role: 'assistant', content: '', images: [image] }]);
  });

  it('sums usage over the turns, details and fields of the server included', async () => {
    const costly = right({
      choices: [],
      usage: {
        prompt_tokens: 1,
        total_tokens: 1,
        cost: 0.5,
        completion_tokens_details: { reasoning_tokens: 2 },
      },
    });
    const send = sends(
      of(...calling(w), costly),
      of(...calling(w), right(finishChunk('stop'))),
      of(...saying('t'), costly),
    );
    const { usage } = await doneOf(runTools$(send, request, [w7]));
    expect(usage).toEqual({
      prompt_tokens: 2,
      total_tokens: 2,
      cost: 1,
      completion_tokens_details: { reasoning_tokens: 4 },
    });
    expect((await doneOf(runTools$(sends(t$), request, []))).usage).toBeNull();
    const empty = of(...saying('t'), right({ choices: [], usage: {} }));
    expect((await doneOf(runTools$(sends(empty), request, []))).usage).toBeNull();
  });
});

describe('runTools$: the next request', () => {
  const echoOf = async (...chunks: ChatCompletionChunk[]): Promise<Message | undefined> => {
    const send = sends(from(chunks.map((chunk) => right(chunk))), t$);
    await lastValueFrom(runTools$(send, request, [w7]));
    expect(faultsOf(send.requests[1]?.messages ?? [])).toEqual([]);
    return send.requests[1]?.messages[1];
  };
  const deltas = (...all: object[]): ChatCompletionChunk[] => [
    ...all.map((delta): ChatCompletionChunk => ({ choices: [{ index: 0, delta }] })),
    finishChunk('tool_calls'),
  ];
  const call = { index: 0, id: 'c0', type: 'function', function: { name: 'w', arguments: '{}' } };

  it.each<[string, object, object]>([
    ['reasoning', { reasoning: 'Hm.' }, { reasoning: 'Hm.' }],
    ['reasoning_content', { reasoning_content: 'Hm.' }, { reasoning_content: 'Hm.' }],
    [
      'reasoning_details, signed',
      { reasoning_details: [{ type: 'reasoning.encrypted', data: 'x', id: 'r1' }] },
      { reasoning_details: [{ type: 'reasoning.encrypted', data: 'x', id: 'r1' }] },
    ],
    ['fields that nobody knows', { vendor: { a: 1 } }, { vendor: { a: 1 } }],
    [
      'the signature of a call',
      { tool_calls: [{ ...call, extra_content: { google: { thought_signature: 'sig' } } }] },
      {
        tool_calls: [
          {
            id: 'c0',
            type: 'function',
            function: call.function,
            extra_content: { google: { thought_signature: 'sig' } },
          },
        ],
      },
    ],
  ])('is the message as it came: %s', async (_, delta, expected) => {
    expect(await echoOf(...deltas({ tool_calls: [call], ...delta }))).toMatchObject({
      role: 'assistant',
      ...expected,
    });
  });

  it.each([
    ['that are half JSON', '{"a":'],
    ['that are none', ''],
    ['that are null', 'null'],
    ['that are a list', '[1]'],
  ])('has an object in place of arguments %s, for servers answer 400 to them', async (_, text) => {
    const message = await echoOf(
      ...deltas({ tool_calls: [{ ...call, function: { name: 'w', arguments: text } }] }),
    );
    expect(callsIn(message && [message])).toMatchObject([{ function: { arguments: '{}' } }]);
  });

  it.each([
    ['', 'w'],
    [', of an unknown tool too', 'nope'],
  ])('has the object in place of arguments in a JSON string%s', async (_, name) => {
    const text = JSON.stringify('{"a":1}');
    const message = await echoOf(
      ...deltas({ tool_calls: [{ ...call, function: { name, arguments: text } }] }),
    );
    expect(callsIn(message && [message])).toMatchObject([{ function: { arguments: '{"a":1}' } }]);
  });

  it('has it at any depth, as the model wrote it', async () => {
    const deep = `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    const { messages } = await doneOf(
      runTools$(sends(of(...calling({ ...w, arguments: JSON.stringify(deep) })), t$), request, [w7]),
    );
    expect(callsIn(messages)).toMatchObject([{ function: { arguments: deep } }]);
  });

  it('has new ids for calls without one, and for repeated ids', async () => {
    const unnamed = (id: string): Chunk[] => [
      right({
        choices: [{ delta: { tool_calls: [{ index: 0, id, function: { name: 'w', arguments: '{}' } }] } }],
      }),
      right({
        choices: [{ delta: { tool_calls: [{ index: 1, id, function: { name: 'w', arguments: '{}' } }] } }],
      }),
      right(finishChunk('tool_calls')),
    ];
    const { messages } = await doneOf(
      runTools$(sends(from(unnamed('')), from(unnamed('same')), from(unnamed('same')), t$), request, [w7]),
    );
    expect(faultsOf(messages)).toEqual([]);
    expect(callsIn(messages)).toMatchObject(
      ['call_1_0', 'call_1_1', 'same', 'call_2_1', 'call_3_0', 'call_3_1'].map((id) => ({ id })),
    );
  });

  it('reads the function_call of old models as a call', async () => {
    const message = await echoOf(...deltas({ function_call: { name: 'w', arguments: '{}' } }));
    expect(message).toMatchObject({
      tool_calls: [{ id: 'call_1_0', type: 'function', function: { name: 'w' } }],
    });
    expect(message).not.toHaveProperty('function_call');
  });

  it('has reasoning of this turn of the user only, but what is signed of all', async () => {
    const old: Message = {
      role: 'assistant',
      content: 'A.',
      reasoning: 'Hm.',
      reasoning_content: 'Hm.',
      reasoning_details: [{ type: 'x' }],
    };
    const messages: Message[] = [{ role: 'user', content: 'Q' }, old, { role: 'user', content: 'R' }];
    const send = sends(of(right({ choices: [{ delta: { reasoning: 'Now.' } }] }), ...calling(w)), t$);
    await lastValueFrom(runTools$(send, { ...request, messages }, [w7]));
    expect(send.requests[1]?.messages[1]).toEqual({
      role: 'assistant',
      content: 'A.',
      reasoning_details: [{ type: 'x' }],
    });
    expect(send.requests[1]?.messages[3]).toMatchObject({ reasoning: 'Now.' });
  });

  it('has reasoning of earlier turns beside calls, which DeepSeek and Kimi require', async () => {
    const called: Message = {
      role: 'assistant',
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'w', arguments: '{}' } }],
      reasoning_content: 'Hm.',
    };
    const reply: Message = { role: 'tool', tool_call_id: 'a', content: '7' };
    const answer: Message = { role: 'assistant', content: 'A.', reasoning_content: 'So.' };
    const messages: Message[] = [
      { role: 'user', content: 'Q' },
      called,
      reply,
      answer,
      { role: 'user', content: 'R' },
    ];
    const send = sends(t$);
    await lastValueFrom(runTools$(send, { ...request, messages }, [w7]));
    expect(send.requests[0]?.messages[1]).toBe(called);
    expect(send.requests[0]?.messages[3]).toEqual({ role: 'assistant', content: 'A.' });
  });

  it('has no reasoning before a message of the user that follows a reply, as after a run that was stopped', async () => {
    const messages: readonly Message[] = [
      ...request.messages,
      { role: 'assistant', content: 'A', reasoning: 'Hm.' },
      {
        role: 'assistant',
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'w', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c', content: '7' },
      { role: 'user', content: 'Stop.' },
    ];
    const send = sends(t$);
    await lastValueFrom(runTools$(send, { ...request, messages }, [w7]));
    expect(send.requests[0]?.messages[1]).toEqual({ role: 'assistant', content: 'A' });
  });

  it('has reasoning before the pictures of a result, which are no turn of the user', async () => {
    const camera = taking('w', () => of('x'), {
      toModel: () => [
        { type: 'text', text: 'Seen.' },
        { type: 'image_url', image_url: { url: 'data:x' } },
      ],
    });
    const thinking = (id: string): Chunk[] => [
      right({ choices: [{ delta: { reasoning: 'Hm.' } }] }),
      ...calling({ ...w, id }),
    ];
    const send = sends(from(thinking('a')), from(thinking('b')), t$);
    const { messages } = await doneOf(runTools$(send, request, [camera]));
    expect(messages.slice(1, 4)).toMatchObject([
      { role: 'assistant', reasoning: 'Hm.' },
      { role: 'tool', content: 'Seen.' },
      { role: 'user', content: [{ type: 'text' }, { type: 'image_url', image_url: { url: 'data:x' } }] },
    ]);
    expect(send.requests[2]?.messages[1]).toHaveProperty('reasoning', 'Hm.');
  });

  it.each<[string, unknown, AnyTool['toModel'], unknown]>([
    ['text as it is', 'ab', undefined, 'ab'],
    ['anything else as JSON', { a: [1] }, undefined, '{"a":[1]}'],
    ['nothing as no text', undefined, undefined, ''],
    ['in words of its own', 7, (n: number) => `${n} °C`, '7 °C'],
    ['a Map in words of its own', new Map([['a', 1]]), (all: Map<string, number>) => [...all].join(), 'a,1'],
    [
      'pictures alone by a hint',
      7,
      () => [{ type: 'image_url', image_url: { url: 'data:x' } }] as const,
      'The pictures follow.',
    ],
  ])('has %s', async (_, output, toModel, told) => {
    const send = sends(of(...calling(w)), t$);
    await lastValueFrom(runTools$(send, request, [taking('w', () => of(output), toModel && { toModel })]));
    expect(repliesIn(send.requests[1]?.messages)).toEqual([told]);
  });

  it.each<[string, () => unknown]>([
    ['an Observable in a Promise', async () => Promise.resolve(of(7))],
    ['an Observable in an Observable', () => of(of(7))],
    ['a Promise in an Observable', () => of(Promise.resolve(7))],
    ['a function in a Promise', async () => Promise.resolve(() => 7)],
    ['a Map', () => of(new Map([['a', 1]]))],
    ['a pattern', () => of(/a/)],
    ['headers', () => of(new Headers({ a: '1' }))],
    ['a Set', () => of(new Set([1]))],
    ['an error', () => of(new Error('not thrown'))],
    ['a file without an encoding', async () => Promise.resolve(Buffer.from('text'))],
    ['bytes', () => of(new Uint8Array([1, 2]))],
  ])('has no empty object and no list of numbers for what JSON does not hold: %s', async (_, run) => {
    const send = sends(of(...calling(w)), t$);
    const events = await eventsOf(runTools$(send, request, [taking('w', run as AnyTool['run'])]));
    expect(events.map(brief)).toContain('w ! ToolFailed');
    expect(repliesIn(send.requests[1]?.messages)).toEqual([
      'Error: the result has no JSON: emit plain data, or convert it with toModel',
    ]);
  });

  it.each<[string, () => unknown]>([
    ['a Promise', async () => Promise.resolve('7')],
    ['an object', () => ({ celsius: 7 })],
    ['nothing', () => undefined],
    ['a list of texts', () => ['7']],
  ])('has the mistake of a toModel that returns %s', async (_, toModel) => {
    const send = sends(of(...calling(w)), t$);
    const options = { toModel: toModel as NonNullable<AnyTool['toModel']> };
    await lastValueFrom(runTools$(send, request, [taking('w', () => of(7), options)]));
    expect(repliesIn(send.requests[1]?.messages)).toEqual([
      'Error: toModel must return a text or a list of parts',
    ]);
  });

  it.each([undefined, null])(
    'has no text for a tool that returns %p, as untyped code may',
    async (nothing) => {
      const send = sends(of(...calling(w)), t$);
      const events = await eventsOf(
        runTools$(send, request, [taking('w', (() => nothing) as unknown as AnyTool['run'])]),
      );
      expect(events.map(brief)).toContain('w = ');
      expect(repliesIn(send.requests[1]?.messages)).toEqual(['']);
    },
  );
});

describe('runTools$: the request', () => {
  const offered = ({ tools }: ChatRequest): unknown =>
    tools?.map((each) => each.type === 'function' && each.function);

  it('offers the tools beside those of the request', async () => {
    const own = { type: 'function', function: { name: 'own' } } as const;
    const weather = taking('weather', () => [], {
      input: t.type({ city: t.string }),
      parameters: undefined,
      description: 'Now.',
    });
    const send = sends(t$);
    await lastValueFrom(runTools$(send, { ...request, tools: [own] }, [weather]));
    expect(send.requests.map(offered)).toEqual([
      [
        { name: 'own' },
        {
          name: 'weather',
          description: 'Now.',
          strict: true,
          parameters: {
            type: 'object',
            properties: { city: { type: 'string' } },
            required: ['city'],
            additionalProperties: false,
          },
        },
      ],
    ]);
  });

  it('is not strict if the schema is not, and has the options of the tool', async () => {
    const send = sends(t$);
    const loose = taking('loose', () => [], {
      input: t.type({ all: t.record(t.string, t.string) }),
      parameters: undefined,
    });
    const told = taking('told', () => [], { input: t.type({}), parameters: undefined, strict: false });
    await lastValueFrom(runTools$(send, request, [loose, told, w7]));
    expect(send.requests[0] && offered(send.requests[0])).toMatchObject([
      { name: 'loose', strict: false, parameters: { properties: { all: { type: 'object' } } } },
      { name: 'told', strict: false },
      { name: 'w', strict: false, parameters: { type: 'object' } },
    ]);
  });

  it('sends no empty list of tools', async () => {
    const send = sends(t$);
    await lastValueFrom(runTools$(send, { ...request, parallel_tool_calls: false, tool_choice: 'auto' }, []));
    expect(Object.keys(send.requests[0] ?? {})).toEqual(['model', 'messages']);
  });

  it.each<[ChatRequest['tool_choice'], unknown]>([
    ['auto', 'auto'],
    ['none', 'none'],
    ['required', undefined],
    [null as never, null],
    [{ type: 'function', function: { name: 'w' } }, undefined],
    [
      { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [] } },
      { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [] } },
    ],
  ])('forces a call in the first turn only: %j, then %j', async (choice, then) => {
    const send = sends(of(...calling(w)), t$);
    await lastValueFrom(runTools$(send, { ...request, tool_choice: choice }, [w7]));
    expect(send.requests.map(({ tool_choice }) => tool_choice)).toEqual([choice, then]);
  });

  it('calls prepareStep first, and keeps the conversation that it shortens', async () => {
    const send = sends(of(...calling(w)), t$);
    const { messages } = await doneOf(
      runTools$(send, request, [w7], {
        prepareStep: ({ step, request: next, steps }) =>
          of({ ...next, messages: next.messages.slice(-1), temperature: step + steps.length }, next),
      }),
    );
    expect(send.requests.map((each) => [each.messages.length, each.temperature])).toEqual([
      [1, 1],
      [1, 3],
    ]);
    expect(messages).toHaveLength(4);
  });

  it('waits for prepareStep, and sends the unchanged request if it emits none', () => {
    marbles(({ expectObservable }) => {
      const event$ = runTools$(sends(of(...calling(w)), t$), request, [w7], {
        prepareStep: ({ step }) => (step === 1 ? timer(5).pipe(map(() => request)) : EMPTY),
      });
      expectObservable(event$.pipe(briefly(), toArray())).toBe('-----(a|)', {
        a: [...afterTurn, 'w?', 'w: 7', 'w = 7', ...answered],
      });
    });
  });

  it('makes the schemas of a list of tools once', async () => {
    let made = 0;
    const parametersOf: InputConversion['parametersOf'] = (tool) => {
      made += 1;
      return codecConversion.parametersOf(tool);
    };
    const counting = taking('w', () => of(7), {
      parameters: undefined,
      conversion: { ...codecConversion, parametersOf },
    });
    await lastValueFrom(runTools$(sends(of(...calling(w)), t$), request, [counting]));
    expect(made).toBe(1);
  });

  it('takes the first list of tools that an Observable emits, which need not complete', async () => {
    const send = sends(of(...calling(w)), t$);
    await lastValueFrom(runTools$(send, request, () => concat(of([w7], []), NEVER)));
    expect(send.requests.map(offered)).toMatchObject([[{ name: 'w' }], [{ name: 'w' }]]);
  });

  it('reads the tools again for each step if they are a function', async () => {
    const send = sends(of(...calling(w)), t$);
    await lastValueFrom(
      runTools$(send, request, (step) => [[taking(step === 1 ? 'w' : 'other', () => of(7))]]),
    );
    expect(send.requests.map(offered)).toMatchObject([[{ name: 'w' }], [{ name: 'other' }]]);
  });
});

describe('runTools$: when it ends', () => {
  const forEver = (): ReturnType<typeof sends> => {
    const turns = Array.from({ length: 40 }, (_, n) => of(...calling({ ...w, id: `id${n}` })));
    return sends(...turns);
  };

  it('stops after ten turns, the replies in the conversation', async () => {
    const send = forEver();
    const { reason, steps, messages } = await doneOf(runTools$(send, request, [w7]));
    expect([reason, steps, messages.length, send.requests.length]).toEqual(['max-steps', 10, 21, 10]);
    expect(faultsOf(messages)).toEqual([]);
  });

  it('requests no tools for the turn that has none', async () => {
    const steps: number[] = [];
    const toolsOf = (step: number): (typeof w7)[][] => {
      steps.push(step);
      return [[w7]];
    };
    const send = sends(of(...calling(w)), of(...saying('At last.')));
    await doneOf(runTools$(send, request, toolsOf, { maxSteps: 1, atMaxSteps: 'answer' }));
    expect(steps).toEqual([1]);
  });

  it('sends one more request without tools, with `atMaxSteps: answer`', async () => {
    const send = sends(of(...calling(w)), of(...calling({ ...w, id: 'd' })), of(...saying('At last.')));
    const { reason, steps, messages } = await doneOf(
      runTools$(send, request, [w7], { maxSteps: 2, atMaxSteps: 'answer' }),
    );
    expect([reason, steps]).toEqual(['max-steps', 3]);
    expect(send.requests[2]).not.toHaveProperty('tools');
    expect(messages.at(-1)).toEqual({ role: 'assistant', content: 'At last.' });
  });

  it('runs no call of a turn without tools', async () => {
    const send = sends(of(...calling(w)), of(right(textChunk('No.')), ...calling(w)));
    const { reason, messages } = await doneOf(
      runTools$(send, request, [w7], { maxSteps: 1, atMaxSteps: 'answer' }),
    );
    expect([reason, messages.at(-1)]).toEqual(['max-steps', { role: 'assistant', content: 'No.' }]);
  });

  it('stops a model that repeats the same call', async () => {
    const { reason, steps } = await doneOf(
      runTools$(forEver(), request, [w7], { maxSteps: Infinity, stopWhen: repeats(3) }),
    );
    expect([reason, steps]).toEqual(['stopped', 3]);
  });

  it('stops once a tool has succeeded', async () => {
    const answer = taking('answer', () => of(1), { input: t.type({ n: t.number }) });
    const call = (n: unknown, id: string): Observable<Chunk> =>
      of(...calling({ name: 'answer', arguments: { n }, id }));
    const { reason, steps } = await doneOf(
      runTools$(sends(call('one', 'a'), call(1, 'b')), request, [answer], { stopWhen: calledTool('answer') }),
    );
    expect([reason, steps]).toEqual(['stopped', 2]);
  });

  it('stops once it has used more tokens than allowed', async () => {
    const turn = (id: string): Observable<Chunk> => of(...calling({ ...w, id }), right(usageChunk(30, 10)));
    const { reason, steps } = await doneOf(
      runTools$(sends(turn('a'), turn('b'), turn('c')), request, [w7], { stopWhen: usageOver(79) }),
    );
    expect([reason, steps]).toEqual(['stopped', 2]);
  });

  it('runs a thousand turns that take no time', async () => {
    const turns = Array.from({ length: 1_000 }, (_, n) => of(...calling({ ...w, id: `id${n}` })));
    const { steps } = await doneOf(runTools$(sends(...turns), request, [w7], { maxSteps: 1_000 }));
    expect(steps).toBe(1_000);
  });
});

describe('runTools$: failures', () => {
  const told = async (
    tools: readonly AnyTool[],
    call: { name: string; arguments: unknown },
    options?: RunToolsOptions,
  ): Promise<unknown> => {
    const send = sends(of(...calling(call)), t$);
    await lastValueFrom(runTools$(send, request, tools, options));
    expect(faultsOf(send.requests[1]?.messages ?? [])).toEqual([]);
    return repliesIn(send.requests[1]?.messages)[0];
  };
  const city = taking('city', () => of('ok'), { input: t.type({ city: t.string }) });

  it.each<[string, readonly AnyTool[], { name: string; arguments: unknown }, string, string]>([
    [
      'a tool that is not there',
      [w7, city],
      { name: 'x', arguments: {} },
      'x ! UnknownTool',
      'There is no tool named "x". The tools are: w, city.',
    ],
    [
      'a tool that every object has',
      [w7],
      { name: 'constructor', arguments: {} },
      'constructor ! UnknownTool',
      'There is no tool named "constructor". The tools are: w.',
    ],
    [
      'arguments that are not JSON',
      [w7],
      { name: 'w', arguments: '{"city": Os' },
      'w ! BadJson',
      'The arguments are not JSON: {"city": Os',
    ],
    [
      'arguments that do not fit',
      [city],
      { name: 'city', arguments: { city: 5 } },
      'city ! SchemaMismatch',
      'The arguments do not fit: city: expected string, got 5',
    ],
    [
      'a tool that throws',
      [
        taking('w', () => {
          throw new Error('no such city');
        }),
      ],
      w,
      'w ! ToolFailed',
      'Error: no such city',
    ],
    [
      'a tool that errors',
      [taking('w', () => throwError(() => new Error('gone')))],
      w,
      'w ! ToolFailed',
      'Error: gone',
    ],
    [
      'a tool that errors without a message',
      [taking('w', () => throwError(() => new Error('')))],
      w,
      'w ! ToolFailed',
      'Error: the tool failed',
    ],
    [
      'a tool that throws a string',
      // eslint-disable-next-line rxjs-x/throw-error -- tools of others do
      [taking('w', () => throwError(() => 'gone'))],
      w,
      'w ! ToolFailed',
      'Error: gone',
    ],
    [
      'a tool that returns a number',
      [taking('w', () => 5 as never)],
      w,
      'w ! ToolFailed',
      'Error: run must return an Observable or a promise: make it async, or return [result]',
    ],
    [
      'a tool that returns an object',
      [taking('w', () => ({ celsius: 7 }) as never)],
      w,
      'w ! ToolFailed',
      'Error: run must return an Observable or a promise: make it async, or return [result]',
    ],
    [
      'a tool that returns bytes, such as a file that was read without an encoding',
      [taking('w', () => Buffer.from('hi') as never)],
      w,
      'w ! ToolFailed',
      'Error: the result has no JSON: emit plain data, or convert it with toModel',
    ],
    [
      'a result that JSON cannot say',
      [taking('w', () => of(1n))],
      w,
      'w ! ToolFailed',
      'Error: Do not know how to serialize a BigInt',
    ],
    [
      'a toModel that throws',
      [
        taking('w', () => of(1), {
          toModel: () => {
            throw new Error('words fail me');
          },
        }),
      ],
      w,
      'w ! ToolFailed',
      'Error: words fail me',
    ],
    [
      'a needsApproval that throws',
      [
        taking('w', () => of(1), {
          needsApproval: () => {
            throw new Error('?');
          },
        }),
      ],
      w,
      'w ! ToolFailed',
      'Error: ?',
    ],
    [
      'a call that nobody can allow',
      [taking('w', () => of(1), { needsApproval: true })],
      w,
      'w ! ToolDenied',
      'The user did not allow this call, so it was not run.',
    ],
  ])('tells the model of %s, and goes on', async (_, tools, call, event, words) => {
    const events = await eventsOf(runTools$(sends(of(...calling(call)), t$), request, tools));
    expect(events.map(brief)).toContain(event);
    expect(events.map(brief).slice(-5)).toEqual(answered);
    expect(await told(tools, call)).toBe(words);
  });

  it('shows the model 200 characters of arguments that are not JSON', async () => {
    expect(await told([w7], { name: 'w', arguments: `{${'x'.repeat(5_000)}` })).toHaveLength(
      'The arguments are not JSON: '.length + 200,
    );
  });

  it('sends the text of a function for an error, or fails with it', async () => {
    const error = new Error('secret');
    const failing = [taking('w', () => throwError(() => error))];
    expect(await told(failing, w, { onToolError: (_, { name }) => `${name} is out of order` })).toBe(
      'w is out of order',
    );
    marbles(({ expectObservable }) => {
      const event$ = runTools$(sends(of(...calling(w)), t$), request, failing, { onToolError: 'fail' });
      expectObservable(event$.pipe(briefly())).toBe(
        '(acce?#)',
        { a: 'ask 1', c: 'chunk', e: 'end 1', '?': 'w?' },
        error,
      );
    });
  });

  it('fails as a turn does, after the events so far', () => {
    marbles(({ cold, expectObservable }) => {
      const error = new TruncatedError();
      const one$ = cold<Chunk>('-c--#', { c: right(textChunk('Hel')) }, error);
      expectObservable(runTools$(sends(one$), request, [w7]).pipe(briefly())).toBe(
        'ac--#',
        { a: 'ask 1', c: 'chunk' },
        error,
      );
    });
  });

  it('fails at a chunk that does not decode, by default', () => {
    const bad: Chunk = left(new BadJson('{'));
    marbles(({ expectObservable }) => {
      const event$ = runTools$(sends(of(bad, ...saying('t'))), request, []).pipe(briefly());
      expectObservable(event$).toBe('(a#)', { a: 'ask 1' }, expect.objectContaining({ _tag: 'ChunkFailed' }));
    });
    runs(runTools$(sends(of(bad, ...saying('t'))), request, [], { onChunkError: 'skip' }), [
      'ask 1',
      'chunk',
      'chunk',
      'end 1',
      'answered',
    ]);
  });

  it.each<[string, readonly AnyTool[], RunToolsOptions, string]>([
    [
      'two tools of one name',
      [w7, w7],
      {},
      'two tools named w: rename one of them, those of MCP servers with prefix',
    ],
    [
      'a name that does not fit',
      [taking('a b', () => [])],
      {},
      'a tool named "a b": use letters, digits, _ and -, at most 64 of them',
    ],
    [
      'no name',
      [taking('', () => [])],
      {},
      'a tool named "": use letters, digits, _ and -, at most 64 of them',
    ],
    [
      'a name that is missing',
      [taking(undefined as never, () => [])],
      {},
      'a tool named undefined: use letters, digits, _ and -, at most 64 of them',
    ],
    [
      'a name that is too long',
      [taking('x'.repeat(65), () => [])],
      {},
      `a tool named "${'x'.repeat(65)}": use letters, digits, _ and -, at most 64 of them`,
    ],
    [
      'an input that is no object',
      [taking('w', () => [], { input: t.string, parameters: undefined })],
      {},
      'w: the input is string, and has to be an object: wrap it in t.type',
    ],
    [
      'an input without a schema',
      [taking('w', () => [], { input: t.type({ f: t.Function }), parameters: undefined })],
      {},
      'w: f: no schema for Function: annotate(codec, { type: … })',
    ],
    [
      'an input that is not described',
      [{ name: 'w', input: t.type({}), run: () => [] }],
      {},
      'w: no schema: define the tool with tool(), or with parameters',
    ],
    ['no tools', undefined as never, {}, 'tools must be a list of tools, or a function that returns one'],
    [
      'a tool that was not imported',
      [undefined as never],
      {},
      'tools must be a list of tools, or a function that returns one',
    ],
    [
      'a tool whose run has another name',
      [{ name: 'w', parameters: {}, execute: () => [] } as never],
      {},
      'w: run must be a function',
    ],
    [
      'an input that is a JSON schema',
      [taking('w', () => [], { input: { type: 'object' } as never, parameters: undefined })],
      {},
      'w: input must be a codec of io-ts, such as t.type({ name: t.string }), not a JSON schema',
    ],
    ['no steps', [], { maxSteps: 0 }, 'maxSteps: expected a positive integer, got 0'],
    ['half a concurrency', [], { concurrency: 0.5 }, 'concurrency: expected a positive integer, got 0.5'],
  ])('fails at subscription at %s', (_, tools, options, message) => {
    marbles(({ expectObservable }) => {
      const error = expect.objectContaining({ _tag: 'RequestError', message }) as unknown;
      expectObservable(runTools$(sends(t$), request, tools, options)).toBe('#', undefined, error);
    });
  });

  it.each<[string, readonly unknown[], RegExp]>([
    ['send and request are in the place of the other', [request, sends(t$), []], /^send must be a function/],
    ['send is a call', [EMPTY, request, []], /^send must be a function/],
    ['tools and request are in the place of the other', [sends(t$), [], request], /list of messages$/],
    ['the request is missing', [sends(t$)], /list of messages$/],
    ['the messages are a text', [sends(t$), { ...request, messages: 'Hi' }, []], /list of messages$/],
  ])('fails at subscription if %s', (_, args, message) => {
    marbles(({ expectObservable }) => {
      const error = expect.objectContaining({
        _tag: 'RequestError',
        message: expect.stringMatching(message) as unknown,
      }) as unknown;
      const run = runTools$ as (...given: readonly unknown[]) => Observable<unknown>;
      expectObservable(run(...args)).toBe('#', undefined, error);
    });
  });

  it('fails if the tools of a step complete without a list', () => {
    marbles(({ expectObservable }) => {
      const error = expect.objectContaining({ _tag: 'RequestError' }) as unknown;
      expectObservable(runTools$(sends(t$), request, () => EMPTY)).toBe('#', undefined, error);
    });
  });

  const broken = new Error('a bug');
  const breaks = (): never => {
    throw broken;
  };
  it.each<[string, RunToolsOptions, readonly AnyTool[] | (() => never)]>([
    ['prepareStep throws', { prepareStep: breaks }, [w7]],
    ['prepareStep errors', { prepareStep: () => throwError(() => broken) }, [w7]],
    ['stopWhen throws', { stopWhen: breaks }, [w7]],
    ['onToolError throws', { onToolError: breaks }, [taking('w', breaks)]],
    ['partialInputs throws', { partialInputs: breaks }, [w7]],
    ['the function of the tools throws', {}, breaks],
  ])('fails with the error if %s', (_, options, tools) => {
    marbles(({ expectObservable }) => {
      const end$ = runTools$(sends(of(...calling(w)), t$), request, tools, options).pipe(ignoreElements());
      expectObservable(end$).toBe('#', undefined, broken);
    });
  });

  it('names onToolError if it returns no text', () => {
    const onToolError = (() => undefined) as never;
    marbles(({ expectObservable }) => {
      const event$ = runTools$(sends(of(...calling(w)), t$), request, [taking('w', breaks)], { onToolError });
      const error = new TypeError('onToolError must return a text');
      expectObservable(event$.pipe(ignoreElements())).toBe('#', undefined, error);
    });
  });

  it('takes a request that was parsed from JSON with null for no tools', async () => {
    const send = sends(t$);
    await lastValueFrom(runTools$(send, { ...request, tools: null as never }, [w7]));
    expect(send.requests[0]?.tools).toHaveLength(1);
  });

  it('runs a tool named like a property of every object', () => {
    for (const name of ['constructor', '__proto__', 'toString']) {
      runs(
        runTools$(sends(of(...calling({ name, arguments: {} })), t$), request, [taking(name, () => of(7))]),
        [...afterTurn, `${name}?`, `${name}: 7`, `${name} = 7`, ...answered],
      );
    }
  });

  it('runs no tool of a turn that starts again', () => {
    const restart = right(markedChunk({ kind: 'restarted', attempt: 2 }));
    const send = sends(of(right(toolCallChunk(w)), restart, ...calling(l)), t$);
    runs(runTools$(send, request, [w7, taking('l', () => of(1))]), [
      'ask 1',
      'chunk',
      'chunk',
      'chunk',
      'chunk',
      'end 1',
      'l?',
      'l: 1',
      'l = 1',
      ...answered,
    ]);
  });

  it('runs the tools of earlier turns once, if a later turn is sent again', () => {
    marbles(({ expectObservable, flush }) => {
      let ran = 0;
      let asked = 0;
      const busy = httpError({ status: 503, serverMessage: 'busy', retryable: true });
      const send = (): Observable<Chunk> =>
        defer(() => {
          asked += 1;
          if (asked === 2) return throwError(() => busy);
          return asked === 1 ? of(...calling(w)) : t$;
        });
      const counting = taking('w', () => of((ran += 1)));
      const event$ = runTools$(() => send().pipe(retryChat({ random: () => 0.5 })), request, [counting]);
      expectObservable(
        event$.pipe(
          briefly(),
          toArray(),
          map((all) => all.slice(5)),
        ),
      ).toBe('250ms (a|)', {
        a: ['w: 1', 'w = 1', ...answered],
      });
      flush();
      expect([ran, asked]).toEqual([1, 3]);
    });
  });

  it('takes a thousand calls in one turn', async () => {
    let ran = 0;
    const calls = Array.from({ length: 1_000 }, (_, n) => ({ ...w, id: `id${n}` }));
    const send = sends(of(...calling(...calls)), t$);
    await lastValueFrom(runTools$(send, request, [taking('w', () => of((ran += 1)))]));
    expect(ran).toBe(1_000);
    expect(faultsOf(send.requests[1]?.messages ?? [])).toEqual([]);
  });

  it('reads arguments of 1 MB in 20,000 deltas', async () => {
    const text = JSON.stringify({
      list: Array.from({ length: 20_000 }, (_, n) => `entry number ${n} of a long list of many more`),
    });
    const pieces = text.match(/.{1,50}/gs) ?? [];
    const chunks = toolCallChunks({ name: 'w', arguments: text, id: 'c0' }, pieces).map((chunk) =>
      right(chunk),
    );
    let size = 0;
    const spy = taking('w', (input: { readonly list: readonly string[] }) => [(size = input.list.length)]);
    await lastValueFrom(
      runTools$(sends(from([...chunks, right(finishChunk('tool_calls'))]), t$), request, [spy], {
        partialInputs,
      }),
    );
    expect(pieces.length).toBeGreaterThan(19_000);
    expect(size).toBe(20_000);
  });
});

describe('runTools$: approval', () => {
  const asking = (name: string, run: AnyTool['run'] = () => of(7)): AnyTool =>
    taking(name, run, { needsApproval: true });

  it.each<[string, RunToolsOptions['approve'], string[]]>([
    ['yes', () => of(true), ['w may', 'w: 7', 'w = 7']],
    ['no', () => of(false), ['w ! ToolDenied']],
    ['no, with a reason', () => of({ deny: 'not today' }), ['w ! ToolDenied']],
    ['nothing', () => EMPTY, ['w ! ToolDenied']],
    ['the null of a dialog', () => of(null as unknown as boolean), ['w ! ToolDenied']],
    ['the first of many', () => of(true, false), ['w may', 'w: 7', 'w = 7']],
    ['what is neither', () => of('yes' as unknown as boolean), ['w ! ToolDenied']],
    ['an error', () => throwError(() => new Error('no dialog')), ['w ! ToolFailed']],
  ])('does what it is told: %s', (_, approve, then) => {
    runs(runTools$(sends(of(...calling(w)), t$), request, [asking('w')], { approve }), [
      ...afterTurn,
      'w?',
      'w may?',
      ...then,
      ...answered,
    ]);
  });

  it.each([
    ['Not today.', ' Reason: Not today.'],
    ['', ''],
  ])('sends the reason of a denial to the model: %j', async (deny, told) => {
    const send = sends(of(...calling(w)), t$);
    await lastValueFrom(runTools$(send, request, [asking('w')], { approve: () => of({ deny }) }));
    expect(repliesIn(send.requests[1]?.messages)).toEqual([
      `The user did not allow this call, so it was not run.${told}`,
    ]);
  });

  it('is requested if the input requires it', () => {
    const remove = taking('w', () => of(7), {
      needsApproval: ({ all }: { readonly all?: boolean }) => all === true,
    });
    const send = sends(of(...calling(w, { name: 'w', arguments: { all: true } })), t$);
    runs(runTools$(send, request, [remove]), [
      'ask 1',
      'chunk',
      'chunk',
      'chunk',
      'end 1',
      'w?',
      'w: 7',
      'w = 7',
      'w?',
      'w may?',
      'w ! ToolDenied',
      ...answered,
    ]);
  });

  it('is requested for several calls at once, each with its own decision', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const yes$ = cold('          ------y', { y: true });
      const no$ = cold('           --n', { n: false });
      const whileYes = '           ^-----!';
      const whileNo = '            ^-!';
      const event$ = runTools$(sends(of(...calling(w, l)), t$), request, [asking('w'), asking('l')], {
        approve: ({ name }) => (name === 'w' ? yes$ : no$),
      });
      expectObservable(
        event$.pipe(
          briefly(),
          toArray(),
          map((all) => all.slice(9)),
        ),
      ).toBe('------(a|)', {
        a: ['l ! ToolDenied', 'w may', 'w: 7', 'w = 7', ...answered],
      });
      expectSubscriptions(yes$.subscriptions).toBe(whileYes);
      expectSubscriptions(no$.subscriptions).toBe(whileNo);
    });
  });

  it('may follow its event in the same tick', () => {
    const decision$ = new Subject<boolean>();
    const event$ = runTools$(sends(of(...calling(w)), t$), request, [asking('w')], {
      approve: () => decision$,
    });
    const decided$ = event$.pipe(
      tap(({ type }) => {
        if (type === 'tool-approval') decision$.next(true);
      }),
    );
    runs(decided$, [...afterTurn, 'w?', 'w may?', 'w may', 'w: 7', 'w = 7', ...answered]);
    expect(decision$.observed).toBe(false);
  });

  it('counts once, even if it repeats in the same tick', () => {
    const decision$ = new Subject<Verdict>();
    const event$ = runTools$(sends(of(...calling(w)), t$), request, [asking('w')], {
      approve: () => decision$,
    });
    const decided$ = event$.pipe(
      tap(({ type }) => {
        if (type !== 'tool-approval') return;
        for (const verdict of [false, true, 'suspend'] as const) decision$.next(verdict);
      }),
    );
    runs(decided$, [...afterTurn, 'w?', 'w may?', 'w ! ToolDenied', ...answered]);
  });

  it('counts towards `concurrency`', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const yes$ = cold('    ---y', { y: true });
      const event$ = runTools$(sends(of(...calling(w, w)), t$), request, [asking('w')], {
        concurrency: 1,
        approve: () => yes$,
      });
      expectObservable(
        event$.pipe(
          withoutInput(),
          toArray(),
          map(({ length }) => length),
        ),
      ).toBe('------(n|)', { n: 20 });
      expectSubscriptions(yes$.subscriptions).toBe(['^--!', '---^--!']);
    });
  });
});

describe('runTools$: suspended and resumed', () => {
  const slow = taking('slow', () => of('done').pipe(delay(3)));
  const asking = taking('w', () => of(7), { needsApproval: true });
  const turn = (): Observable<Chunk> =>
    of(
      ...calling(
        { name: 'slow', arguments: {} },
        w,
        { name: 'x', arguments: {} },
        { name: 'slow', arguments: {} },
      ),
    );

  it('ends with what is pending, and waits for what runs', () => {
    marbles(({ expectObservable }) => {
      const event$ = runTools$(sends(turn()), request, [slow, asking], {
        approve: () => of('suspend' as const),
      });
      expectObservable(event$.pipe(briefly(), toArray())).toBe('---(a|)', {
        a: [
          'ask 1',
          'chunk',
          'chunk',
          'chunk',
          'chunk',
          'chunk',
          'end 1',
          'x ! UnknownTool',
          'slow?',
          'w?',
          'w may?',
          'slow: done',
          'slow = done',
          'suspended',
        ],
      });
    });
  });

  it('waits for no other approval', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const never$ = cold('   ------');
      const later$ = cold('   --s', { s: 'suspend' as const });
      const event$ = runTools$(sends(of(...calling(w, l))), request, [asking, { ...asking, name: 'l' }], {
        approve: ({ name }) => (name === 'w' ? never$ : later$) as Observable<'suspend'>,
      });
      expectObservable(
        event$.pipe(
          toArray(),
          map((all) => brief(all.at(-1) as ToolEvent)),
        ),
      ).toBe('--(a|)', { a: 'suspended' });
      expectSubscriptions(never$.subscriptions).toBe('^-!');
    });
  });

  it('continues from its messages: finished calls do not run again, and replies are in order', async () => {
    let ran = 0;
    const tools = [taking('slow', () => of(`done ${(ran += 1)}`)), asking];
    const first = await doneOf(
      runTools$(sends(turn()), request, tools, { approve: () => of('suspend' as const), concurrency: 1 }),
    );
    expect(first.reason).toBe('suspended');
    expect(first.pending).toMatchObject([
      { id: 'c1', step: 1, name: 'w', input: {} },
      { id: 'c3', step: 1, name: 'slow', input: {} },
    ]);
    const messages = JSON.parse(JSON.stringify(first.messages)) as readonly Message[];
    const send = sends(t$);
    const steps: number[] = [];
    const toolsOf = (step: number): (typeof tools)[] => {
      steps.push(step);
      return [tools];
    };
    const events = await eventsOf(
      runTools$(send, { ...request, messages }, toolsOf, { approve: () => of(true) }),
    );
    expect(steps).toEqual([0, 1]);
    expect(events[0]).toMatchObject({ type: 'resumed', step: 0 });
    expect(events.map(brief)).toEqual([
      'resumed',
      'w?',
      'w may?',
      'w may',
      'w: 7',
      'w = 7',
      'slow?',
      'slow: done 2',
      'slow = done 2',
      'ask 1',
      'chunk',
      'chunk',
      'end 1',
      'answered',
    ]);
    expect(repliesIn(send.requests[0]?.messages)).toEqual([
      'done 1',
      '7',
      'There is no tool named "x". The tools are: slow, w.',
      'done 2',
    ]);
    expect(faultsOf(send.requests[0]?.messages ?? [])).toEqual([]);
    expect(ran).toBe(2);
  });

  it.each<[string, readonly string[], readonly string[], readonly string[]]>([
    ['ids of an earlier turn', ['c', 'd'], ['c'], ['done c', 'ran']],
    ['equal ids', ['e', 'e'], ['e'], ['done e', 'ran']],
    ['no ids', ['', ''], [''], ['done ', 'ran']],
    ['two replies to one id', ['e', 'f'], ['e', 'e'], ['done e', 'ran']],
  ])('runs only calls without a reply in a history with %s', async (_, ids, replied, told) => {
    const called = (all: readonly string[]): Message => ({
      role: 'assistant',
      tool_calls: all.map((id) => ({ id, type: 'function', function: { name: 'w', arguments: '{}' } })),
    });
    const replies = (all: readonly string[]): Message[] =>
      all.map((id) => ({ role: 'tool', tool_call_id: id, content: `done ${id}` }));
    const messages = [
      ...request.messages,
      called(['c']),
      ...replies(['c']),
      called(ids),
      ...replies(replied),
    ];
    let ran = 0;
    const send = sends(t$);
    const event$ = runTools$(send, { ...request, messages }, [
      taking('w', () => {
        ran += 1;
        return of('ran');
      }),
    ]);
    let resumed: readonly Message[] = [];
    const states = await lastValueFrom(
      event$.pipe(
        tap((event) => {
          if (event.type === 'resumed') resumed = event.messages;
        }),
        toRunState(),
      ),
    );
    expect(ran).toBe(1);
    expect(callsIn(resumed)).toEqual(callsIn(states.messages));
    expect(repliesIn(send.requests[0]?.messages)).toEqual(['done c', ...told]);
    expect(faultsOf(send.requests[0]?.messages ?? [])).toEqual([]);
    expect(states.messages.slice(0, -1)).toEqual(send.requests[0]?.messages);
  });

  it.each<[string, unknown, string]>([
    ['an object, as Ollama has them', { city: 'Oslo' }, '{"city":"Oslo"}'],
    ['an empty list, as PHP has them', [], '{}'],
    ['null', null, '{}'],
    ['an empty text in a string', '""', '{}'],
    ['null in a string', '"null"', '{}'],
  ])('reads the arguments of a history: %s', async (_, written, sent) => {
    const call = {
      id: 'c',
      type: 'function',
      function: { name: 'w', arguments: written as string },
    } as const;
    const messages: readonly Message[] = [...request.messages, { role: 'assistant', tool_calls: [call] }];
    const send = sends(t$);
    await lastValueFrom(runTools$(send, { ...request, messages }, [w7]));
    expect(send.requests[0]?.messages.slice(-2)).toMatchObject([
      { tool_calls: [{ function: { arguments: sent } }] },
      { role: 'tool', content: '7' },
    ]);
  });

  it('forces no call again when it continues', async () => {
    const first = await doneOf(
      runTools$(sends(of(...calling(w))), request, [asking], { approve: () => of('suspend' as const) }),
    );
    const send = sends(t$);
    await lastValueFrom(
      runTools$(send, { ...request, messages: first.messages, tool_choice: 'required' }, [asking], {
        approve: () => of(true),
      }),
    );
    expect(send.requests[0]).not.toHaveProperty('tool_choice');
  });

  it('puts replies before later messages', async () => {
    const first = await doneOf(
      runTools$(sends(of(...calling(w))), request, [asking], { approve: () => of('suspend' as const) }),
    );
    const send = sends(t$);
    const messages: readonly Message[] = [...first.messages, { role: 'user', content: 'Go on.' }];
    await lastValueFrom(runTools$(send, { ...request, messages }, [asking], { approve: () => of(true) }));
    expect(send.requests[0]?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'user']);
  });

  it('takes a history of another client, which has null for no calls', async () => {
    const messages = [
      ...request.messages,
      { role: 'assistant', content: 'Hello', tool_calls: null },
      { role: 'user', content: 'Hi again' },
    ] as unknown as Message[];
    expect((await doneOf(runTools$(sends(t$), { ...request, messages }, [w7]))).reason).toBe('answered');
  });

  it('may be suspended again', async () => {
    const later = { approve: () => of('suspend' as const) };
    const first = await doneOf(runTools$(sends(of(...calling(w))), request, [asking], later));
    const again = await doneOf(runTools$(sends(), { ...request, messages: first.messages }, [asking], later));
    expect(again).toMatchObject({ reason: 'suspended', steps: 0, messages: first.messages });
  });
});
