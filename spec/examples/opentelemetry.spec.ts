import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { json } from 'node:stream/consumers';

import { startScriptedServer, type ScriptedServer } from 'rxjs-chat-completions/testing/server';

const root = resolve(__dirname, '../..');

let server: ScriptedServer | undefined;
afterEach(() => server?.close());

const run = (file: string, ...args: readonly string[]) =>
  new Promise<{ readonly code: number; readonly out: string; readonly complaints: string }>((done) => {
    const child = execFile(
      process.execPath,
      ['--import', 'tsx', `examples/opentelemetry/${file}`, ...args],
      { cwd: root },
      (_, out, complaints) => done({ code: child.exitCode ?? -1, out, complaints }),
    );
  });

describe('the example of OpenTelemetry', () => {
  it('prints the answer, one span over both attempts, and the metrics, without the prompt', async () => {
    server = await startScriptedServer({
      replies: [
        { status: 503, headers: { 'retry-after-ms': '1' } },
        { parts: ['Hello there'], usage: [9, 2] },
      ],
    });
    const { code, out, complaints } = await run(
      'main.ts',
      '--base-url',
      server.baseURL,
      '--model',
      'scripted',
    );
    expect({ code, complaints }).toMatchObject({ code: 0 });
    expect(server.requests).toHaveLength(2);
    expect(out).toContain('Hello there\n');
    expect(out.match(/name: 'chat scripted'/g)).toHaveLength(1);
    expect(out).toContain("'gen_ai.usage.input_tokens': 9");
    expect(out).toContain("name: 'gen_ai.client.inference.duration'");
    expect(out).not.toContain('five words');
  });
});

const isInstalled = existsSync(resolve(root, 'examples/opentelemetry/collector/node_modules'));
if (!isInstalled) {
  process.stderr.write('no spec of the exporters: run npm install in examples/opentelemetry/collector\n');
}

/** The part of OTLP that the spec reads. */
interface Exported {
  readonly resourceSpans?: ReadonlyArray<{
    readonly scopeSpans: ReadonlyArray<{ readonly spans: readonly Named[] }>;
  }>;
  readonly resourceMetrics?: ReadonlyArray<{
    readonly scopeMetrics: ReadonlyArray<{ readonly metrics: readonly Named[] }>;
  }>;
}
interface Named {
  readonly name: string;
  readonly attributes?: ReadonlyArray<{ readonly key: string; readonly value: unknown }>;
}

/** Starts a receiver of OTLP/HTTP. */
async function startReceiver(): Promise<{ readonly url: string; readonly received: Map<string, Exported> }> {
  const received = new Map<string, Exported>();
  receiver = createServer((request, response) => {
    void json(request).then((body) => {
      received.set(request.url ?? '', body as Exported);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolved) => receiver?.listen(0, '127.0.0.1', resolved));
  return { url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`, received };
}

let receiver: Server | undefined;
afterEach(() => receiver?.close());

(isInstalled ? describe : describe.skip)('the example of a collector', () => {
  it('receives one span over both attempts, and the metrics, without the prompt', async () => {
    server = await startScriptedServer({
      replies: [
        { status: 503, headers: { 'retry-after-ms': '1' } },
        { parts: ['Hello there'], usage: [9, 2] },
      ],
    });
    const { url, received } = await startReceiver();
    const { code, out, complaints } = await run(
      ...(['collector/main.mjs', '--base-url', server.baseURL] as const),
      ...(['--model', 'scripted', '--collector', url] as const),
    );
    expect({ code, out, complaints }).toMatchObject({ code: 0, out: 'Hello there\n' });
    const spans = received.get('/v1/traces')?.resourceSpans?.[0]?.scopeSpans[0]?.spans ?? [];
    expect(spans.map(({ name }) => name)).toEqual(['chat scripted']);
    expect(spans[0]?.attributes).toContainEqual({ key: 'gen_ai.usage.input_tokens', value: { intValue: 9 } });
    const metrics = received.get('/v1/metrics')?.resourceMetrics?.[0]?.scopeMetrics[0]?.metrics ?? [];
    expect(metrics.map(({ name }) => name.replace('gen_ai.client.inference.', ''))).toEqual([
      'duration',
      'time_to_first_chunk',
      'time_per_output_chunk',
      'usage.input_tokens',
      'operation.input_tokens',
      'usage.output_tokens',
      'operation.output_tokens',
    ]);
    expect(JSON.stringify([...received])).not.toContain('five words');
  });
});
