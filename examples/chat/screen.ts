import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';

import { markdownOn } from './markdown';
import { inStyle, pageOn, type Style } from './page';

/** Where text is written while it arrives. */
export interface Writer {
  write(text: string): void;
  /** Nothing follows: what was held back is written, and the line ends. */
  end(): void;
}

/** Where the program prints: answers on standard output, everything else on standard error. */
export interface Screen {
  /** Something beside the conversation. */
  note(text: string): void;
  /** Something that went wrong. */
  problem(text: string): void;
  /** Whether it shows passing lines. */
  readonly live: boolean;
  /** A line that the next one takes the place of; `''` takes it away. */
  passing(text: string): void;
  /** A new answer. */
  answer(): Writer;
  /** What a model thinks before it answers. */
  reasoning(): Writer;
}

export function screenOn(out: WriteStream, err: WriteStream): Screen {
  const live = isFormatted(err);
  const line = (style: Style, text: string): void => {
    err.write(`${live ? inStyle(style, harmless(text)) : harmless(text)}\n`);
  };

  return {
    note: (text) => line(['dim'], text),
    problem: (text) => line(['red'], text),
    live,
    passing: (text) => {
      if (live) err.write(`\r\x1b[K${inStyle(['dim'], text)}`);
    },
    answer: () => safely(isFormatted(out) ? markdownOn(pageOf(out)) : plainOn(out)),
    reasoning: () => safely(live ? dimOn(err) : plainOn(err)),
  };
}

const isFormatted = (stream: WriteStream): boolean =>
  stream.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb';

const pageOf = (stream: WriteStream) =>
  pageOn(
    (text) => stream.write(text),
    () => stream.columns,
  );

function dimOn(stream: WriteStream): Writer {
  const page = pageOf(stream);
  return { write: (text) => page.prose(text, ['dim']), end: () => page.endLine() };
}

function plainOn(stream: WriteStream): Writer {
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

const safely = ({ write, end }: Writer): Writer => ({ write: (text) => write(harmless(text)), end });

/** Without what makes a terminal do things, or show text in another order: models and servers may send anything. */
const harmless = (text: string): string =>
  stripVTControlCharacters(text).replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, '');
