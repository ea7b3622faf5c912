import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { runNpm } from './run.mjs';

/** Milliseconds between updates: of a line on a terminal, and of lines in a file. */
const INTERVAL_MS = { terminal: 200, file: 5_000 };

/**
 * Installs the packages of a folder if its node_modules does not match its package-lock.json. Takes a few milliseconds and prints
 * nothing if they are installed.
 *
 * @param name - The name of the packages in the output, such as `dependencies`.
 * @param cwd - A folder with a `package-lock.json`.
 * @param options - With `dev: false`, development dependencies may be missing.
 */
export async function ensureInstalled(name, cwd, { dev = true } = {}) {
  const installed = installedPackages(cwd);
  const isInstalled = requiredPackages(cwd, dev).every(
    ([path, { version, integrity }]) =>
      installed[path]?.version === version && installed[path].integrity === integrity,
  );
  if (isInstalled) return;
  // npm removes what it does not install, and somebody may need the development dependencies that are there.
  const withDev = dev || Object.values(installed).some((entry) => entry.dev);
  // Explicit, as NODE_ENV=production omits them.
  const which = withDev ? '--include=dev' : '--omit=dev';
  // A user's configuration may say otherwise, and node_modules would never match package-lock.json.
  const layout = ['--install-strategy=hoisted', '--no-legacy-peer-deps'];
  // No package needs its install scripts.
  await install(name, ['ci', which, ...layout, '--ignore-scripts', '--loglevel=error'], cwd, withDev);
}

/**
 * Returns what npm has installed, from its own copy of the lock file. It writes that last, so an interrupted install has none, or a
 * part of one. Contents are compared, as a checkout changes file times.
 */
function installedPackages(cwd) {
  try {
    return packagesIn(join(cwd, 'node_modules/.package-lock.json'));
  } catch {
    return {};
  }
}

/** Returns the entries of a lock file for packages from a registry, without optional ones, which may be for other platforms. */
const requiredPackages = (cwd, dev) =>
  Object.entries(packagesIn(join(cwd, 'package-lock.json'))).filter(
    ([, entry]) => entry.integrity !== undefined && !entry.optional && (dev || !entry.dev),
  );

const packagesIn = (lockFile) => JSON.parse(readFileSync(lockFile, 'utf8')).packages;

/**
 * Installs packages with npm and shows the progress on standard error: the number of packages, the last one and the time.
 *
 * @param name - The name of the packages in the output, such as `dependencies`.
 * @param args - The arguments of npm.
 * @param cwd - A folder with a `package-lock.json`.
 * @param dev - Whether development dependencies are among them.
 * @returns A promise, resolved when everything is installed. On a failure it prints npm's output and exits with 1.
 */
export async function install(name, args, cwd, dev = true) {
  const progress = startProgress(name, cwd, dev);
  const { status, output } = await runNpm(args, { cwd, timeoutMs: 1_800_000 });
  progress.stop(status === 0);
  if (status === 0) return;
  process.stderr.write(`${output.trimEnd()}\nnpm ${args[0]} failed.\n`);
  process.exit(1);
}

function startProgress(name, cwd, dev) {
  const { isTTY } = process.stderr;
  const start = performance.now();
  const packages = requiredPackages(cwd, dev).map(([path]) => path);
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
