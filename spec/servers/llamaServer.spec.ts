import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { concat, defer, lastValueFrom, of, tap, toArray } from 'rxjs';

import type { CallInfo, ChatHooks } from '../../lib/call/ChatHooks';
import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { completion$ } from '../../lib/call/completion';
import type { ChatConfig } from '../../lib/call/config';
import type { ChatCompletion } from '../../lib/codec/ChatCompletion';
import { responses } from '../../lib/dialects/responses/responses';
import { addChunk, emptyCompletion } from '../../lib/fold/completion';
import { nodeTransport } from '../../lib/node/nodeTransport';
import { traced } from '../../lib/opentelemetry/traced';
import { orFail } from '../../lib/operators/either/orFail';
import { retryChat } from '../../lib/operators/resilience/retryChat';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import { llamaCpp } from '../../lib/servers/llamaCpp';
import { fetchTransport } from '../../lib/transport/fetchTransport';
import type { Transport } from '../../lib/transport/transport';
import { describeLive, startLlamaServer, type LlamaServer } from '../helpers/llamaServer';
import { bytesOf } from '../helpers/reads';

const request: ChatRequest = {
  model: 'tiny-random-llama',
  messages: [{ role: 'user', content: 'Why is the sky blue?' }],
  seed: 1,
  max_tokens: 40,
  extra: { cache_prompt: false },
};

describeLive('a server of /servers, live: llama-server', () => {
  jest.setTimeout(120_000);
  let server: LlamaServer;
  let config: ChatConfig;
  beforeAll(async () => {
    server = await startLlamaServer('--parallel', '2');
    config = { ...llamaCpp, baseURL: server.baseURL };
  });
  afterAll(() => server.close());

  const streamed = async (own: ChatConfig): Promise<ChatCompletion> => {
    const chunks = await lastValueFrom(
      chatCompletion$({ ...config, ...own }, request).pipe(retryChat(), orFail(), toArray()),
    );
    return chunks.reduce((all, chunk) => addChunk(all, chunk), emptyCompletion);
  };
  const answerIn = ({ choices, usage }: ChatCompletion): unknown => ({
    content: choices[0]?.message?.content,
    finish: choices[0]?.finish_reason,
    tokens: usage?.total_tokens,
  });

  const transports: ReadonlyArray<readonly [string, () => Transport]> = [
    ['fetch', fetchTransport],
    ['node:http', nodeTransport],
  ];

  it('answers the same by fetch and by node:http, streamed and not', async () => {
    const answers: unknown[] = [];
    for (const [, create] of transports) {
      const transport = create();
      answers.push(answerIn(await streamed({ transport })));
      answers.push(
        answerIn(await lastValueFrom(completion$({ ...config, transport }, request).pipe(retryChat()))),
      );
    }
    expect(answers).toEqual(Array(4).fill(answers[0]));
    expect(answers[0]).toMatchObject({ content: expect.stringMatching(/\w/) as unknown, finish: 'length' });
  });

  it.each(transports)('answers on /responses by %s', async (_, create) => {
    const { content } = answerIn(await streamed({})) as { readonly content: string };
    const transport = responses(create());
    const whole = await lastValueFrom(completion$({ ...config, transport }, request).pipe(retryChat()));
    expect(answerIn(await streamed({ transport }))).toMatchObject({ content });
    expect(answerIn(whole)).toMatchObject({ content });
  });

  it('distinguishes two concurrent calls of one config, by hooks and by spans', async () => {
    const exporter = new InMemorySpanExporter();
    const tracer = new BasicTracerProvider({
      spanProcessors: [new SimpleSpanProcessor(exporter)],
    }).getTracer('spec');
    const seen: Record<string, string[]> = {};
    const hooks = ({ request: { max_tokens } }: CallInfo): ChatHooks => {
      const events = (seen[String(max_tokens)] ??= []);
      return {
        onFirstOutput: () => events.push('first output'),
        onComplete: ({ usage }) => events.push(`${usage?.completion_tokens} tokens`),
      };
    };
    const shared: ChatConfig = { ...config, hooks };
    let open = 0;
    let most = 0;
    await Promise.all(
      [20, 60].map((max_tokens) => {
        const sent = { ...request, max_tokens };
        return lastValueFrom(
          chatCompletion$(shared, sent).pipe(
            tap({ subscribe: () => (most = Math.max(most, ++open)), finalize: () => open-- }),
            traced(sent, { server: shared, tracer }),
          ),
        );
      }),
    );
    expect(most).toBe(2);
    expect(seen).toEqual({ 20: ['first output', '20 tokens'], 60: ['first output', '60 tokens'] });
    const spans = exporter.getFinishedSpans().map(({ attributes }) => attributes);
    expect(spans).toHaveLength(2);
    for (const attributes of spans) {
      expect(attributes).toMatchObject({
        'gen_ai.provider.name': 'llama.cpp',
        'gen_ai.usage.output_tokens': attributes['gen_ai.request.max_tokens'],
        'gen_ai.response.finish_reasons': ['length'],
      });
    }
  });

  it('has one span over three tries, of which the last succeeds', async () => {
    const exporter = new InMemorySpanExporter();
    const tracer = new BasicTracerProvider({
      spanProcessors: [new SimpleSpanProcessor(exporter)],
    }).getTracer('spec');
    const attempts: number[] = [];
    // As the server responds while it loads its model.
    const loading$ = concat(
      of({ status: 503, headers: { 'content-type': 'application/json', 'retry-after-ms': '1' } }),
      of(bytesOf('{"error":{"message":"Loading model","type":"unavailable_error","code":503}}')),
    );
    const real = fetchTransport();
    const transport: Transport = (sent) => defer(() => (attempts.length < 3 ? loading$ : real(sent)));
    const hooks = ({ attempt }: CallInfo): ChatHooks => {
      attempts.push(attempt);
      return {};
    };
    const call$ = chatCompletion$({ ...config, transport, hooks }, request).pipe(
      retryChat({ count: 5 }),
      traced(request, { server: config, tracer }),
    );
    await lastValueFrom(call$);
    expect(attempts.slice(0, 3)).toEqual([1, 2, 3]);
    expect(exporter.getFinishedSpans().map(({ attributes }) => attributes)).toMatchObject([
      { 'gen_ai.response.finish_reasons': ['length'], 'gen_ai.usage.output_tokens': 40 },
    ]);
  });
});
