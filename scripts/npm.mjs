import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';

/** Runs npm and returns the result of `spawnSync`, with the output as text. */
export function npm(args, cwd) {
  const [command, options, ...before] = npmCommand();
  return spawnSync(command, [...before, ...args], {
    ...options,
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/**
 * Returns the command that runs npm, its options for `spawn`, and its first arguments.
 *
 * It is the npm that runs this script, if there is one, which need not be the first on the path.
 */
export function npmCommand() {
  const running = process.env.npm_execpath;
  return running && basename(running) === 'npm-cli.js'
    ? [process.execPath, {}, running]
    : // On Windows npm is a .cmd file, which needs a shell.
      ['npm', { shell: process.platform === 'win32' }];
}
