import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../../docs/performance.md', import.meta.url);

/**
 * Writes generated parts of docs/performance.md.
 *
 * @param {Readonly<Record<string, string>>} parts - Their Markdown, by the name of their markers.
 */
export function writeParts(parts) {
  const page = Object.entries(parts).reduce(
    (text, [name, part]) => {
      const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
      const [from, to] = [text.indexOf(begin), text.indexOf(end)];
      if (from === -1 || to === -1) throw new Error(`docs/performance.md has no ${begin} and ${end}`);
      return `${text.slice(0, from + begin.length)}\n\n${part.trim()}\n\n${text.slice(to)}`;
    },
    readFileSync(file, 'utf8'),
  );
  writeFileSync(file, page);
}
