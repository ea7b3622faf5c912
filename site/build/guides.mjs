import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './paths.mjs';

/** The guides by section, in the order of the README. A guide that is not listed is appended to the last section. */
const SECTIONS = [
  {
    title: 'Start',
    names: [
      'which-operator',
      'angular',
      'frameworks',
      'servers',
      'ollama',
      'errors-and-endings',
      'retries-and-timeouts',
      'migrating',
    ],
  },
  {
    title: 'Features',
    names: [
      'flow',
      'conversations',
      'reasoning',
      'tools',
      'tool-safety',
      'tool-loops',
      'structured-output',
      'testing',
      'inspector',
    ],
  },
  { title: 'Production', names: ['relay', 'resume', 'proxies', 'observability', 'performance'] },
  { title: 'Reference', names: ['faults', 'finish-reasons', 'server-fields'] },
];

/**
 * A guide.
 *
 * @typedef {object} Guide
 * @property {string} path - Its path on the site: `guide/flow`.
 * @property {string} source - Its file, from the root.
 * @property {string} title
 * @property {string} markdown
 */

/** Returns the guides by section; the README is the first one. */
export function readSections() {
  const all = readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => name.replace('.md', ''));
  const listed = SECTIONS.flatMap(({ names }) => names);
  const rest = all.filter((name) => !listed.includes(name)).sort();
  const sections = SECTIONS.map(({ title, names }, i) => ({
    title,
    guides: [...names, ...(i === SECTIONS.length - 1 ? rest : [])]
      .filter((name) => all.includes(name))
      .map((name) => readGuide(`docs/${name}.md`, `guide/${name}`)),
  }));
  const readme = readGuide('README.md', 'guide/first-steps');
  const first = { ...readme, title: 'First steps', markdown: withoutDevelopment(readme.markdown) };
  return sections.map((section, i) =>
    i === 0 ? { ...section, guides: [first, ...section.guides] } : section,
  );
}

function readGuide(source, path) {
  const markdown = readFileSync(join(root, source), 'utf8');
  return { source, path, title: /^# (.+)$/m.exec(markdown)?.[1] ?? path, markdown };
}

/** The section for people who cloned the repository. */
const withoutDevelopment = (markdown) => markdown.replace(/^## Development\n.*?(?=^## |(?![^]))/ms, '');
