import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import './ensure-built.mjs';
import { npm } from './npm.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Packs what would be published into `folder`.
 *
 * @returns The path of the tarball, its size in bytes, and the paths of the files in it.
 */
export function pack(folder) {
  // Without the scripts, of which prepack would print its build into the JSON.
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder, '--loglevel=error'];
  const { status, stdout, stderr } = npm(args, root);
  if (status !== 0) throw new Error(`npm pack failed\n${stdout ?? ''}${stderr ?? ''}`);
  // An array up to npm 10, an object by package name in npm 11.
  const [{ filename, size, files }] = Object.values(JSON.parse(stdout));
  return { tarball: join(folder, filename), size, paths: files.map((file) => file.path) };
}
