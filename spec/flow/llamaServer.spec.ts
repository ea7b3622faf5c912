import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { isRight } from 'fp-ts/Either';
import { firstValueFrom, last, map, toArray } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import type { CompletedCall } from '../../lib/call/ChatHooks';
import type { ChatCompletion } from '../../lib/codec/ChatCompletion';
import { completion$ } from '../../lib/call/completion';
import type { ChatConfig } from '../../lib/call/config';
import { embeddings$ } from '../../lib/call/embeddings';
import { models$ } from '../../lib/call/models';
import { accumulateCompletion } from '../../lib/operators/accumulate/accumulateCompletion';
import { accumulateContent } from '../../lib/operators/accumulate/accumulateContent';
import { accumulateReasoning } from '../../lib/operators/accumulate/accumulateReasoning';
import { accumulateToolCalls } from '../../lib/operators/accumulate/accumulateToolCalls';
import { traced } from '../../lib/opentelemetry/traced';
import { orFail } from '../../lib/operators/either/orFail';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import { llamaCpp } from '../../lib/servers/llamaCpp';
import { describeLive, startLlamaServer, type LlamaServer } from '../helpers/llamaServer';

// The first start on a machine is slow.
jest.setTimeout(120_000);

let server: LlamaServer;
let locked: LlamaServer;
beforeAll(async () => {
  server = await startLlamaServer('-np', '2');
  locked = await startLlamaServer('--api-key', 'right');
});
afterAll(async () => {
  await server.close();
  await locked.close();
});

const seen = (name: string, run: (config: ChatConfig) => Promise<void>): void => {
  it(name, () => run({ baseURL: server.baseURL }));
};

const request: ChatRequest = {
  model: 'tiny-random-llama',
  messages: [{ role: 'user', content: 'Why is the sky blue?' }],
  seed: 1,
  max_tokens: 60,
};
const weather: ChatRequest = {
  ...request,
  tools: [
    {
      type: 'function',
      function: {
        name: 'weather',
        parameters: {
          type: 'object',
          properties: { city: { type: 'string', maxLength: 12 } },
          required: ['city'],
        },
      },
    },
  ],
  tool_choice: 'required',
  max_tokens: 400,
};

/** The parts of an answer that are the same in every call. */
const saidIn = ({ choices }: ChatCompletion): unknown =>
  choices.map(({ index, finish_reason, message }) => ({
    index,
    finish_reason,
    content: message?.content,
    calls: message?.tool_calls?.map((call) => call.function),
  }));

const streamed = (config: ChatConfig, asked: ChatRequest): Promise<ChatCompletion> =>
  firstValueFrom(chatCompletion$(config, asked).pipe(accumulateCompletion(), last()));
const whole = (config: ChatConfig, asked: ChatRequest): Promise<ChatCompletion> =>
  firstValueFrom(completion$(config, asked));
const failure = (config: ChatConfig, asked: ChatRequest = request): Promise<unknown> =>
  streamed(config, asked).then(
    () => 'no error',
    (error: unknown) => error,
  );

describeLive('llama-server', () => {
  seen('streams an answer, every chunk of it readable', async (config) => {
    const decoded = await firstValueFrom(chatCompletion$(config, request).pipe(toArray()));
    expect(decoded.filter((each) => !isRight(each))).toEqual([]);
    const text = await firstValueFrom(chatCompletion$(config, request).pipe(accumulateContent(), last()));
    expect(text.length).toBeGreaterThan(20);
  });

  seen('sends the same answer streamed and not streamed', async (config) => {
    const [inPieces, inOne] = [await streamed(config, request), await whole(config, request)];
    expect(saidIn(inPieces)).toEqual(saidIn(inOne));
    expect(inPieces.usage).toMatchObject({ completion_tokens: inOne.usage?.completion_tokens });
  });

  seen('gives two choices, each with a text of its own', async (config) => {
    const { choices } = await streamed(config, { ...request, n: 2 });
    expect(choices).toHaveLength(2);
    expect(choices.map(({ index }) => index).sort()).toEqual([0, 1]);
    for (const { message, finish_reason } of choices) {
      expect(message?.content).toMatch(/\w/);
      expect(finish_reason).toMatch(/^(stop|length)$/);
    }
    expect((await whole(config, { ...request, n: 2 })).choices).toHaveLength(2);
  });

  seen('calls a tool, with joined arguments', async (config) => {
    const calls = await firstValueFrom(chatCompletion$(config, weather).pipe(accumulateToolCalls(), last()));
    expect(calls.length).toBeGreaterThan(0);
    for (const call of calls) {
      expect(call).toMatchObject({ name: 'weather', complete: true });
      expect(call.id).not.toBe('');
      expect(JSON.parse(call.arguments)).toMatchObject({ city: expect.any(String) as string });
    }
    expect(saidIn(await streamed(config, weather))).toEqual(saidIn(await whole(config, weather)));
  });

  seen('keeps to a schema', async (config) => {
    const text = await firstValueFrom(
      chatCompletion$(config, {
        ...request,
        max_tokens: 400,
        response_format: {
          type: 'json_schema',
          json_schema: {
            name: 'place',
            schema: {
              type: 'object',
              properties: { name: { type: 'string', maxLength: 20 }, big: { type: 'boolean' } },
              required: ['name', 'big'],
            },
          },
        },
      }).pipe(accumulateContent(), last()),
    );
    expect(JSON.parse(text)).toEqual({
      name: expect.any(String) as string,
      big: expect.any(Boolean) as boolean,
    });
  });

  seen('gives log probabilities, joined in order', async (config) => {
    const asked = { ...request, max_tokens: 8, logprobs: true, top_logprobs: 2 };
    const tokensOf = ({ choices }: ChatCompletion): unknown => {
      const logprobs = choices[0]?.logprobs;
      return typeof logprobs === 'object' && logprobs?.content?.map(({ token }) => token);
    };
    const tokens = tokensOf(await streamed(config, asked));
    expect(tokens).toEqual(expect.arrayContaining([expect.stringMatching(/\w/)]));
    expect(tokens).toEqual(tokensOf(await whole(config, asked)));
  });

  seen('thinks before it speaks', async (config) => {
    const asked: ChatRequest = {
      ...request,
      max_tokens: 300,
      extra: { chat_template_kwargs: { enable_thinking: true } },
    };
    const thought = await firstValueFrom(
      chatCompletion$(config, asked).pipe(accumulateReasoning(), last(null, '')),
    );
    expect(thought).toMatch(/\w/);
  });

  seen('counts its tokens only when it is asked to', async (config) => {
    const usages = (asked: ChatRequest): Promise<readonly unknown[]> =>
      firstValueFrom(
        chatCompletion$(config, asked).pipe(
          orFail(),
          map(({ usage }) => usage),
          toArray(),
        ),
      ).then((all) => all.filter((usage) => usage != null));
    expect(await usages(request)).toHaveLength(1);
    expect(await usages({ ...request, stream_options: { include_usage: false } })).toHaveLength(0);
  });

  seen('lists its model', async (config) => {
    const models = await firstValueFrom(models$(config));
    expect(models.map(({ id }) => id)).toEqual(['tiny-random-llama']);
  });

  seen('refuses a wrong key with its status and words', async () => {
    const { baseURL } = locked;
    expect(await failure({ baseURL, apiKey: 'wrong' })).toMatchObject({
      _tag: 'HttpError',
      status: 401,
      type: 'authentication_error',
      retryable: false,
    });
    expect(saidIn(await streamed({ baseURL, apiKey: 'right' }, request))).toHaveLength(1);
  });

  seen('refuses what it cannot do with its status and words', async (config) => {
    expect(await failure(config, { ...request, logprobs: true, tools: weather.tools })).toMatchObject({
      _tag: 'HttpError',
      status: 400,
    });
    expect(await failure({ baseURL: `${config.baseURL}/nowhere` })).toMatchObject({
      _tag: 'HttpError',
      status: 404,
    });
    const embedding = firstValueFrom(embeddings$(config, { model: 'tiny-random-llama', input: 'Hi' }));
    await expect(embedding).rejects.toMatchObject({ _tag: 'HttpError', status: 501, retryable: false });
  });

  seen('stops generating after an unsubscribe', async (config) => {
    const endless: ChatRequest = { ...request, max_tokens: 8_000, extra: { ignore_eos: true } };
    await firstValueFrom(chatCompletion$(config, endless));
    // Polled: the server may be anywhere in its loop.
    while ((await server.busy()) !== 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const [choice] = (await streamed(config, request)).choices;
    expect(choice?.message?.content).toMatch(/\w/);
  });

  seen('answers two concurrent calls of one config, which hooks and spans distinguish', async (config) => {
    const exporter = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    const tracer = provider.getTracer('spec');
    const completed = new Map<unknown, CompletedCall>();
    const firstOutputs: unknown[] = [];
    const hooked: ChatConfig = {
      ...config,
      hooks: ({ request: { max_tokens } }) => ({
        onFirstOutput: () => firstOutputs.push(max_tokens),
        onComplete: (call) => completed.set(max_tokens, call),
      }),
    };
    const lengths = [20, 60];
    await Promise.all(
      lengths.map((max_tokens) => {
        const asked: ChatRequest = { ...request, max_tokens, extra: { ignore_eos: true } };
        const { baseURL } = config;
        const server = { baseURL, profile: llamaCpp.profile };
        return firstValueFrom(
          chatCompletion$(hooked, asked).pipe(
            traced(asked, { tracer, server }),
            accumulateCompletion(),
            last(),
          ),
        );
      }),
    );
    expect(firstOutputs.sort()).toEqual(lengths);
    const spans = exporter.getFinishedSpans();
    expect(spans).toHaveLength(lengths.length);
    for (const length of lengths) {
      expect(completed.get(length)).toMatchObject({
        finishReasons: ['length'],
        usage: { completion_tokens: length },
      });
      const span = spans.find(({ attributes }) => attributes['gen_ai.request.max_tokens'] === length);
      expect(span?.attributes).toMatchObject({
        'gen_ai.provider.name': llamaCpp.profile.name,
        'gen_ai.usage.output_tokens': length,
        'gen_ai.response.finish_reasons': ['length'],
      });
      expect(span?.attributes['gen_ai.response.time_to_first_chunk']).toBeGreaterThan(0);
    }
    const ids = spans.map(({ attributes }) => attributes['gen_ai.response.id']);
    expect(new Set(ids).size).toBe(lengths.length);
    expect(JSON.stringify(spans.map(({ attributes }) => attributes))).not.toContain('sky');
  });
});
