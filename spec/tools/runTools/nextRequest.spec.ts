import { left, right } from 'fp-ts/Either';
import { from, lastValueFrom, of } from 'rxjs';
import { finishChunk } from 'rxjs-chat-completions/testing';

import type { ChatCompletionChunk } from '../../../lib/codec/ChatCompletionChunk';
import { BadJson } from '../../../lib/errors';
import type { Message } from '../../../lib/request/Message';
import { runTools$ } from '../../../lib/tools/runTools';
import type { AnyTool } from '../../../lib/tools/tool';
import { brief, calling, faultsOf, sends } from '../../helpers/toolEvents';
import {
  callsIn,
  doneOf,
  eventsOf,
  l,
  repliesIn,
  request,
  t$,
  taking,
  w,
  w7,
  type Chunk,
} from '../../helpers/toolRuns';

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

  it('has no message twice that an app adds to its own list during the run', () => {
    const messages: Message[] = [{ role: 'user', content: 'Hi' }];
    const send = sends(of(...calling(w)), t$);
    runTools$(send, { ...request, messages }, [w7]).subscribe((event) => {
      if (event.type === 'step-end' && event.message !== null) messages.push(event.message);
    });
    expect(send.requests.map((each) => each.messages.map(({ role }) => role))).toEqual([
      ['user'],
      ['user', 'assistant', 'tool'],
    ]);
  });

  it.each<[string, unknown, AnyTool['toModel'], unknown]>([
    ['text as it is', 'ab', undefined, 'ab'],
    ['anything else as JSON', { a: [1] }, undefined, '{"a":[1]}'],
    ['a date as its text', { at: [new Date(0)] }, undefined, '{"at":["1970-01-01T00:00:00.000Z"]}'],
    [
      'an error with a JSON form of its own, as those of this library',
      left(new BadJson('{')),
      undefined,
      expect.stringContaining('"left":{"_tag":"BadJson"'),
    ],
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
    ['a Promise in an object', () => of({ celsius: Promise.resolve(7) })],
    ['an Observable in a list', async () => Promise.resolve([of(7)])],
    ['a Map in an object', () => of({ cities: new Map([['Oslo', 7]]) })],
    ['an error in a list, as of allSettled', () => of([{ status: 'rejected', reason: new Error('no') }])],
    ['bytes in an object', () => of({ file: Buffer.from('text') })],
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
    ['a part of MCP', () => [{ type: 'image', data: 'AA', mimeType: 'image/png' }]],
    ['audio beside a text', () => [{ type: 'text', text: '7' }, { type: 'input_audio' }]],
  ])('has the mistake of a toModel that returns %s', async (_, toModel) => {
    const send = sends(of(...calling(w)), t$);
    const options = { toModel: toModel as NonNullable<AnyTool['toModel']> };
    await lastValueFrom(runTools$(send, request, [taking('w', () => of(7), options)]));
    expect(repliesIn(send.requests[1]?.messages)).toEqual([
      'Error: toModel must return a text or a list of parts',
    ]);
  });

  it.each<[unknown, string]>([
    [undefined, ''],
    [null, 'null'],
    [['a', 'b'], '["a","b"]'],
    [{ celsius: 7 }, '{"celsius":7}'],
  ])('has the same text for %p at once and from a promise', async (result, text) => {
    const send = sends(of(...calling(w, l)), t$);
    const tools = [taking('w', () => result), taking('l', () => Promise.resolve(result))];
    await lastValueFrom(runTools$(send, request, tools));
    expect(repliesIn(send.requests[1]?.messages)).toEqual([text, text]);
  });
});
