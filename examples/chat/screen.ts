import type { WriteStream } from 'node:tty';

import { createLiveBlock, createPlainBlock, type Block } from './block';
import { createMarkdownWriter } from './markdown';
import { createPage, cutToCells, inStyle, type Style } from './page';
import { sanitize } from './sanitize';
import { wrapHanging, wrapText } from './wrapText';

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
  /** Shows a line that the next output replaces, cut to the width of the terminal. `''` clears it. */
  status(text: string): void;
  /** Prints a question, and leaves the cursor behind it. */
  ask(text: string): void;
  /** Prints what the user types behind a question. */
  echo(text: string): void;
  /** Starts an answer. */
  answer(): Writer;
  /** Starts the reasoning of an answer. */
  reasoning(): Writer;
  /** Starts a text that is replaced while it grows. */
  block(): Block;
}

/** The part of a terminal stream that a screen uses. */
export type Output = Pick<WriteStream, 'write'> & Partial<Pick<WriteStream, 'isTTY' | 'columns' | 'rows'>>;

/** Creates the screen. All text is sanitized here, and nothing else prints text that the program has received. */
export function createScreen(out: Output, err: Output): Screen {
  const live = isLive(err);
  const printLines = (style: Style, text: string): void => {
    for (const line of err.isTTY ? wrapHanging(text, columnsOf(err) - 1, NAME) : [text])
      err.write(`${live ? inStyle(style, line) : line}\n`);
  };

  return {
    info: sanitized((text) => printLines(['dim'], text)),
    error: sanitized((text) => printLines(['red'], text)),
    live,
    status: sanitized((text) => {
      if (live) err.write(`\r\x1b[K${inStyle(['dim'], cutToCells(text, columnsOf(err) - 1))}`);
    }),
    ask: sanitized((text) => err.write(live ? `\r\x1b[K${inStyle(['bold'], text)}` : text)),
    echo: sanitized((text) => err.write(text)),
    answer: () =>
      sanitizedWriter(isFormatted(out) ? createMarkdownWriter(pageOn(out)) : createPlainWriter(out)),
    reasoning: () => sanitizedWriter(live ? createDimWriter(err) : createPlainWriter(err)),
    block: () => sanitizedBlock(isLive(out) ? createLiveBlock(out) : createPlainBlock(out)),
  };
}

const sanitized =
  (print: (text: string) => void) =>
  (text: string): void =>
    print(sanitize(text));

const sanitizedWriter = ({ write, end }: Writer): Writer => ({ write: sanitized(write), end });

const sanitizedBlock = ({ render, end }: Block): Block => ({ render: sanitized(render), end });

/** Matches the indent of a line, and a name that two spaces end. */
const NAME = /^\s*(?:\S+(?: \S+)* {2,})?/;

const isLive = (stream: Output): boolean => stream.isTTY === true && process.env.TERM !== 'dumb';

/** Whether Markdown is rendered. Without styles it is better read as it is. */
const isFormatted = (stream: Output): boolean => isLive(stream) && !process.env.NO_COLOR;

/** Width of a terminal that does not report one, as in Docker and CI, where it is 0. */
const DEFAULT_COLUMNS = 80;

const columnsOf = (stream: Output): number => stream.columns || DEFAULT_COLUMNS;

const pageOn = (stream: Output) =>
  createPage(
    (text) => stream.write(text),
    () => columnsOf(stream),
  );

function createDimWriter(stream: Output): Writer {
  const page = pageOn(stream);
  return { write: (text) => page.prose(text, ['dim']), end: () => page.endLine() };
}

/** Creates a writer that changes nothing, but wraps between words on a terminal. */
const createPlainWriter = (stream: Output): Writer =>
  stream.isTTY ? createWrappingWriter(stream) : createUnchangedWriter(stream);

/** Writes a word once it has ended, as not every terminal can move the cursor back. */
function createWrappingWriter(stream: Output): Writer {
  /** The current line, and the number of its characters that are written. */
  let line = '';
  let written = 0;
  return {
    write: (text) => {
      const all = (line + text).replaceAll('\t', '    ');
      const lines = wrapText(all, columnsOf(stream) - 1);
      // The spaces at the end may be in front of a word.
      const last = (lines.at(-1) ?? '') + (/[^\S\n]*$/.exec(all)?.[0] ?? '');
      for (const full of lines.slice(0, -1)) {
        stream.write(`${full.slice(written)}\n`);
        written = 0;
      }
      line = last;
      const end = Math.max(written, line.search(/\s+\S*$/));
      if (end > written) stream.write(line.slice(written, end));
      written = end;
    },
    end: () => {
      if (line !== '') stream.write(`${line.slice(written).trimEnd()}\n`);
    },
  };
}

function createUnchangedWriter(stream: Output): Writer {
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
