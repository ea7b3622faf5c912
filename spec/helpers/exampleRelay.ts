import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';

const example = resolve(__dirname, '../../scripts/example-relay.mjs');

/** The example of a relay, running. */
export interface ExampleRelay {
  readonly banner: string;
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Starts the example, or a bundle of it, with variables of the environment. Without `PATH` it uses a redis-server if there is one. */
export async function startExampleRelay(
  env: NodeJS.ProcessEnv = {},
  script = example,
): Promise<ExampleRelay> {
  const { REDIS_URL: _, MODEL: __, ...rest } = process.env;
  const child = spawn(process.execPath, [script], {
    env: { ...rest, ...env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const url = await new Promise<string>((done, fail) => {
    child.once('exit', (code) => fail(new Error(`the example has ended with ${code}: ${output}`)));
    child.stdout.on('data', (text: Buffer) => {
      output += String(text);
      // With what follows it: a read may end inside.
      const found = /(http:\S+)\s/.exec(output)?.[1];
      if (found !== undefined) done(found);
    });
  });
  return {
    banner: output,
    url: url.replace('localhost', '127.0.0.1').replace(/\/$/, ''),
    stop: () => ended(child),
  };
}

const ended = async (child: ChildProcess): Promise<void> => {
  const exited = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await exited;
};
