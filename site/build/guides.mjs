import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './paths.mjs';

/**
 * A guide.
 *
 * @typedef {object} Guide
 * @property {string} path - Its path on the site: `guide/flow`.
 * @property {string} source - Its file, from the root.
 * @property {string} title
 * @property {string} markdown
 */

/** Returns the guides by section, as the README lists them; the README is the first one. */
export function readSections() {
  const readme = readGuide('README.md', 'guide/first-steps');
  const [, list] = /^## Guides\n(.*?)^## /ms.exec(readme.markdown);
  const [, ...sections] = list.split(/^### /m);
  for (const name of readdirSync(join(root, 'docs'))) {
    if (name.endsWith('.md') && !list.includes(`(docs/${name})`))
      throw new Error(`README.md lists no docs/${name}`);
  }
  const first = { ...readme, title: 'First steps', markdown: withoutDevelopment(readme.markdown) };
  return sections.map((section, i) => {
    const guides = [...section.matchAll(/\((docs\/(.+?)\.md)\)/g)].map(([, source, name]) =>
      readGuide(source, `guide/${name}`),
    );
    return { title: /^.*/.exec(section)[0], guides: i === 0 ? [first, ...guides] : guides };
  });
}

function readGuide(source, path) {
  const markdown = readFileSync(join(root, source), 'utf8');
  return { source, path, title: /^# (.+)$/m.exec(markdown)?.[1] ?? path, markdown };
}

/** The section for people who cloned the repository. */
const withoutDevelopment = (markdown) => markdown.replace(/^## Development\n.*?(?=^## |(?![^]))/ms, '');
