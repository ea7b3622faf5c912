import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { isLeft, left, right, type Either } from 'fp-ts/Either';
import { conversationFrom } from 'rxjs-chat-completions/conversation';

import type { Session } from './session';
import { settingsIn } from './settings';

/** The part of a session that is saved. */
type Saved = Pick<Session, 'conversation' | 'system' | 'settings'>;

/**
 * Saves a conversation as JSON, which `conversationFrom` reads, with its instructions and settings beside.
 *
 * @returns A `Left` with the reason if the file could not be written, or is not a conversation and would be lost.
 */
export function saveSession(path: string, { conversation, system, settings }: Saved): Either<string, null> {
  const found = readText(path);
  if (isLeft(found) && found.left !== NO_FILE) return left(`Cannot write ${path}: ${found.left}`);
  if (!isLeft(found) && isLeft(parse(found.right))) {
    return left(`${path} exists and is not a saved conversation, so it was not overwritten.`);
  }
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, `${JSON.stringify({ ...conversation, system, settings })}\n`, { mode: 0o600 });
    return right(null);
  } catch (error) {
    return left(`Cannot write ${path}: ${reasonOf(error)}`);
  }
}

/** Loads what {@link saveSession} has saved. Also loads the JSON of a conversation alone. */
export function loadSession(path: string): Either<string, Saved> {
  const found = readText(path);
  if (isLeft(found)) return left(`Cannot read ${path}: ${found.left}`);
  const saved = parse(found.right);
  return isLeft(saved) ? left(`${path} is not a saved conversation: ${saved.left}`) : saved;
}

function parse(text: string): Either<string, Saved> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return left('it is not JSON');
  }
  const restored = conversationFrom(json);
  if (isLeft(restored)) return left(restored.left.message);
  const { system, settings } = Object(json) as { readonly system?: unknown; readonly settings?: unknown };
  return right({
    conversation: restored.right,
    system: typeof system === 'string' ? system : '',
    settings: settingsIn(settings),
  });
}

const NO_FILE = 'there is no such file';

function readText(path: string): Either<string, string> {
  try {
    return right(readFileSync(path, 'utf8'));
  } catch (error) {
    return left(reasonOf(error));
  }
}

/** Returns the reason of an error of a file, without its path. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return NO_FILE;
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EACCES') return 'permission denied';
  return message;
}
