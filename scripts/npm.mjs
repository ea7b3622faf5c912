import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';

/** Runs npm and returns what `spawnSync` does, with the output as text. */
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
 * What to spawn to run npm: the command, options for `spawn`, and the arguments that come first.
 *
 * It is the npm that runs this script, if one does: that need not be the first on the path.
 */
export function npmCommand() {
  const running = process.env.npm_execpath;
  return running && basename(running) === 'npm-cli.js'
    ? [process.execPath, {}, running]
    : // On Windows npm is a .cmd file, which only a shell starts.
      ['npm', { shell: process.platform === 'win32' }];
}
