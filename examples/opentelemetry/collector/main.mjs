// Sends the span and the metrics of a call to a collector by OTLP/HTTP, such as the OpenTelemetry Collector or Jaeger on port 4318.
// After `npm run build` in the root, `npm install && npm start` in this folder. It calls Ollama, or another server with --base-url
// and --model.
import { parseArgs } from 'node:util';

import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { lastValueFrom } from 'rxjs';
import { accumulateContent, chatCompletion$, retryChat } from 'rxjs-chat-completions';
import { traced } from 'rxjs-chat-completions/opentelemetry';

const { values: options } = parseArgs({
  options: {
    'base-url': { type: 'string', default: 'http://localhost:11434/v1' },
    model: { type: 'string', default: 'llama3.2' },
    collector: { type: 'string', default: 'http://localhost:4318' },
  },
});
const spans = new OTLPTraceExporter({ url: `${options.collector}/v1/traces` });
const metrics = new OTLPMetricExporter({ url: `${options.collector}/v1/metrics` });
const tracers = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(spans)] });
const meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: metrics })] });

const server = { baseURL: options['base-url'] };
const request = {
  model: options.model,
  messages: [{ role: 'user', content: 'Say hello in five words.' }],
  max_tokens: 50,
};

try {
  const text = await lastValueFrom(
    chatCompletion$(server, request).pipe(
      retryChat(),
      traced(request, { server, tracer: tracers.getTracer('example'), meter: meters.getMeter('example') }),
      accumulateContent(),
    ),
    { defaultValue: '' },
  );
  console.log(text);
} catch (error) {
  console.error(String(error));
  process.exitCode = 1;
} finally {
  // Sends what has not been sent yet.
  await Promise.all([tracers.shutdown(), meters.shutdown()]);
}
