import * as fc from 'fast-check';
import { context, SpanKind, SpanStatusCode, trace, type Meter, type Tracer } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import {
  catchError,
  concat,
  concatMap,
  config as rxjsConfig,
  defer,
  finalize,
  from,
  last,
  lastValueFrom,
  map,
  NEVER,
  Observable,
  of,
  repeat,
  take,
  takeUntil,
  tap,
  throwError,
  timer,
} from 'rxjs';
import { errorFrame, scriptedTransport, type Script } from 'rxjs-chat-completions/testing';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import type { ChatConfig } from '../../lib/call/config';
import { completion$ } from '../../lib/call/completion';
import { markedChunk } from '../../lib/codec/mark';
import { RequestError } from '../../lib/errors';
import { traced } from '../../lib/opentelemetry/traced';
import { accumulateContent } from '../../lib/operators/accumulate/accumulateContent';
import { orFail } from '../../lib/operators/either/orFail';
import { retryChat } from '../../lib/operators/resilience/retryChat';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import { groq } from '../../lib/servers/groq';
import { httpError } from '../helpers/httpError';
import { marbles } from '../helpers/marbles';

const exporter = new InMemorySpanExporter();
const tracer: Tracer = new BasicTracerProvider({
  spanProcessors: [new SimpleSpanProcessor(exporter)],
}).getTracer('spec');
beforeEach(() => exporter.reset());

/** A meter, and the sums of its metrics. */
function metering() {
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 1e9 });
  const meter: Meter = new MeterProvider({ readers: [reader] }).getMeter('spec');
  const points = async () => {
    await reader.forceFlush();
    const metrics = metricExporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    await reader.shutdown();
    return metrics.flatMap(({ descriptor: { name, unit }, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => ({ name, unit, attributes, value })),
    );
  };
  return { meter, points };
}

const request: ChatRequest = { model: 'any', messages: [{ role: 'user', content: 'A secret prompt' }] };
const ignored = { error: () => undefined };

/** Runs calls in virtual time, and returns their spans as plain data. */
function spansOf(run: () => void) {
  marbles(({ flush }) => {
    run();
    flush();
  });
  return exporter
    .getFinishedSpans()
    .map(({ name, kind, status, attributes }) => ({ name, kind, status, attributes }));
}

const call = (script: Script, sent = request, config: ChatConfig = {}) =>
  chatCompletion$({ ...config, transport: scriptedTransport(script) }, sent);

const local = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'ollama',
  'gen_ai.request.model': 'any',
  'server.address': 'localhost',
  'server.port': 11_434,
};
const answered = {
  'gen_ai.request.stream': true,
  'gen_ai.response.id': expect.any(String) as unknown,
  'gen_ai.response.model': 'any',
  'gen_ai.response.finish_reasons': ['stop'],
};
const hello = { parts: [{ text: ['Hel', 'lo'] }], delayMs: 20, usage: [9, 2] as const };

describe('the span of a call', () => {
  it('has the attributes of an answer', () => {
    const spans = spansOf(() => {
      call(hello).pipe(traced(request, { tracer })).subscribe();
    });
    expect(spans).toEqual([
      {
        name: 'chat any',
        kind: SpanKind.CLIENT,
        status: { code: SpanStatusCode.UNSET },
        attributes: {
          ...local,
          ...answered,
          'gen_ai.response.time_to_first_chunk': 0.02,
          'gen_ai.usage.input_tokens': 9,
          'gen_ai.usage.output_tokens': 2,
        },
      },
    ]);
  });

  it('covers the three attempts of a retry', () => {
    const spans = spansOf(() => {
      call([{ status: 503 }, { status: 503 }, hello])
        .pipe(retryChat({ random: () => 1 }), traced(request, { tracer }))
        .subscribe();
    });
    expect(spans).toHaveLength(1);
    expect(spans[0]).toMatchObject({
      status: { code: SpanStatusCode.UNSET },
      // Waits of 500 and 1,000 ms.
      attributes: { ...answered, 'gen_ai.response.time_to_first_chunk': 1.52 },
    });
  });

  it('is one for each attempt above the retry', () => {
    const spans = spansOf(() => {
      call([{ status: 503 }, hello])
        .pipe(traced(request, { tracer }), retryChat())
        .subscribe();
    });
    expect(spans.map(({ attributes }) => attributes['error.type'])).toEqual(['503', undefined]);
  });

  it.each<readonly [string, Script, string]>([
    ['a status', { status: 400, message: 'A secret prompt is too long' }, '400'],
    ['an error in the stream', { parts: ['Hel', { frames: errorFrame('A secret prompt') }] }, 'ServerError'],
    ['a broken connection', { parts: ['Hel', { cut: 'socket' }] }, 'ConnectionError'],
    ['a truncated body', { parts: ['Hel', { cut: 'body' }] }, 'TruncatedError'],
  ])('has the type of an error, without its message: %s', (_, script, type) => {
    const spans = spansOf(() => {
      call(script).pipe(traced(request, { tracer })).subscribe(ignored);
    });
    expect(spans).toMatchObject([
      { status: { code: SpanStatusCode.ERROR }, attributes: { ...local, 'error.type': type } },
    ]);
    expect(spans[0]?.status).not.toHaveProperty('message');
    expect(exporter.getFinishedSpans()[0]?.events).toEqual([]);
  });

  it.each<readonly [type: string, error: unknown]>([
    ['RangeError', new RangeError('A secret prompt')],
    ['_OTHER', 'a text'],
  ])('has the type of an error of another kind: %s', (type, error) => {
    throwError(() => error)
      .pipe(traced(request, { tracer }))
      .subscribe(ignored);
    expect(exporter.getFinishedSpans()[0]?.attributes['error.type']).toBe(type);
  });

  it('reports the choices that an error has cut', () => {
    const chunks = [0, 1].map((index) => ({ choices: [{ index, delta: { content: 'Hi' } }] }));
    const finished = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
    const spans = spansOf(() => {
      call({ parts: [{ frames: [...chunks, finished] }, { cut: 'body' }] }, { ...request, n: 2 })
        .pipe(traced(request, { tracer }))
        .subscribe(ignored);
    });
    expect(spans[0]?.attributes['gen_ai.response.finish_reasons']).toEqual(['stop', 'error']);
  });

  it('is neither failed nor complete after take(1), and after a stop above it', () => {
    const spans = spansOf(() => {
      call(hello).pipe(traced(request, { tracer }), take(1)).subscribe();
      call(hello)
        .pipe(takeUntil(timer(30)), traced(request, { tracer }))
        .subscribe();
    });
    expect(spans).toHaveLength(2);
    for (const { status, attributes } of spans) {
      expect(status.code).toBe(SpanStatusCode.UNSET);
      expect(attributes).toMatchObject({ 'rxjs_chat_completions.stopped': true });
      expect(attributes).toMatchObject({ 'gen_ai.response.finish_reasons': ['error'] });
      expect(attributes).not.toHaveProperty('error.type');
    }
  });

  it.each([
    ['stopped', undefined, SpanStatusCode.UNSET, { 'rxjs_chat_completions.stopped': true }],
    ['stopped', 'by its user', SpanStatusCode.UNSET, { 'rxjs_chat_completions.stopped': true }],
    [
      'failed',
      new DOMException('late', 'TimeoutError'),
      SpanStatusCode.ERROR,
      { 'error.type': 'AbortedError' },
    ],
  ])('is %s after an abort of the signal with the reason %s', (_, reason, code, attributes) => {
    const controller = new AbortController();
    const [span] = spansOf(() => {
      call(hello, request, { signal: controller.signal })
        .pipe(traced(request, { tracer }))
        .subscribe(ignored);
      timer(30).subscribe(() => controller.abort(reason));
    });
    expect(span).toMatchObject({ status: { code }, attributes });
  });

  it('is complete for an answer that ends without a finish reason', () => {
    const spans = spansOf(() => {
      call({ parts: ['Hello'], finish: null })
        .pipe(traced(request, { tracer }))
        .subscribe();
    });
    expect(spans[0]?.attributes).not.toHaveProperty('rxjs_chat_completions.stopped');
    expect(spans[0]?.attributes).not.toHaveProperty('gen_ai.response.finish_reasons');
  });

  it('has only the finish reasons of the attempt after a restart', () => {
    const second = { choices: [{ index: 1, delta: { content: 'Hel' }, finish_reason: 'length' }] };
    const spans = spansOf(() => {
      call([{ parts: ['Hel', { frames: second }, { cut: 'body' }] }, hello])
        .pipe(retryChat({ restart: true }), traced(request, { tracer }))
        .subscribe();
    });
    expect(spans[0]?.attributes).toMatchObject(answered);
  });

  it('is the same for chunks and for their Eithers', () => {
    const [either, plain] = spansOf(() => {
      call(hello).pipe(traced(request, { tracer })).subscribe();
      call(hello).pipe(orFail(), traced(request, { tracer })).subscribe();
    });
    expect(plain).toEqual(either);
  });

  it('has no time to the first chunk for an answer that is not streamed', () => {
    const spans = spansOf(() => {
      completion$({ transport: scriptedTransport(hello) }, request)
        .pipe(traced(request, { tracer }))
        .subscribe();
    });
    expect(spans[0]?.attributes).toEqual({
      ...local,
      'gen_ai.response.id': expect.any(String) as unknown,
      'gen_ai.response.model': 'any',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': 9,
      'gen_ai.usage.output_tokens': 2,
    });
  });

  it('has the settings of a request, and its server', () => {
    const sent: ChatRequest = {
      ...request,
      max_completion_tokens: 5,
      temperature: 0,
      top_p: 1,
      seed: 7,
      n: 2,
      reasoning_effort: 'low',
      frequency_penalty: null,
      stop: 'a secret stop',
      response_format: { type: 'json_object' },
    };
    const spans = spansOf(() => {
      of()
        .pipe(traced(sent, { tracer, server: groq }))
        .subscribe();
    });
    expect(spans[0]?.attributes).toEqual({
      ...local,
      'gen_ai.provider.name': 'groq',
      'server.address': 'api.groq.com',
      'server.port': 443,
      'gen_ai.request.max_tokens': 5,
      'gen_ai.request.temperature': 0,
      'gen_ai.request.top_p': 1,
      'gen_ai.request.seed': 7,
      'gen_ai.request.choice.count': 2,
      'gen_ai.request.reasoning.level': 'low',
      'gen_ai.output.type': 'json',
    });
  });

  it('has the settings that are sent as extra fields, as they are sent', () => {
    const sent: ChatRequest = { ...request, temperature: 1, extra: { top_k: 40, n: 2, temperature: 0.5 } };
    const [span] = spansOf(() => {
      call(hello, sent).pipe(traced(sent, { tracer })).subscribe();
    });
    expect(span?.attributes).toMatchObject({
      'gen_ai.request.top_k': 40,
      'gen_ai.request.choice.count': 2,
      'gen_ai.request.temperature': 0.5,
    });
  });

  it('has no number of choices for one choice', () => {
    of()
      .pipe(traced({ ...request, n: 1 }, { tracer }))
      .subscribe();
    expect(exporter.getFinishedSpans()[0]?.attributes).toEqual(local);
  });

  it.each([
    ['https://llm.example.com/v1?key=sk-1', 'llm.example.com', 443],
    ['http://10.0.0.1:8080/v1', '10.0.0.1', 8_080],
    ['http://[::1]:8080/v1', '::1', 8_080],
    ['/api', '_OTHER', undefined],
  ])('names the provider of %s by its host', (baseURL, provider, port) => {
    of()
      .pipe(traced(request, { tracer, server: { baseURL } }))
      .subscribe();
    const attributes = exporter.getFinishedSpans()[0]?.attributes;
    expect(attributes?.['gen_ai.provider.name']).toBe(provider);
    expect(attributes?.['server.port']).toBe(port);
    expect(JSON.stringify(attributes)).not.toContain('sk-1');
  });

  it('is not left open by a meter that throws', () => {
    const startSpan = jest.spyOn(tracer, 'startSpan');
    const error = new Error('no metrics');
    const meter = {
      createHistogram: () => {
        throw error;
      },
    } as unknown as Meter;
    const failed = jest.fn();
    of().pipe(traced(request, { tracer, meter })).subscribe({ error: failed });
    expect(failed).toHaveBeenCalledWith(error);
    expect(startSpan).not.toHaveBeenCalled();
    startSpan.mockRestore();
  });

  it.each([undefined, null, {}, 'gpt'])('does not end a call with the request %j', (invalid) => {
    const failed = jest.fn();
    const source$ = throwError(() => new RequestError('no request'));
    source$.pipe(traced(invalid as never, { tracer })).subscribe({ error: failed });
    expect(failed).toHaveBeenCalledWith(new RequestError('no request'));
    expect(exporter.getFinishedSpans()).toMatchObject([
      { name: 'chat', attributes: { 'error.type': 'RequestError' } },
    ]);
  });

  it('counts reasoning, and tokens that are read from the cache and written to it', () => {
    const usage = {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 15,
      prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 2 },
      completion_tokens_details: { reasoning_tokens: 3 },
    };
    of({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage })
      .pipe(traced(request, { tracer }))
      .subscribe();
    expect(exporter.getFinishedSpans()[0]?.attributes).toMatchObject({
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 5,
      'gen_ai.usage.cache_read.input_tokens': 4,
      'gen_ai.usage.cache_write.input_tokens': 2,
      'gen_ai.usage.reasoning.output_tokens': 3,
    });
  });

  it('has the model, the tokens and the reasons of whichever chunks have them', () => {
    from([
      { id: '', model: '', choices: [] },
      { id: 'id', model: 'any', choices: [{ index: 2, delta: { content: 'c' } }] },
      {
        choices: [{ index: 1, delta: { content: 'b' }, finish_reason: 'length' }],
        usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
      },
      { choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'stop' }] },
      { id: 'late', model: 'other', choices: [{ index: 0, delta: {} }] },
    ])
      .pipe(traced(request, { tracer }))
      .subscribe();
    const attributes = exporter.getFinishedSpans()[0]?.attributes;
    expect(attributes).toMatchObject({
      'gen_ai.response.id': 'id',
      'gen_ai.response.model': 'any',
      'gen_ai.response.finish_reasons': ['stop', 'length', 'error'],
      'gen_ai.usage.input_tokens': 9,
    });
    expect(attributes).not.toHaveProperty('rxjs_chat_completions.stopped');
  });

  it('starts at the subscription, once for each', () => {
    const call$ = call('Hello').pipe(traced(request, { tracer }));
    expect(exporter.getFinishedSpans()).toEqual([]);
    call$.subscribe();
    call$.subscribe();
    expect(exporter.getFinishedSpans()).toHaveLength(2);
  });

  it('passes every value through, and the error', () => {
    const error = httpError({ status: 500, retryable: true });
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const values = { a: 1, b: null, c: undefined, d: { choices: 'no list' }, e: { _tag: 'Left', left: 1 } };
      const source = cold('  -a-b-c-d-e-#', values, error);
      const subs = '         ^----------!';
      const expected = '     -a-b-c-d-e-#';
      expectObservable(source.pipe(traced(request, { tracer }))).toBe(expected, values, error);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });
});

describe('a value of any kind', () => {
  it('passes through unchanged: a span does not end the call', () => {
    const field = fc.constantFrom(
      'choices',
      'usage',
      'id',
      'model',
      'delta',
      'index',
      'finish_reason',
      'right',
      '_tag',
      'x',
    );
    const { json } = fc.letrec<{ json: unknown }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 6 },
        fc.constantFrom(null, true, 0, 1.5, '', 'Right', 'stop', undefined),
        fc.array(tie('json'), { maxLength: 3 }),
        fc.dictionary(field, tie('json'), { maxKeys: 5 }),
      ),
    }));
    const chunk = fc.record(
      { choices: fc.array(json), usage: json, id: json, model: json },
      { requiredKeys: ['choices'] },
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(json, chunk)), (values) => {
        const passed: unknown[] = [];
        from(values)
          .pipe(traced(request, { tracer }))
          .subscribe((value) => passed.push(value));
        expect(passed).toEqual(values);
      }),
    );
  });
});

describe('the metrics of a call', () => {
  it('have the names, units and attributes of the conventions', async () => {
    const { meter, points } = metering();
    spansOf(() => {
      const traced$ = call(hello).pipe(traced(request, { tracer, meter }));
      timer(1_000)
        .pipe(concatMap(() => traced$))
        .subscribe();
    });
    const attributes = { ...local, 'gen_ai.response.model': 'any' };
    const histogram = (name: string, sum: number, unit = 's', count = 1): object => ({
      name: `gen_ai.client.inference.${name}`,
      unit,
      attributes,
      value: expect.objectContaining({ sum: expect.closeTo(sum, 6) as unknown, count }) as unknown,
    });
    const counter = (name: string, value: number): object => ({
      name: `gen_ai.client.inference.usage.${name}`,
      unit: '{token}',
      attributes: { ...attributes, 'gen_ai.token.modality': 'unknown' },
      value,
    });
    expect(await points()).toEqual([
      histogram('duration', 0.04),
      histogram('time_to_first_chunk', 0.02),
      histogram('time_per_output_chunk', 0.02),
      counter('input_tokens', 9),
      histogram('operation.input_tokens', 9, '{token}'),
      counter('output_tokens', 2),
      histogram('operation.output_tokens', 2, '{token}'),
    ]);
  });

  it('have the type of an error, and the mark of a stop, on the duration and not on the times of chunks', async () => {
    const { meter, points } = metering();
    spansOf(() => {
      call({ status: 400 }).pipe(traced(request, { tracer, meter })).subscribe(ignored);
      call(hello).pipe(traced(request, { tracer, meter }), take(2)).subscribe();
    });
    const all = await points();
    const marked = all.filter(({ attributes }) =>
      ['error.type', 'rxjs_chat_completions.stopped'].some((name) => name in attributes),
    );
    expect(marked).toMatchObject([
      { name: 'gen_ai.client.inference.duration', attributes: { 'error.type': '400' } },
      { name: 'gen_ai.client.inference.duration', attributes: { 'rxjs_chat_completions.stopped': true } },
    ]);
  });

  it('keep their attributes when a server names its model after the first output', async () => {
    const { meter, points } = metering();
    from([
      { choices: [{ index: 0, delta: { content: 'a' } }] },
      { model: 'late', choices: [{ index: 0, delta: { content: 'b' } }] },
      { choices: [{ index: 0, delta: { content: 'c' }, finish_reason: 'stop' }] },
    ])
      .pipe(traced(request, { tracer, meter }))
      .subscribe();
    const models = (await points()).map(({ name, attributes }) => [
      name.replace('gen_ai.client.inference.', ''),
      attributes['gen_ai.response.model'],
    ]);
    expect(models).toEqual([
      ['duration', 'late'],
      ['time_to_first_chunk', undefined],
      ['time_per_output_chunk', 'late'],
    ]);
  });

  it('have the model of the last attempt', async () => {
    const { meter, points } = metering();
    const chunkOf = (model: string) => ({
      id: `id of ${model}`,
      model,
      choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'stop' }],
    });
    from([chunkOf('first'), markedChunk({ kind: 'restarted', attempt: 2 }), chunkOf('second')])
      .pipe(traced(request, { tracer, meter }))
      .subscribe();
    const duration = (await points()).find(({ name }) => name.endsWith('.duration'));
    expect(duration?.attributes['gen_ai.response.model']).toBe('second');
    expect(exporter.getFinishedSpans()[0]?.attributes).toMatchObject({
      'gen_ai.response.model': 'second',
      'gen_ai.response.id': 'id of second',
    });
  });

  describe('of a meter that throws', () => {
    beforeEach(() => jest.useFakeTimers());
    afterEach(() => {
      jest.useRealTimers();
      rxjsConfig.onUnhandledError = null;
    });

    it('do not fail an unsubscription, and report the failure', () => {
      const unhandled = (rxjsConfig.onUnhandledError = jest.fn());
      const error = new Error('no metrics');
      const record = (): void => {
        throw error;
      };
      const meter = { createHistogram: () => ({ record }), createCounter: () => ({}) } as unknown as Meter;
      NEVER.pipe(traced(request, { tracer, meter })).subscribe().unsubscribe();
      jest.runAllTimers();
      expect(unhandled).toHaveBeenCalledWith(error);
    });
  });

  it('have the boundaries of the conventions', async () => {
    const { meter, points } = metering();
    spansOf(() => call(hello).pipe(traced(request, { meter })).subscribe());
    const seconds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
    const tokens = [
      1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216,
    ];
    const histograms = (await points()).filter(({ value }) => typeof value === 'object');
    expect(histograms).toHaveLength(5);
    for (const { unit, value } of histograms) {
      const boundaries = unit === 's' ? seconds : [...tokens, 67_108_864];
      expect(value).toMatchObject({ buckets: { boundaries } });
    }
  });
});

describe('the context of a span', () => {
  beforeAll(() => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
  afterAll(() => context.disable());

  it('is active for every request of the call, so HTTP spans are its children', async () => {
    const active: Array<string | undefined> = [];
    const transport = scriptedTransport([{ status: 503, headers: { 'retry-after-ms': '1' } }, 'Hello']);
    const observed = (sent: Parameters<typeof transport>[0]) =>
      defer(() => {
        active.push(trace.getActiveSpan()?.spanContext().spanId);
        return transport(sent);
      });
    const text$ = chatCompletion$({ transport: observed }, request).pipe(
      retryChat({ random: () => 0 }),
      traced(request, { tracer }),
      accumulateContent(),
      last(),
    );
    await tracer.startActiveSpan('the route', async (route) => {
      expect(await lastValueFrom(text$)).toBe('Hello');
      route.end();
    });
    const [chat, route] = exporter.getFinishedSpans();
    expect(active).toEqual([chat?.spanContext().spanId, chat?.spanContext().spanId]);
    expect(chat?.parentSpanContext?.spanId).toBe(route?.spanContext().spanId);
  });

  it('distinguishes two concurrent calls', async () => {
    const transport = scriptedTransport(({ body }) => ({ parts: [(body as ChatRequest).model], delayMs: 2 }));
    const seen = new Map<string, string | undefined>();
    const config: ChatConfig = { transport };
    await Promise.all(
      ['a', 'b'].map((model) => {
        const sent = { ...request, model };
        return lastValueFrom(
          chatCompletion$(config, sent).pipe(
            tap(() => seen.set(model, trace.getActiveSpan()?.spanContext().spanId)),
            traced(sent, { tracer }),
          ),
        );
      }),
    );
    const spans = exporter.getFinishedSpans();
    expect(spans.map(({ name }) => name).sort()).toEqual(['chat a', 'chat b']);
    for (const span of spans) {
      const model = span.name.slice('chat '.length);
      expect(span.attributes['gen_ai.response.model']).toBe(model);
      expect(seen.get(model)).toBe(span.spanContext().spanId);
    }
  });
});

describe('a call after another', () => {
  beforeAll(() => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
  afterAll(() => context.disable());

  const scripted = (part: string | Script) => {
    const script = typeof part === 'string' ? { parts: [part], delayMs: 1 } : part;
    return chatCompletion$({ transport: scriptedTransport(script) }, request).pipe(
      traced(request, { tracer }),
    );
  };
  const parents = (): readonly unknown[] =>
    exporter
      .getFinishedSpans()
      .filter(({ name }) => name !== 'the route')
      .map(({ name, parentSpanContext }) => [name, parentSpanContext?.spanId]);

  it.each<[string, () => Observable<unknown>]>([
    ['begins when the first one completes', () => concat(scripted('a'), scripted('b'))],
    [
      'begins at a value of it',
      () =>
        scripted('a').pipe(
          take(1),
          concatMap(() => scripted('b')),
        ),
    ],
    [
      'begins at its error',
      () => scripted({ parts: ['a', { cut: 'body' }], delayMs: 1 }).pipe(catchError(() => scripted('b'))),
    ],
    ['is a repetition', () => scripted('a').pipe(repeat(2))],
    ['is a tool', () => scripted('a').pipe(tap({ complete: () => tracer.startSpan('chat any').end() }))],
  ])('has the same parent if it %s', async (_, create) => {
    const route = await tracer.startActiveSpan('the route', async (span) => {
      await lastValueFrom(create());
      span.end();
      return span.spanContext().spanId;
    });
    expect(parents()).toEqual([
      ['chat any', route],
      ['chat any', route],
    ]);
  });

  it('emits in the context of its subscriber', async () => {
    const seen = new Set<string | undefined>();
    const route = await tracer.startActiveSpan('the route', async (span) => {
      const id = (): string | undefined => trace.getActiveSpan()?.spanContext().spanId;
      await lastValueFrom(scripted({ parts: ['a', 'b'], delayMs: 1 }).pipe(tap(() => seen.add(id()))));
      span.end();
      return span.spanContext().spanId;
    });
    expect([...seen]).toEqual([route]);
  });

  it('ends with a subscriber that unsubscribes while everything is emitted at once', () => {
    const source$ = new Observable<number>((subscriber) => {
      for (let i = 0; !subscriber.closed; i += 1) subscriber.next(i);
    });
    const values: number[] = [];
    source$.pipe(traced(request, { tracer }), take(2)).subscribe((value) => values.push(value));
    expect(values).toEqual([0, 1]);
    expect(exporter.getFinishedSpans()).toMatchObject([
      { attributes: { 'rxjs_chat_completions.stopped': true } },
    ]);
  });
});

describe('an export', () => {
  it('contains no text of a prompt, an answer, a tool, an error or a key', async () => {
    const { meter, points } = metering();
    const secret = 'secret';
    const sent: ChatRequest = {
      model: 'any',
      messages: [{ role: 'user', content: `A ${secret} prompt` }],
      tools: [{ type: 'function', function: { name: `${secret}_tool` } }],
      stop: [`a ${secret}`],
      safety_identifier: `a ${secret}`,
      metadata: { note: `a ${secret}` },
      extra: { note: `a ${secret}` },
    };
    const config: ChatConfig = { baseURL: `http://localhost/v1?key=${secret}`, apiKey: `${secret}-key-123` };
    const toolCall = { name: `${secret}_tool`, arguments: { a: `a ${secret}` } };
    const scripts: readonly Script[] = [
      { parts: [{ reasoning: `A ${secret} thought` }, `A ${secret} answer`, { toolCall }] },
      { status: 400, message: `A ${secret} error` },
      { parts: [`A ${secret} answer`, { errorFrame: `A ${secret} error` }] },
      { parts: [`A ${secret} answer`, { bad: 'json' }, { cut: 'body' }] },
    ];
    spansOf(() => {
      for (const script of scripts) {
        call(script, sent, config)
          .pipe(traced(sent, { tracer, meter, server: config }))
          .subscribe(ignored);
      }
    });
    const spans = exporter
      .getFinishedSpans()
      .map(({ name, attributes, status, events, links, resource }) => ({
        ...{ name, attributes, status, events, links },
        resource: resource.attributes,
      }));
    expect(spans).toHaveLength(scripts.length);
    expect(JSON.stringify([spans, await points()])).not.toContain(secret);
  });

  it('needs no SDK', () => {
    const values: unknown[] = [];
    call('Hello')
      .pipe(
        traced(request),
        map(() => 'value'),
        finalize(() => values.push('end')),
      )
      .subscribe((value) => values.push(value));
    NEVER.pipe(traced(request)).subscribe().unsubscribe();
    expect(values.at(-1)).toBe('end');
  });
});
