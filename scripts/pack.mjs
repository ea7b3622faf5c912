import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import './ensure-built.mjs';
import { npm } from './npm.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Packs the package into `folder`.
 *
 * @returns The path of the tarball, its size in bytes, and the paths of the files in it.
 */
export function pack(folder) {
  // Without scripts, as prepack would print its build before the JSON.
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder, '--loglevel=error'];
  const { status, stdout, stderr } = npm(args, root);
  if (status !== 0) throw new Error(`npm pack failed\n${stdout ?? ''}${stderr ?? ''}`);
  // npm 10 prints an array, npm 11 an object by package name.
  const [{ filename, size, files }] = Object.values(JSON.parse(stdout));
  return { tarball: join(folder, filename), size, paths: files.map((file) => file.path) };
}
