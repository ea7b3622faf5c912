import { readFileSync, statSync } from 'node:fs';
import { basename, extname } from 'node:path';

import { isLeft, left, right, type Either } from 'fp-ts/Either';
import type { MessageContent } from 'rxjs-chat-completions/conversation';
import type { UserContentPart } from 'rxjs-chat-completions/request';

import { resolvePath } from './paths';
import { reasonOf } from './savedSession';

const IMAGES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
};
const AUDIO: ReadonlySet<string> = new Set(['.wav', '.mp3']);
/** Extensions of text. A name without one, such as that of a key, is never attached. */
const TEXT: ReadonlySet<string> = new Set(
  'txt md csv tsv json jsonl yaml yml toml xml html css js mjs ts tsx jsx py rb rs go java c h cpp cs sh sql log'
    .split(' ')
    .map((extension) => `.${extension}`),
);
const MAX_BYTES = 20_000_000;
const MAX_TEXT_BYTES = 200_000;

/** A path that begins with `/`, `./`, `../` or `~/`: in quotes, or with its spaces escaped. */
const PATHS =
  /(?<=^|\s)(?:"((?:~|\.{1,2})?\/[^"\n]+)"|'((?:~|\.{1,2})?\/[^'\n]+)'|((?:~|\.{1,2})?\/(?:\\.|[^\s\\])*\.\w+))(?=$|[\s.,;:?!)])/g;

/** A message, and a line for each file: attached, or not found. */
export interface Attached {
  readonly content: MessageContent;
  readonly notes: readonly string[];
}

interface File {
  readonly name: string;
  readonly kind: 'image' | 'audio' | 'text';
  readonly bytes: Buffer;
  readonly type: string;
}

/**
 * Attaches the images, audio and text files that a message names by their path, as Ollama's CLI does.
 *
 * In the message a path is replaced by the name of the file, so the folders of the user are not sent. A path of no file stays as it
 * is: it may be part of the question.
 *
 * @returns A `Left` with the reason, for a file that exists and cannot be attached.
 */
export function attachFiles(message: string): Either<string, Attached> {
  const files: File[] = [];
  const notes: string[] = [];
  const problems: string[] = [];
  const text = message.replace(PATHS, (written: string, ...groups: readonly (string | undefined)[]) => {
    const path = (groups[0] ?? groups[1] ?? groups[2] ?? '').replace(/\\(.)/g, '$1');
    const kind = kindOf(path);
    if (kind === null) return written;
    const file = readFile(path, kind);
    if (isLeft(file)) {
      if (file.left === null) notes.push(`Not attached: ${path}, as there is no such file`);
      else problems.push(file.left);
      return written;
    }
    files.push(file.right);
    notes.push(`Attached ${file.right.name} (${kind}, ${sizeOf(file.right.bytes)})`);
    return file.right.name;
  });
  return problems.length === 0
    ? right({ content: contentOf(text, files), notes })
    : left(problems.join('\n'));
}

function kindOf(path: string): File['kind'] | null {
  const extension = extname(path).toLowerCase();
  if (extension in IMAGES) return 'image';
  return AUDIO.has(extension) ? 'audio' : TEXT.has(extension) ? 'text' : null;
}

/** Reads a file. The `Left` is `null` if there is none. */
function readFile(path: string, kind: File['kind']): Either<string | null, File> {
  const absolute = resolvePath(path);
  const limit = kind === 'text' ? MAX_TEXT_BYTES : MAX_BYTES;
  try {
    const stat = statSync(absolute);
    if (!stat.isFile()) return left(`Cannot attach ${path}: it is not a file`);
    if (stat.size > limit) return left(`Cannot attach ${path}: it is larger than ${limit / 1_000} kB`);
    const type = IMAGES[extname(path).toLowerCase()] ?? '';
    return right({ name: basename(absolute), kind, bytes: readFileSync(absolute), type });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return left(code === 'ENOENT' || code === 'ENOTDIR' ? null : `Cannot attach ${path}: ${reasonOf(error)}`);
  }
}

/** Text files become part of the text: Ollama makes a message of each part. */
function contentOf(text: string, files: readonly File[]): MessageContent {
  const documents = files
    .filter(({ kind }) => kind === 'text')
    .map(({ name, bytes }) => `\n\n${name}:\n\`\`\`\n${bytes.toString('utf8').trimEnd()}\n\`\`\``);
  const complete = [text, ...documents].join('');
  const parts = files.filter(({ kind }) => kind !== 'text').map(partOf);
  return parts.length === 0
    ? complete
    : { role: 'user', content: [{ type: 'text', text: complete }, ...parts] };
}

function partOf({ name, kind, bytes, type }: File): UserContentPart {
  const data = bytes.toString('base64');
  return kind === 'image'
    ? { type: 'image_url', image_url: { url: `data:${type};base64,${data}` } }
    : { type: 'input_audio', input_audio: { data, format: extname(name).slice(1).toLowerCase() } };
}

const sizeOf = ({ length }: Buffer): string =>
  length < 1_000 ? `${length} bytes` : `${(length / 1_000).toFixed(1)} kB`;
