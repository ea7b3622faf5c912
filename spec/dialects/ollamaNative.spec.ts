import fc from 'fast-check';
import { isRight } from 'fp-ts/Either';
import { EMPTY, lastValueFrom, map, Observable, of } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { completion$ } from '../../lib/call/completion';
import { embeddings$ } from '../../lib/call/embeddings';
import type { ChatConfig } from '../../lib/call/config';
import { ollamaApi, ollamaNative, type OllamaNativeExtras } from '../../lib/dialects';
import { accumulateCompletion } from '../../lib/operators/accumulate/accumulateCompletion';
import { unwrap } from '../../lib/operators/either/unwrap';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import type { Bytes, ResponseHead, Transport, TransportRequest } from '../../lib/transport/transport';
import { bytesOf, cutAt, outcomeOf } from '../helpers/reads';
import { recordings } from '../helpers/recordings';
import { toChatState } from '../../lib/state/toChatState';

const N: ResponseHead = { status: 200, headers: { 'content-type': 'application/x-ndjson' } };
const messages = [{ role: 'user', content: 'Hi' }] as const;
const hi: ChatRequest = { model: 'llama3.2', messages };

/** Lines as Ollama's source writes them. */
const line = (message: object, more: object = {}): string =>
  `${JSON.stringify({ model: 'llama3.2', created_at: '2026-08-01T12:00:00.5Z', message: { role: 'assistant', ...message }, done: false, ...more })}\n`;
const counts = {
  total_duration: 3_000_000_000,
  load_duration: 1_500_000_000,
  prompt_eval_count: 9,
  prompt_eval_duration: 250_000_000,
  eval_count: 3,
  eval_duration: 1_000_000_000,
};
const last = (reason: string | undefined = 'stop'): string =>
  line({ content: '' }, { done: true, done_reason: reason, ...counts });

const answered = (body: string, head: ResponseHead = N): ChatConfig => ({
  transport: ollamaNative(() => of(head, bytesOf(body))),
});

/** The body that is sent for a request. */
function sentFor(request: ChatRequest): Record<string, unknown> {
  let sent: TransportRequest | undefined;
  const transport: Transport = (each) => {
    sent = each;
    return EMPTY;
  };
  outcomeOf(chatCompletion$({ transport: ollamaNative(transport) }, request));
  return JSON.parse(sent?.body ?? 'null') as Record<string, unknown>;
}

describe('the request of ollamaNative', () => {
  it('goes to /api/chat, whatever the base URL', () => {
    const urls: string[] = [];
    const transport: Transport = ({ url }) => {
      urls.push(url);
      return EMPTY;
    };
    for (const baseURL of [
      undefined,
      'http://gpu:11434/v1/',
      'https://proxy/ollama/v1',
      'http://gpu:11434',
      '/llm/v1?key=1',
    ]) {
      const location = { href: 'http://page/' };
      Object.assign(globalThis, { location });
      outcomeOf(chatCompletion$({ baseURL, transport: ollamaNative(transport) }, hi));
      Reflect.deleteProperty(globalThis, 'location');
    }
    expect(urls).toEqual([
      'http://localhost:11434/api/chat',
      'http://gpu:11434/api/chat',
      'https://proxy/ollama/api/chat',
      'http://gpu:11434/api/chat',
      '/llm/api/chat?key=1',
    ]);
  });

  it('has the parameters of the model among the options, and those of extra win', () => {
    const extra: OllamaNativeExtras = {
      options: { num_ctx: 8_192, temperature: 0 },
      keep_alive: -1,
      think: 'high',
      truncate: false,
      shift: false,
    };
    const request = {
      ...hi,
      temperature: 1,
      top_p: 0.5,
      seed: 7,
      max_completion_tokens: 20,
      stop: 'END',
      n: 2,
      extra,
    };
    expect(sentFor(request)).toEqual({
      model: 'llama3.2',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
      keep_alive: -1,
      think: 'high',
      truncate: false,
      shift: false,
      options: { temperature: 0, top_p: 0.5, seed: 7, num_predict: 20, stop: ['END'], num_ctx: 8_192 },
    });
  });

  it.each<[string, Partial<ChatRequest>, object]>([
    ['an effort', { reasoning_effort: 'low' }, { think: 'low' }],
    ['no effort', { reasoning_effort: 'none' }, { think: false }],
    ['any JSON object', { response_format: { type: 'json_object' } }, { format: 'json' }],
    ['text', { response_format: { type: 'text' } }, {}],
    [
      'a schema',
      { response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } } },
      { format: { type: 'object' } },
    ],
    ['several stop texts', { stop: ['a', 'b'] }, { options: { stop: ['a', 'b'] } }],
  ])('translates %s', (_, fields, expected) => {
    expect(sentFor({ ...hi, ...fields })).toEqual({
      model: 'llama3.2',
      messages: [...messages],
      stream: true,
      ...expected,
    });
  });

  it('translates each kind of message', () => {
    const call = {
      id: 'c1',
      type: 'function',
      function: { name: 'weather', arguments: '{"city":"Oslo"}' },
    } as const;
    const none = { id: 'c2', type: 'function', function: { name: 'now', arguments: '' } } as const;
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } } as const;
    const sound = { type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } } as const;
    const sent = sentFor({
      model: 'llama3.2',
      messages: [
        { role: 'developer', content: 'Be brief' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            image,
            sound,
            { type: 'text', text: 'And now?' },
          ],
        },
        { role: 'assistant', content: null, reasoning_content: 'Hm', tool_calls: [call, none] },
        { role: 'tool', tool_call_id: 'c1', content: '4 °C' },
        { role: 'tool', tool_call_id: 'c2', content: [{ type: 'text', text: '12:00' }] },
      ],
    });
    expect(sent.messages).toEqual([
      { role: 'system', content: 'Be brief' },
      { role: 'user', content: 'What is this?\nAnd now?', images: ['iVBO', 'UklG'] },
      {
        role: 'assistant',
        content: '',
        thinking: 'Hm',
        tool_calls: [
          { id: 'c1', function: { name: 'weather', arguments: { city: 'Oslo' } } },
          { id: 'c2', function: { name: 'now', arguments: {} } },
        ],
      },
      { role: 'tool', content: '4 °C', tool_name: 'weather', tool_call_id: 'c1' },
      { role: 'tool', content: '12:00', tool_name: 'now', tool_call_id: 'c2' },
    ]);
  });

  it.each<[string, ChatRequest['messages'], string]>([
    [
      'an image by URL',
      [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://a/b.png' } }] }],
      'data: URI',
    ],
    ['a file', [{ role: 'user', content: [{ type: 'file', file: { file_id: 'f' } }] }], 'type file'],
    [
      'cut arguments',
      [
        {
          role: 'assistant',
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":' } }],
        },
      ],
      'arguments of a call of f',
    ],
  ])('errors for %s before anything is sent', (_, refused, message) => {
    const transport = jest.fn();
    const { error } = outcomeOf(
      chatCompletion$({ transport: ollamaNative(transport) }, { model: 'a', messages: refused }),
    );
    expect(error).toMatchObject({
      _tag: 'RequestError',
      message: expect.stringContaining(message) as unknown,
    });
    expect(transport).not.toHaveBeenCalled();
  });

  it('reports the fields without effect, by ollamaApi', () => {
    const ignored: string[] = [];
    const hooks = { onIgnored: (field: string) => ignored.push(field) };
    const request = { ...hi, n: 2, tool_choice: 'none' as const, extra: { options: {}, num_ctx: 8_192 } };
    outcomeOf(chatCompletion$({ ...ollamaApi, hooks, transport: ollamaNative(() => EMPTY) }, request));
    expect(ignored.sort()).toEqual(['n', 'num_ctx', 'tool_choice']);
  });

  it('leaves other calls alone', () => {
    const urls: string[] = [];
    const transport: Transport = ({ url }) => {
      urls.push(url);
      return EMPTY;
    };
    outcomeOf(embeddings$({ transport: ollamaNative(transport) }, { model: 'a', input: 'b' }));
    expect(urls).toEqual(['http://localhost:11434/v1/embeddings']);
  });
});

/** All that is folded of an answer. */
const folded = async (config: ChatConfig) =>
  lastValueFrom(chatCompletion$(config, hi).pipe(accumulateCompletion()));

describe('the answer of ollamaNative', () => {
  const body = [
    line({ content: '', thinking: 'H' }),
    line({ content: '', thinking: 'm' }),
    line({ content: 'Zür' }),
    line({ content: 'ich 🏔' }),
    last('length'),
  ].join('');

  it('has text, reasoning, usage and the times of the server', async () => {
    const { choices, usage, created, ...others } = await folded(answered(body));
    expect(choices).toEqual([
      {
        index: 0,
        message: { role: 'assistant', content: 'Zürich 🏔', reasoning: 'Hm' },
        finish_reason: 'length',
      },
    ]);
    expect(usage).toEqual({ prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 });
    expect(created).toBe(Date.UTC(2026, 7, 1, 12) / 1_000);
    expect(others).toMatchObject({
      timings: {
        load_ms: 1_500,
        prompt_n: 9,
        prompt_ms: 250,
        predicted_n: 3,
        predicted_ms: 1_000,
        total_ms: 3_000,
      },
    });
  });

  it('has tool calls, and stops for them', async () => {
    const oslo = { function: { name: 'weather', arguments: { city: 'Oslo' } } };
    const bergen = { id: 'b', function: { index: 0, name: 'weather', arguments: { city: 'Bergen' } } };
    const calls = [
      line({ content: '', tool_calls: [oslo] }),
      line({ content: '', tool_calls: [bergen] }),
      last(),
    ];
    const state = await lastValueFrom(chatCompletion$(answered(calls.join('')), hi).pipe(toChatState()));
    expect(state.finishReason).toBe('tool_calls');
    expect(state.toolCalls.map(({ name, arguments: text, complete }) => [name, text, complete])).toEqual([
      ['weather', '{"city":"Oslo"}', true],
      ['weather', '{"city":"Bergen"}', true],
    ]);
  });

  it('is the same wherever reads cut it', () => {
    const bytes = bytesOf(body);
    const whole = outcomeOf(chatCompletion$(answered(body), hi));
    expect(whole.values).toHaveLength(5);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (places) => {
        const transport = ollamaNative(() => of<Array<ResponseHead | Bytes>>(N, ...cutAt(bytes, places)));
        expect(outcomeOf(chatCompletion$({ transport }, hi))).toEqual(whole);
      }),
    );
  });

  it.each<[string, string, object]>([
    [
      'an error after the first token',
      `${line({ content: 'H' })}{"error":"llama runner process has terminated: exit status 2"}\n`,
      { _tag: 'ServerError', serverMessage: 'llama runner process has terminated: exit status 2' },
    ],
    ['an end without the last line', line({ content: 'H' }), { _tag: 'TruncatedError' }],
    ['an end inside a line', `${line({ content: 'H' })}${last().slice(0, 40)}`, { _tag: 'TruncatedError' }],
    ['an empty body', '', { _tag: 'ProtocolError' }],
  ])('errors at %s', (_, text, error) => {
    const { values, error: actual } = outcomeOf(chatCompletion$(answered(text), hi));
    expect(actual).toMatchObject(error);
    expect(values).toHaveLength(text === '' ? 0 : 1);
  });

  it('passes a damaged line as a Left, and the next one unharmed', () => {
    const damaged = `${line({ content: 'a' })}{"model":\n${line({ content: 'b' })}${last()}`;
    const { values, end } = outcomeOf(chatCompletion$(answered(damaged), hi));
    expect(values.map((each) => isRight(each))).toEqual([true, false, true, true]);
    expect(end).toBe('complete');
  });

  it('reports a refused request like any other', () => {
    const head = { status: 404, headers: { 'content-type': 'application/json' } };
    const { error } = outcomeOf(chatCompletion$(answered('{"error":"model \\"x\\" not found"}', head), hi));
    expect(error).toMatchObject({ _tag: 'HttpError', status: 404, serverMessage: 'model "x" not found' });
  });

  it('completes a request that only loads the model', async () => {
    const load = {
      model: 'llama3.2',
      created_at: '2026-08-01T12:00:00Z',
      message: { role: 'assistant', content: '' },
    };
    const loaded = `${JSON.stringify({ ...load, done_reason: 'load', done: true })}\n`;
    expect((await folded(answered(loaded))).choices[0]?.finish_reason).toBe('stop');
  });

  it('keeps a reason that it does not know', async () => {
    expect((await folded(answered(last('thermal')))).choices[0]?.finish_reason).toBe('thermal');
  });

  it('is one completion without streaming', async () => {
    const message = {
      thinking: 'Hm',
      content: 'Hi',
      tool_calls: [{ function: { name: 'now', arguments: {} } }],
    };
    const whole = line(message, { done: true, done_reason: 'stop', ...counts });
    const head = { status: 200, headers: { 'content-type': 'application/json', 'content-length': '999' } };
    expect(await lastValueFrom(completion$(answered(whole, head), hi))).toMatchObject({
      model: 'llama3.2',
      choices: [
        {
          message: {
            content: 'Hi',
            reasoning: 'Hm',
            tool_calls: [{ function: { name: 'now', arguments: '{}' } }],
          },
          finish_reason: 'tool_calls',
        },
      ],
      usage: { total_tokens: 12 },
    });
  });

  it('aborts the request in the same tick', () => {
    let aborted = 0;
    const response$ = new Observable<ResponseHead | Bytes>((subscriber) => {
      subscriber.next(N);
      subscriber.next(bytesOf(line({ content: 'H' })));
      return () => (aborted += 1);
    });
    const subscription = chatCompletion$({ transport: ollamaNative(() => response$) }, hi).subscribe();
    expect(aborted).toBe(0);
    subscription.unsubscribe();
    expect(aborted).toBe(1);
  });
});

/**
 * The recorded answers of Ollama's `/v1`, written as `/api/chat` writes the same content: one line for each chunk.
 *
 * No real `/api/chat` could be recorded, so this proves that both roads lead to one fold, not the shape of the lines.
 */
describe('the same answers by both APIs of Ollama', () => {
  const answers = recordings
    .filter(({ name, kind }) => kind === 'stream' && name.startsWith('ollama-server/'))
    .map(({ name, head, body }) => {
      const v1: ChatConfig = { transport: () => of(head, body) };
      return { name, v1, ...outcomeOf(chatCompletion$(v1, hi).pipe(unwrap('fail'))) };
    })
    // A crash, which `/v1` does not report.
    .filter(({ end }) => end === 'complete');

  it('are more than ten', () => {
    expect(answers.length).toBeGreaterThan(10);
  });

  it.each(answers.map((each) => [each.name, each] as const))(
    'are equal: %s',
    async (_, { v1, values: chunks }) => {
      const lines = chunks.flatMap(({ choices }) => [
        ...(choices ?? []).map(({ delta }) =>
          line({
            content: delta?.content ?? '',
            ...(typeof delta?.reasoning === 'string' && { thinking: delta.reasoning }),
            ...(delta?.tool_calls && {
              tool_calls: delta.tool_calls.map(({ id, function: called }) => ({
                id,
                function: { name: called?.name, arguments: JSON.parse(called?.arguments ?? '{}') as unknown },
              })),
            }),
          }),
        ),
      ]);
      const reason = chunks.map(({ choices }) => choices?.[0]?.finish_reason).find(Boolean);
      const native = [
        ...lines,
        line(
          { content: '' },
          { done: true, done_reason: reason === 'tool_calls' ? 'stop' : reason, ...counts },
        ),
      ];
      const states = await Promise.all(
        [v1, answered(native.join(''))].map((config) =>
          lastValueFrom(
            chatCompletion$(config, hi).pipe(
              toChatState(),
              map(({ status, content, reasoning, toolCalls, finishReason }) => ({
                status,
                content,
                reasoning,
                finishReason,
                calls: toolCalls.map(({ id, name, arguments: text, complete }) => [
                  id,
                  name,
                  JSON.parse(text || '{}') as unknown,
                  complete,
                ]),
              })),
            ),
          ),
        ),
      );
      expect(states[1]).toEqual(states[0]);
    },
  );
});
