import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** After how long a measurement is given up, in milliseconds; the slowest takes a tenth of it. */
const PATIENCE_MS = 600_000;

/** Settings that would change what is measured, or send it somewhere. */
const FOREIGN = /^(NODE_|OPENAI_|LANGCHAIN_|LANGSMITH_|OLLAMA_|AI_|OTEL_|DEBUG)/;

/** A measurement that gave no figures. */
export class Failed extends Error {}

/**
 * Runs one job in a process of its own.
 *
 * @param job - What `worker.mjs` is to measure.
 * @param node - The Node to run it on.
 * @returns Its figures. Throws {@link Failed} when there are none, with the reason.
 */
export const measured = (job, node) => inProcess('worker.mjs', [], node, job);

/** What a process costs that only imports these modules. */
export const importedBy = (modules, node) => inProcess('importing.mjs', modules, node);

function inProcess(file, args, node, job) {
  return new Promise((resolve, reject) => {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.test(name)));
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
      execPath: node.path,
      execArgv: job === undefined ? [] : ['--expose-gc'],
      env,
      silent: true,
    });
    let said = '';
    const patience = setTimeout(() => child.kill(), PATIENCE_MS);
    child.stdout.resume();
    child.stderr.on('data', (text) => {
      said = (said + String(text)).slice(-2_000);
    });
    child.on('message', ({ figures, error }) => {
      if (error === undefined) resolve(figures);
      else reject(new Failed(error));
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearTimeout(patience);
      const words = /^\w*Error.*$/m.exec(said)?.[0] ?? `ended with ${code ?? signal} and without a result`;
      reject(new Failed(words));
    });
    if (job !== undefined) child.send(job);
  });
}
