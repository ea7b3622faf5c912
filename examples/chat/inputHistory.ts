import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The lines that the user has typed, in this run and in earlier ones. */
export interface InputHistory {
  /** The newest first, as readline has them. */
  readonly lines: readonly string[];
  readonly add: (line: string) => void;
}

/** Most lines to keep. The file may have twice as many, until the next start. */
export const MAX_LINES = 1_000;
/** Longest line to keep, in characters. */
const MAX_LENGTH = 10_000;

/**
 * Opens the history of the input in a file, which only the user may read.
 *
 * @param file - Its path; `null` keeps the history for this run only.
 * @param onError - Receives the first error of the file. The history then lasts for this run only.
 */
export function openHistory(file: string | null, onError: (error: unknown) => void): InputHistory {
  let path = file;
  const attempt = (work: (path: string) => void): void => {
    if (path === null) return;
    try {
      work(path);
    } catch (error) {
      path = null;
      onError(error);
    }
  };

  let lines: readonly string[] = [];
  attempt((from) => {
    mkdirSync(dirname(from), { recursive: true, mode: 0o700 });
    const all = linesIn(from);
    const kept = all.slice(-MAX_LINES);
    if (all.length > 2 * MAX_LINES) writeFileSync(from, textOf(kept), { mode: 0o600 });
    lines = kept.reverse();
  });
  return {
    get lines() {
      return lines;
    },
    add: (line) => {
      if (line.trim() === '' || line === lines[0] || line.length > MAX_LENGTH) return;
      lines = [line, ...lines.slice(0, MAX_LINES - 1)];
      // Appended, so that two runs at a time keep the lines of each other.
      attempt((to) => appendFileSync(to, textOf([line]), { mode: 0o600 }));
    },
  };
}

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

function linesIn(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
