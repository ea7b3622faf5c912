import { fitting } from './operators';
import { DELAY_MS } from './play';
import type { Settings } from './settings';
import { SITUATIONS } from './situations';

/** Returns the program that the playground runs. */
export function codeOf({ server, situation, pipe }: Settings, hasTape: boolean): string {
  const choices = fitting(pipe);
  const before = choices.flatMap((choice) => choice.before ?? []);
  const names = ['chatCompletion$', ...new Set(choices.map(({ code }) => code.replace(/\(.*/, '')))].sort();
  const replies = SITUATIONS.find(({ id }) => id === situation)?.replies;
  return [
    ...(before.length > 0 ? ["import * as t from 'io-ts';"] : []),
    `import { ${names.filter((name) => name !== 'structured').join(', ')} } from 'rxjs-chat-completions';`,
    ...(names.includes('structured')
      ? ["import { structured } from 'rxjs-chat-completions/structured';"]
      : []),
    ...(hasTape
      ? [
          "import { replayTransport, tapeOf } from 'rxjs-chat-completions/testing';",
          '',
          "import json from './answer.tape.json';",
          '',
          'const transport = replayTransport(tapeOf(json));',
        ]
      : [
          "import { scriptedTransport } from 'rxjs-chat-completions/testing';",
          '',
          '// In an app: no transport, and the address of your server in baseURL.',
          `const transport = scriptedTransport(`,
          `${indent(format(replies), 2)},`,
          `  { dialect: '${server}', delayMs: ${DELAY_MS} },`,
          ');',
        ]),
    ...before,
    '',
    "chatCompletion$({ transport }, { model: 'scripted', messages: [{ role: 'user', content: 'Hi' }] })",
    ...(choices.length === 0 ? [] : ['  .pipe(', ...choices.map(({ code }) => `    ${code},`), '  )']),
    '  .subscribe({ next: (value) => console.log(value), error: (error) => console.error(error) });',
    '',
  ].join('\n');
}

const indent = (text: string, by: number): string => text.replaceAll(/^/gm, ' '.repeat(by));

/** Longest line with a whole object. */
const WIDTH = 90;

/** Formats a value as TypeScript. */
function format(value: unknown): string {
  const flat = inline(value);
  if (typeof value !== 'object' || value === null || flat.length < WIDTH) return flat;
  const isList = Array.isArray(value);
  const lines = Object.entries(value).map(
    ([key, each]) => `${indent(`${isList ? '' : `${keyOf(key)}: `}${format(each)}`, 2)},`,
  );
  return [isList ? '[' : '{', ...lines, isList ? ']' : '}'].join('\n');
}

function inline(value: unknown): string {
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{ ${Object.entries(value)
    .map(([key, each]) => `${keyOf(key)}: ${inline(each)}`)
    .join(', ')} }`;
}

const keyOf = (key: string): string => (/^[a-z_]\w*$/i.test(key) ? key : `'${key}'`);
