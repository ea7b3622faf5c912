import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { runNpm } from './run.mjs';

/** Milliseconds between updates: of a line on a terminal, and of lines in a file. */
const INTERVAL_MS = { terminal: 200, file: 5_000 };

/**
 * Installs packages with npm and shows the progress on standard error: the number of packages, the last one and the time.
 *
 * @param name - The name of the packages in the output, such as `dependencies`.
 * @param args - The arguments of npm.
 * @param cwd - A folder with a `package-lock.json`.
 * @returns A promise, resolved when everything is installed. On a failure it prints npm's output and exits with 1.
 */
export async function install(name, args, cwd) {
  const progress = startProgress(name, cwd);
  const { status, output } = await runNpm(args, { cwd, timeoutMs: 1_800_000 });
  progress.stop(status === 0);
  if (status === 0) return;
  process.stderr.write(`${output.trimEnd()}\nnpm ${args[0]} failed.\n`);
  process.exit(1);
}

function startProgress(name, cwd) {
  const { isTTY } = process.stderr;
  const start = performance.now();
  const packages = packagesOf(cwd);
  const installed = new Set();
  let last = '';

  const update = () => {
    for (const path of packages) {
      if (installed.has(path) || !existsSync(join(cwd, path, 'package.json'))) continue;
      installed.add(path);
      last = ` (${path.replace(/^.*node_modules\//, '')})`;
    }
  };
  const print = () => {
    const seconds = Math.round((performance.now() - start) / 1_000);
    const line = `Installing ${name}: ${installed.size} of ${packages.length} packages${last}, ${seconds} s`;
    process.stderr.write(
      isTTY ? `\r\x1b[K${line.slice(0, (process.stderr.columns || 80) - 1)}` : `${line}\n`,
    );
  };
  print();
  const timer = setInterval(
    () => {
      update();
      print();
    },
    isTTY ? INTERVAL_MS.terminal : INTERVAL_MS.file,
  );
  return {
    stop(isDone) {
      clearInterval(timer);
      const seconds = Math.round((performance.now() - start) / 1_000);
      if (isTTY) process.stderr.write('\r\x1b[K');
      if (isDone) process.stderr.write(`Installed ${name}: ${packages.length} packages in ${seconds} s\n`);
    },
  };
}

/** Returns the paths of the packages in a lock file, without optional ones, which may be for other platforms. */
function packagesOf(cwd) {
  const { packages } = JSON.parse(readFileSync(join(cwd, 'package-lock.json'), 'utf8'));
  return Object.entries(packages)
    .filter(([path, { optional }]) => path !== '' && !optional)
    .map(([path]) => path);
}
