import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';

import { createMarkdownWriter } from './markdown';
import { createPage, inStyle, type Style } from './page';

/** Writes text while it arrives. */
export interface Writer {
  write(text: string): void;
  /** Flushes buffered text and ends the line. */
  end(): void;
}

/** The output of the program: answers on standard output, everything else on standard error. */
export interface Screen {
  /** Prints information. */
  info(text: string): void;
  /** Prints an error. */
  error(text: string): void;
  /** Whether it shows status lines. */
  readonly live: boolean;
  /** Shows a line that the next output replaces. `''` clears it. */
  status(text: string): void;
  /** Starts an answer. */
  answer(): Writer;
  /** Starts the reasoning of an answer. */
  reasoning(): Writer;
}

export function createScreen(out: WriteStream, err: WriteStream): Screen {
  const live = isFormatted(err);
  const line = (style: Style, text: string): void => {
    err.write(`${live ? inStyle(style, sanitize(text)) : sanitize(text)}\n`);
  };

  return {
    info: (text) => line(['dim'], text),
    error: (text) => line(['red'], text),
    live,
    status: (text) => {
      if (live) err.write(`\r\x1b[K${inStyle(['dim'], text)}`);
    },
    answer: () => sanitized(isFormatted(out) ? createMarkdownWriter(pageOn(out)) : createPlainWriter(out)),
    reasoning: () => sanitized(live ? createDimWriter(err) : createPlainWriter(err)),
  };
}

const isFormatted = (stream: WriteStream): boolean =>
  stream.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb';

const pageOn = (stream: WriteStream) =>
  createPage(
    (text) => stream.write(text),
    () => stream.columns,
  );

function createDimWriter(stream: WriteStream): Writer {
  const page = pageOn(stream);
  return { write: (text) => page.prose(text, ['dim']), end: () => page.endLine() };
}

function createPlainWriter(stream: WriteStream): Writer {
  let last = '\n';
  return {
    write: (text) => {
      stream.write(text);
      last = text.at(-1) ?? last;
    },
    end: () => {
      if (last !== '\n') stream.write('\n');
    },
  };
}

const sanitized = ({ write, end }: Writer): Writer => ({ write: (text) => write(sanitize(text)), end });

/** Removes control characters and bidirectional overrides, which a model or server could use to control the terminal. */
const sanitize = (text: string): string =>
  stripVTControlCharacters(text).replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, '');
