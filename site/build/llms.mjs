import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { publicFolder } from './paths.mjs';

/** Writes `llms.txt`: a list of all pages as Markdown, for language models. */
export function writeLlms(sections, reference) {
  const base = process.env.SITE_BASE ?? '/';
  const lineOf = ({ title, path }) => `- [${title}](${base}${path}.md)`;
  const text = [
    '# rxjs-chat-completions',
    '',
    '> An RxJS client for OpenAI-compatible streaming chat completions: cold Observables of validated chunks, exact errors,',
    '> resilience as operators, and virtual time in tests.',
    '',
    ...sections.flatMap(({ title, guides }) => [`## ${title}`, '', ...guides.map(lineOf), '']),
    '## API reference',
    '',
    ...reference.map(lineOf),
    '',
  ].join('\n');
  writeFileSync(join(publicFolder, 'llms.txt'), text);
}
