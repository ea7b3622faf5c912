import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';

/**
 * Runs npm and returns what `spawnSync` does, with the output as text.
 *
 * It is the npm that runs this script, if one does: that need not be the first on the path.
 */
export function npm(args, cwd) {
  const running = process.env.npm_execpath;
  const options = { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] };
  return running && basename(running) === 'npm-cli.js'
    ? spawnSync(process.execPath, [running, ...args], options)
    : // On Windows npm is a .cmd file, which only a shell starts.
      spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
}
