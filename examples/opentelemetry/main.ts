// Traces a call and prints its span and its metrics: `npx tsx examples/opentelemetry/main.ts` with Ollama, or with
// `--base-url` and `--model` for another server.
import { parseArgs } from 'node:util';

import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  ConsoleMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, ConsoleSpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { lastValueFrom } from 'rxjs';
import { accumulateContent, chatCompletion$, retryChat, type ChatRequest } from 'rxjs-chat-completions';
import { traced } from 'rxjs-chat-completions/opentelemetry';

// In an app, the SDK of your vendor registers global providers, and neither `tracer` nor `meter` is needed below.
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const tracers = new BasicTracerProvider({
  spanProcessors: [new SimpleSpanProcessor(new ConsoleSpanExporter())],
});
const meters = new MeterProvider({
  readers: [new PeriodicExportingMetricReader({ exporter: new ConsoleMetricExporter() })],
});
const [tracer, meter] = [tracers.getTracer('example'), meters.getMeter('example')];

const { values: options } = parseArgs({
  options: {
    'base-url': { type: 'string', default: 'http://localhost:11434/v1' },
    model: { type: 'string', default: 'llama3.2' },
  },
});
const server = { baseURL: options['base-url'] };
const request: ChatRequest = {
  model: options.model,
  messages: [{ role: 'user', content: 'Say hello in five words.' }],
  max_tokens: 50,
};

try {
  const text = await lastValueFrom(
    chatCompletion$(server, request).pipe(
      retryChat(),
      traced(request, { server, tracer, meter }), // below the retry: one span for all attempts
      accumulateContent(),
    ),
    { defaultValue: '' },
  );
  console.log(text);
} catch (error) {
  console.error(String(error));
  process.exitCode = 1;
} finally {
  await tracers.shutdown();
  await meters.shutdown();
}
