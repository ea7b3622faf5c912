import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Timeout of a measurement in milliseconds. The slowest takes a tenth of it. */
const PATIENCE_MS = 600_000;

/** Environment variables that would change the measurement or report it elsewhere. */
const FOREIGN = /^(NODE_|OPENAI_|LANGCHAIN_|LANGSMITH_|OLLAMA_|AI_|OTEL_|DEBUG)/;

/** A measurement failed. */
export class Failed extends Error {}

/**
 * Runs one job in a separate process.
 *
 * @param job - The job for `worker.mjs`.
 * @param node - The Node to run it with.
 * @returns A promise of its figures, rejected with {@link Failed} and the reason if there are none.
 */
export const measure = (job, node) => inProcess('worker.mjs', [], node, job);

/** Measures a process that only imports these modules. */
export const measureImport = (modules, node) => inProcess('importing.mjs', modules, node);

function inProcess(file, args, node, job) {
  return new Promise((resolve, reject) => {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.test(name)));
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
      execPath: node.path,
      execArgv: job === undefined ? [] : ['--expose-gc'],
      env,
      silent: true,
    });
    let output = '';
    const patience = setTimeout(() => child.kill(), PATIENCE_MS);
    child.stdout.resume();
    child.stderr.on('data', (text) => {
      output = (output + String(text)).slice(-2_000);
    });
    child.on('message', ({ figures, error }) => {
      if (error === undefined) resolve(figures);
      else reject(new Failed(error));
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearTimeout(patience);
      const reason = /^\w*Error.*$/m.exec(output)?.[0] ?? `ended with ${code ?? signal} without a result`;
      reject(new Failed(reason));
    });
    if (job !== undefined) child.send(job);
  });
}
