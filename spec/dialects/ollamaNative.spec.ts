import * as fc from 'fast-check';
import { isRight } from 'fp-ts/Either';
import {
  concat,
  firstValueFrom,
  from,
  lastValueFrom,
  NEVER,
  of,
  Subject,
  throwError,
  toArray,
  type Observable,
} from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { completion$ } from '../../lib/call/completion';
import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import type { ChatCompletion } from '../../lib/codec/ChatCompletion';
import { ollamaNative } from '../../lib/dialects/ollama/ollamaNative';
import { ollamaNativeProfile } from '../../lib/dialects/ollama/ollamaNativeProfile';
import { RequestError, ServerError, TruncatedError } from '../../lib/errors';
import { addChunk, emptyCompletion } from '../../lib/fold/completion';
import { orFail } from '../../lib/operators/either/orFail';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import { ReadGate } from '../../lib/transport/ReadGate';
import type { ResponseHead, Transport, TransportRequest } from '../../lib/transport/transport';
import { bytesOf, cutAt, outcomeOf } from '../helpers/reads';
import { played, recordings, type RecordedAnswer } from '../helpers/recordings';

const request: ChatRequest = { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] };
const ndjson: ResponseHead = { status: 200, headers: { 'content-type': 'application/x-ndjson' } };
const json: ResponseHead = { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' } };

const record = (fields: object): string =>
  `${JSON.stringify({ model: 'llama3.2', created_at: '2026-08-21T18:48:22.5Z', ...fields })}\n`;
const saying = (message: object, more: object = {}): string =>
  record({ message: { role: 'assistant', content: '', ...message }, done: false, ...more });
const ended = (more: object = {}): string =>
  record({
    message: { role: 'assistant', content: '' },
    done: true,
    done_reason: 'stop',
    total_duration: 3_000_000_000,
    load_duration: 500_000_000,
    prompt_eval_count: 9,
    prompt_eval_duration: 90_000_000,
    eval_count: 2,
    eval_duration: 40_000_000,
    ...more,
  });

const bodies = (...parts: ReadonlyArray<Uint8Array>): Transport =>
  ollamaNative(() => from([ndjson, ...parts]));
const answers = (...lines: readonly string[]): Transport => bodies(bytesOf(lines.join('')));

const fold = (chunks: readonly ChatCompletionChunk[]): ChatCompletion =>
  chunks.reduce((all, chunk) => addChunk(all, chunk), emptyCompletion);
const foldOf = (transport: Transport): Promise<ChatCompletion> =>
  lastValueFrom(chatCompletion$({ transport }, request).pipe(orFail(), toArray())).then(fold);

/** Returns the request that a chat completion becomes. */
function sentFor(chat: ChatRequest, isStreamed = true): { readonly url: string; readonly body: unknown } {
  let sent: TransportRequest | undefined;
  const transport = ollamaNative((each) => {
    sent = each;
    return NEVER;
  });
  const config = { transport, baseURL: 'http://localhost:11434/v1' };
  const call$: Observable<unknown> = isStreamed ? chatCompletion$(config, chat) : completion$(config, chat);
  call$.subscribe({ error: (error: unknown) => expect(error).toBeUndefined() }).unsubscribe();
  return { url: sent?.url ?? '', body: JSON.parse(sent?.body ?? 'null') };
}

describe('the request of ollamaNative', () => {
  it('goes to /api/chat with the fields under its names', () => {
    expect(
      sentFor({
        ...request,
        max_completion_tokens: 60,
        temperature: 0,
        seed: 7,
        stop: '\n',
        top_p: null,
        n: 2,
        tool_choice: 'required',
        response_format: { type: 'json_object' },
        extra: {
          options: { num_ctx: 16_384 },
          keep_alive: '30m',
          think: false,
          truncate: false,
          shift: false,
        },
      }),
    ).toEqual({
      url: 'http://localhost:11434/api/chat',
      body: {
        model: 'llama3.2',
        messages: [{ role: 'user', content: 'Hi' }],
        stream: true,
        format: 'json',
        keep_alive: '30m',
        options: { num_predict: 60, temperature: 0, seed: 7, stop: ['\n'], num_ctx: 16_384 },
        think: false,
        truncate: false,
        shift: false,
      },
    });
  });

  it('has options of the model that other servers read beside the fields', () => {
    const extra = { num_ctx: 16_384, top_k: 40, min_p: 0.1, repeat_penalty: 1.1, options: { top_k: 20 } };
    expect(sentFor({ ...request, extra }).body).toMatchObject({
      options: { num_ctx: 16_384, top_k: 20, min_p: 0.1, repeat_penalty: 1.1 },
    });
  });

  it.each([
    ['none', false],
    ['minimal', 'low'],
    ['high', 'high'],
    ['xhigh', 'max'],
  ] as const)('with the effort %s has think %p', (reasoning_effort, think) => {
    expect(sentFor({ ...request, reasoning_effort }).body).toMatchObject({ think });
  });

  it('has the schema of response_format, and stream false for a completion', () => {
    const schema = { type: 'object', properties: {} } as const;
    const response_format = { type: 'json_schema', json_schema: { name: 'x', schema } } as const;
    expect(sentFor({ ...request, response_format }, false).body).toMatchObject({
      format: schema,
      stream: false,
    });
  });

  it('has messages of every kind', () => {
    // JavaScript allows it.
    const picture = { type: 'image_url', image_url: { url: 'data:;base64,aW1n' } };
    const { body } = sentFor({
      ...request,
      messages: [
        { role: 'developer', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'One' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,aW1n' } },
            { type: 'text', text: 'two' },
            { type: 'input_audio', input_audio: { data: 'd2F2', format: 'wav' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          reasoning: 'Hm.',
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
            { id: 'c2', type: 'function', function: { name: 'time', arguments: '' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: '7' },
        { role: 'tool', tool_call_id: 'c2', content: 'noon', name: 'clock' },
        {
          role: 'tool',
          tool_call_id: 'c1',
          content: [picture as never],
        },
        { role: 'assistant', refusal: 'No.' },
        { role: 'assistant', content: [{ type: 'refusal', refusal: 'Never.' }] },
      ],
    });
    expect(body).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'One\n\ntwo', images: ['aW1n', 'd2F2'] },
        {
          role: 'assistant',
          content: '',
          thinking: 'Hm.',
          tool_calls: [
            { id: 'c1', function: { index: 0, name: 'weather', arguments: { city: 'Oslo' } } },
            { id: 'c2', function: { index: 1, name: 'time', arguments: {} } },
          ],
        },
        { role: 'tool', content: '7', tool_name: 'weather', tool_call_id: 'c1' },
        { role: 'tool', content: 'noon', tool_name: 'clock', tool_call_id: 'c2' },
        { role: 'tool', content: '', images: ['aW1n'], tool_name: 'weather', tool_call_id: 'c1' },
        { role: 'assistant', content: 'No.' },
        { role: 'assistant', content: 'Never.' },
      ],
    });
  });

  it.each([
    ['an image at a URL', { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }],
    ['a file', { type: 'file', file: { file_id: 'f1' } }],
  ] as const)('with %s is a RequestError', async (_, part) => {
    const chat: ChatRequest = { ...request, messages: [{ role: 'user', content: [part] }] };
    const call$ = chatCompletion$({ transport: ollamaNative(() => NEVER) }, chat);
    await expect(lastValueFrom(call$)).rejects.toBeInstanceOf(RequestError);
  });

  it.each(['{"a":', '[1]', 'null'])('with the arguments %s is a RequestError', async (text) => {
    const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: text } } as const;
    const chat: ChatRequest = { ...request, messages: [{ role: 'assistant', tool_calls: [call] }] };
    const call$ = chatCompletion$({ transport: ollamaNative(() => NEVER) }, chat);
    await expect(lastValueFrom(call$)).rejects.toMatchObject({
      _tag: 'RequestError',
      message: expect.stringContaining('not a JSON object') as unknown,
    });
  });

  it('reports the fields that it leaves out, by its profile', () => {
    const ignored: string[] = [];
    const config = {
      transport: ollamaNative(() => NEVER),
      profile: ollamaNativeProfile,
      hooks: { onIgnored: (field: string) => ignored.push(field) },
    };
    const extra = { options: {}, keep_alive: 0, temprature: 1 };
    chatCompletion$(config, { ...request, n: 2, tool_choice: 'auto', seed: 1, extra })
      .subscribe()
      .unsubscribe();
    expect(ignored.sort()).toEqual(['n', 'temprature', 'tool_choice']);
  });

  it('is unchanged for another call', () => {
    let url = '';
    ollamaNative((each) => {
      url = each.url;
      return NEVER;
    })({ method: 'GET', url: 'http://localhost:11434/v1/models', headers: {} }).subscribe();
    expect(url).toBe('http://localhost:11434/v1/models');
  });
});

describe('the chunks of ollamaNative', () => {
  it('are those of the records, with durations in the last', async () => {
    const chunks = await lastValueFrom(
      chatCompletion$(
        { transport: answers(saying({ thinking: 'Hm' }), saying({ content: 'Hi' }), ended()) },
        request,
      ).pipe(orFail(), toArray()),
    );
    expect(chunks.map(({ choices }) => choices?.[0]?.delta)).toEqual([
      { role: 'assistant', content: '', reasoning: 'Hm' },
      { content: 'Hi' },
      { content: '' },
    ]);
    expect(chunks.at(-1)).toMatchObject({
      created: 1787338102,
      choices: [{ finish_reason: 'stop' }],
      usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
      timings: {
        load_ms: 500,
        prompt_n: 9,
        prompt_ms: 90,
        predicted_n: 2,
        predicted_ms: 40,
        predicted_per_second: 50,
        total_ms: 3000,
      },
    });
  });

  it('number the calls of all records, and give an id to those without', async () => {
    const call = (city: string): object => ({
      tool_calls: [{ function: { index: 0, name: 'weather', arguments: { city } } }],
    });
    const { choices } = await foldOf(answers(saying(call('Oslo')), saying(call('Rome')), ended()));
    expect(choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        tool_calls: [
          { id: 'call_0', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
          { id: 'call_1', function: { name: 'weather', arguments: '{"city":"Rome"}' } },
        ],
      },
    });
  });

  it.each([
    [{ prompt_eval_count: undefined }, [0, 2, 2]],
    [{ eval_count: undefined }, [9, 0, 9]],
  ])('count an absent number of tokens as 0: %p', async (counts, [prompt, completion, total]) => {
    expect((await foldOf(answers(ended(counts)))).usage).toMatchObject({
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: total,
    });
  });

  it('number the calls of one record', async () => {
    const call = (city: string): object => ({ function: { name: 'weather', arguments: { city } } });
    const first = saying({ tool_calls: [call('Oslo')] });
    const { choices } = await foldOf(
      answers(first, saying({ tool_calls: [call('Rome'), call('Bern')] }), ended()),
    );
    expect(choices[0]?.message?.tool_calls).toMatchObject([
      { id: 'call_0', function: { arguments: '{"city":"Oslo"}' } },
      { id: 'call_1', function: { arguments: '{"city":"Rome"}' } },
      { id: 'call_2', function: { arguments: '{"city":"Bern"}' } },
    ]);
  });

  it('have arguments that are text already, and no content without one', async () => {
    const message = { tool_calls: [{ function: { name: 'weather', arguments: '{"city":"Oslo"}' } }] };
    const { choices } = await foldOf(
      answers(record({ message, done: false }), ended({ message: undefined })),
    );
    expect(choices[0]?.message).toMatchObject({
      content: '',
      tool_calls: [{ function: { arguments: '{"city":"Oslo"}' } }],
    });
  });

  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    // Of a request without messages: its answer is empty and complete.
    ['load', 'stop'],
    ['unload', 'stop'],
    ['', 'stop'],
    ['a_new_reason', 'a_new_reason'],
  ])('end for the reason %j with %s', async (done_reason, expected) => {
    expect((await foldOf(answers(ended({ done_reason })))).choices[0]?.finish_reason).toBe(expected);
  });

  it('end in the way of the server when it answers a stream with one JSON value', async () => {
    const transport = ollamaNative(() => of(json, bytesOf(ended({ done_reason: 'length' }).trim())));
    expect((await foldOf(transport)).choices[0]?.finish_reason).toBe('length');
  });

  it('include the logprobs', async () => {
    const logprobs = [{ token: 'Hi', logprob: -0.5 }];
    const { choices } = await foldOf(answers(saying({ content: 'Hi' }, { logprobs }), ended()));
    expect(choices[0]?.logprobs).toEqual({ content: logprobs });
  });

  it.each([
    [{ prompt_eval_count: 3 }, { prompt_tokens: 3, completion_tokens: 0, total_tokens: 3 }],
    [
      { prompt_eval_count: null, eval_count: 2 },
      { prompt_tokens: 0, completion_tokens: 2, total_tokens: 2 },
    ],
    [{}, undefined],
    [{ prompt_eval_count: null, eval_count: null }, undefined],
  ])('have the usage of the counts %j', async (counts, usage) => {
    const none = { prompt_eval_count: undefined, eval_count: undefined };
    expect((await foldOf(answers(ended({ ...none, ...counts })))).usage).toEqual(usage);
  });

  it.each<unknown>([[], 'x', { a: 1 }])('include no logprobs where there are none: %j', async (logprobs) => {
    const { choices } = await foldOf(answers(saying({ content: 'Hi' }, { logprobs }), ended()));
    expect(choices[0]?.logprobs).toBeUndefined();
  });
});

describe('a failure of ollamaNative', () => {
  it.each([
    [{ status: 401 }, 401, false],
    [{ StatusCode: 401, Status: '401 Unauthorized' }, 401, false],
    [{ code: 429 }, 429, true],
    [{ code: null }, 500, true],
  ])('with a status of its own, %j, has code %s', (fields, code, retryable) => {
    const body = `${JSON.stringify({ error: 'no', ...fields })}\n`;
    const transport = ollamaNative(() => of(ndjson, bytesOf(body)));
    const { error } = outcomeOf(chatCompletion$({ transport }, request));
    expect(error).toMatchObject({ _tag: 'ServerError', message: 'no', code, retryable });
  });

  it('after the first byte is a retryable ServerError with the message of Ollama', () => {
    const crash = `${JSON.stringify({ error: 'llama runner process has terminated' })}\n`;
    const { values, error } = outcomeOf(
      chatCompletion$({ transport: answers(saying({ content: 'Hi' }), crash) }, request),
    );
    expect(values).toHaveLength(1);
    expect(error).toBeInstanceOf(ServerError);
    expect(error).toMatchObject({ message: 'llama runner process has terminated', retryable: true });
  });

  it('after the first byte keeps its other fields', () => {
    const fields = { error: 'busy', status: 503, retry_after: 3, signin_url: 'https://ollama.com/connect' };
    const transport = ollamaNative(() => of(ndjson, bytesOf(`${JSON.stringify(fields)}\n`)));
    const { error } = outcomeOf(chatCompletion$({ transport }, request));
    expect(error).toMatchObject({
      ...{ _tag: 'ServerError', message: 'busy', code: 503, retryAfterMs: 3_000 },
      body: expect.stringContaining('https://ollama.com/connect') as unknown,
    });
  });

  it('before the first byte is an HttpError', async () => {
    const body = bytesOf('{"error":"model \'x\' not found"}');
    const transport = ollamaNative(() => of({ ...json, status: 404 }, body));
    await expect(lastValueFrom(chatCompletion$({ transport }, request))).rejects.toMatchObject({
      _tag: 'HttpError',
      status: 404,
      serverMessage: "model 'x' not found",
    });
  });

  it.each([
    [
      'http://localhost:11434/v1',
      "http://localhost:11434/api/chat: it is part of Ollama's own API, check baseURL",
    ],
    [
      'https://llm.example.com',
      "https://llm.example.com/api/chat: it is part of Ollama's own API, check baseURL",
    ],
  ])('of an address without Ollama names the one that was called: %s', async (baseURL, expected) => {
    const transport = ollamaNative(() => of({ status: 404, headers: {} }, bytesOf('404 page not found')));
    await expect(lastValueFrom(chatCompletion$({ baseURL, transport }, request))).rejects.toMatchObject({
      message: `404 page not found (nothing is at ${expected})`,
    });
  });

  it('of the connection passes', async () => {
    const broken = new Error('reset');
    const transport = ollamaNative(() =>
      concat(
        of(ndjson),
        throwError(() => broken),
      ),
    );
    await expect(lastValueFrom(chatCompletion$({ transport }, request))).rejects.toMatchObject({
      _tag: 'ConnectionError',
    });
  });

  it.each([
    ['without a last record', saying({ content: 'Hi' })],
    ['in the middle of a record', saying({ content: 'Hi' }) + saying({ content: 'you' }).slice(0, 40)],
  ])('that ends the body %s is a TruncatedError', (_, body) => {
    const { values, error } = outcomeOf(chatCompletion$({ transport: answers(body) }, request));
    expect(values).toHaveLength(1);
    expect(error).toBeInstanceOf(TruncatedError);
  });

  it('of a line that is not JSON is a Left, and the stream continues', () => {
    const { values, end } = outcomeOf(chatCompletion$({ transport: answers('{oops\n', ended()) }, request));
    expect(values.map(isRight)).toEqual([false, true]);
    expect(end).toBe('complete');
  });

  it('of a web page is a ProtocolError', async () => {
    const html = { status: 200, headers: { 'content-type': 'text/html' } };
    const transport = ollamaNative(() => of(html, bytesOf('<html><title>Sign in</title></html>')));
    await expect(lastValueFrom(chatCompletion$({ transport }, request))).rejects.toMatchObject({
      _tag: 'ProtocolError',
    });
  });
});

describe('a completion of ollamaNative', () => {
  it('has the fields of a chat completion', async () => {
    const tool_calls = [{ id: 'c1', function: { index: 0, name: 'f', arguments: { a: [1] } } }];
    const body = ended({ message: { role: 'assistant', content: 'Hi', thinking: 'Hm', tool_calls } });
    const transport = ollamaNative(() => of(json, ...cutAt(bytesOf(body), [1, 30, 31])));
    const completion = await firstValueFrom(completion$({ transport }, request));
    expect(completion).toMatchObject({
      object: 'chat.completion',
      choices: [
        {
          finish_reason: 'tool_calls',
          message: {
            role: 'assistant',
            content: 'Hi',
            reasoning: 'Hm',
            tool_calls: [{ id: 'c1', function: { name: 'f', arguments: '{"a":[1]}' } }],
          },
        },
      ],
      usage: { total_tokens: 11 },
      timings: { load_ms: 500 },
    });
  });

  it('that is an error is a ServerError', async () => {
    const transport = ollamaNative(() => of(json, bytesOf('{"error":"out of memory"}')));
    await expect(lastValueFrom(completion$({ transport }, request))).rejects.toBeInstanceOf(ServerError);
  });
});

describe('the reads of ollamaNative', () => {
  it('may be cut anywhere', () => {
    const body = bytesOf(
      [
        saying({ thinking: 'Grüße 🌊' }),
        saying({ content: 'Où\r\n“x”' }),
        saying({ tool_calls: [{ id: 'c', function: { name: 'f', arguments: { a: 'é' } } }] }),
        ended(),
      ].join(''),
    );
    const whole = outcomeOf(chatCompletion$({ transport: bodies(body) }, request));
    expect(whole).toMatchObject({ end: 'complete', values: { length: 4 } });
    fc.assert(
      fc.property(fc.array(fc.nat(body.length)), fc.nat(body.length), (places, length) => {
        const cut = cutAt(body, places);
        expect(outcomeOf(chatCompletion$({ transport: bodies(...cut) }, request))).toEqual(whole);
        // A body that ends early ends the same way however it is cut.
        const early = body.slice(0, length);
        const ends = (parts: readonly Uint8Array[]): unknown =>
          outcomeOf(chatCompletion$({ transport: bodies(...parts) }, request));
        expect(ends(cutAt(early, places))).toEqual(ends([early]));
      }),
    );
  });

  it('may have records of several lines, cut anywhere', () => {
    const records = [saying({ thinking: 'Hm' }), saying({ content: 'a\n{\n}' }), ended()];
    const printed = (indent: string | number, end: string): string =>
      records
        .map((each) => `${JSON.stringify(JSON.parse(each), null, indent)}\n`.replace(/\n/g, end))
        .join('');
    const valuesOf = (...parts: readonly Uint8Array[]): readonly unknown[] =>
      outcomeOf(chatCompletion$({ transport: bodies(...parts) }, request)).values;
    const compact = valuesOf(bytesOf(records.join('')));
    expect(compact).toHaveLength(3);
    for (const body of [
      printed(2, '\n'),
      printed('\t', '\r\n'),
      printed(4, '\n\n'),
      printed(1, '\n').trimEnd(),
    ]) {
      const bytes = bytesOf(body);
      fc.assert(
        fc.property(fc.array(fc.nat(bytes.length)), (places) => {
          expect(valuesOf(...cutAt(bytes, places))).toEqual(compact);
        }),
      );
    }
  });

  it('that end inside a record of several lines are truncated', () => {
    const body = `${saying({ content: 'Hi' })}{\n  "message": {\n    "con`;
    expect(outcomeOf(chatCompletion$({ transport: answers(body) }, request)).error).toBeInstanceOf(
      TruncatedError,
    );
  });

  it('pass the gate and an abort to the transport below', () => {
    const gate = new ReadGate();
    const response$ = new Subject<ResponseHead>();
    let passed: ReadGate | undefined;
    const transport = ollamaNative((each) => {
      passed = each.gate;
      return response$;
    });
    const call = chatCompletion$({ transport, gate }, request).subscribe();
    expect(passed).toBe(gate);
    expect(response$.observed).toBe(true);
    call.unsubscribe();
    expect(response$.observed).toBe(false);
  });
});

/** Returns the records that Ollama writes for the chunks of a recorded answer; the reverse of its `openai.ToStreamChunks`. */
function recordsOf(chunks: readonly ChatCompletionChunk[]): string {
  const usage = chunks.find((chunk) => chunk.usage)?.usage;
  return chunks
    .flatMap(({ created, model, choices }) => {
      const created_at = new Date(1000 * (created ?? 0)).toISOString();
      return (choices ?? []).map(({ delta, finish_reason, logprobs }) =>
        record({
          model,
          created_at,
          message: {
            role: 'assistant',
            content: delta?.content ?? '',
            thinking: delta?.reasoning ?? undefined,
            tool_calls: delta?.tool_calls?.map((call) => ({
              id: call.id,
              function: {
                index: call.index,
                name: call.function?.name,
                arguments: JSON.parse(call.function?.arguments || '{}') as unknown,
              },
            })),
          },
          logprobs: (logprobs as { readonly content?: unknown } | null | undefined)?.content,
          ...(finish_reason && {
            done: true,
            done_reason: finish_reason === 'tool_calls' ? 'stop' : finish_reason,
            prompt_eval_count: usage?.prompt_tokens,
            eval_count: usage?.completion_tokens,
          }),
        }),
      );
    })
    .join('');
}

const isFinished = ({ kind, name, expect: expected }: RecordedAnswer): boolean =>
  /^ollama-server\//.test(name) &&
  kind === 'stream' &&
  expected.error === undefined &&
  !!expected.finishReason;
const ofOllama = recordings.filter(isFinished);

describe('the same answers by both interfaces of Ollama', () => {
  it.each(ofOllama.map((answer) => [answer.name, answer] as const))('fold equal: %s', async (_, answer) => {
    const chunks = await lastValueFrom(
      chatCompletion$({ transport: () => played(answer) }, request).pipe(orFail(), toArray()),
    );
    const native = (await foldOf(answers(recordsOf(chunks)))) as ChatCompletion & {
      readonly timings?: unknown;
    };
    const { id: _id, ...byV1 } = fold(chunks);
    const { timings: _timings, ...byNative } = native;
    expect(byNative).toEqual(byV1);
  });
});
