import { readdirSync } from 'node:fs';

import { resolvePath } from './paths';
import { sanitize } from './sanitize';
import { FIELD_NAMES } from './settings';

/** Most completions to show. */
const MAX_SHOWN = 50;
/** A command, or a field of `/set`. */
const WORD = /^(\/\w*|\/set\s+\w*)$/;
/** The last path of a line. A file of `/save` and `/load` needs no `./` before it. */
const PATH = /(?:^\/(?:save|load)\s+|(?:^|\s)(?=~\/|\.{1,2}\/|\/))((?:\\.|[^\s\\])*)$/;

/**
 * Completes a command, a field of `/set` or a path at the end of a line, for readline.
 *
 * @param commands - The names of the commands, without `/`.
 * @returns The completions, and the part of the line that they replace.
 */
export function complete(line: string, commands: readonly string[]): [completions: string[], part: string] {
  const [word] = WORD.exec(line) ?? [];
  if (word !== undefined) {
    const part = word.replace(/^\/set\s+/, '');
    const names = part === word ? commands.map((name) => `/${name}`) : FIELD_NAMES;
    const found = names.filter((name) => name.startsWith(part)).map((name) => `${name} `);
    if (found.length > 0) return [found, part];
  }
  const [, path] = PATH.exec(line) ?? [];
  return path === undefined ? [[], line] : [pathsBelow(path), path];
}

/** Lists the files and folders whose path begins with a text. Hidden ones are listed if the text names a dot. */
function pathsBelow(path: string): string[] {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const start = unescape(path.slice(folder.length));
  try {
    return (
      readdirSync(resolvePath(unescape(folder) || '.'), { withFileTypes: true })
        // readline prints the names as they are.
        .filter(({ name }) => name === sanitize(name))
        .filter(({ name }) => name.startsWith(start) && (start.startsWith('.') || !name.startsWith('.')))
        .slice(0, MAX_SHOWN)
        .map((entry) => `${folder}${escape(entry.name)}${entry.isDirectory() ? '/' : ' '}`)
    );
  } catch {
    // Nothing to complete: the folder does not exist, or must not be read.
    return [];
  }
}

const escape = (name: string): string => name.replace(/[\s\\"']/g, '\\$&');
const unescape = (text: string): string => text.replace(/\\(.)/g, '$1');
