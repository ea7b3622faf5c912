import { execFile } from 'node:child_process';
import { resolve } from 'node:path';

import { startScriptedServer, type ScriptedServer } from 'rxjs-chat-completions/testing/server';

const root = resolve(__dirname, '../..');

let server: ScriptedServer | undefined;
afterEach(() => server?.close());

const run = (...args: readonly string[]) =>
  new Promise<{ readonly code: number; readonly out: string; readonly complaints: string }>((done) => {
    const child = execFile(
      process.execPath,
      ['--import', 'tsx', 'examples/opentelemetry/main.ts', ...args],
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
    const { code, out, complaints } = await run('--base-url', server.baseURL, '--model', 'scripted');
    expect({ code, complaints }).toMatchObject({ code: 0 });
    expect(server.requests).toHaveLength(2);
    expect(out).toContain('Hello there\n');
    expect(out.match(/name: 'chat scripted'/g)).toHaveLength(1);
    expect(out).toContain("'gen_ai.usage.input_tokens': 9");
    expect(out).toContain("name: 'gen_ai.client.inference.duration'");
    expect(out).not.toContain('five words');
  });
});
