import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = resolve(__dirname, '..');
const pages = [
  ...[
    'README.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'SECURITY.md',
    'examples/angular/README.md',
    'examples/chat/README.md',
    'examples/relay/README.md',
  ],
  ...readdirSync(resolve(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const read = (page: string): string => readFileSync(resolve(root, page), 'utf8');

/** Removes the code blocks of a page: they have no links and no headings. */
const prose = (markdown: string): string => markdown.replace(/^\s*```.*?^\s*```$/gms, '');

/** Returns the anchors of the headings of a page, as repository hosts build them. */
function anchorsOf(markdown: string): string[] {
  return [...prose(markdown).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}

/** Returns the links of a page within the repository. */
function linksIn(markdown: string): string[] {
  const links = [...prose(markdown).matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$/gm)];
  return links
    .map(([, inline, reference]) => inline ?? reference ?? '')
    .filter((link) => !/^[a-z]+:/.test(link));
}

/** Returns the file or folder that a link of a page leads to. */
function targetOf(page: string, link: string): string {
  const [path = ''] = link.split('#');
  return path === '' ? page : relative(root, join(root, dirname(page), path));
}

/** Returns the links of a page within the repository that have no target. */
function deadLinksIn(page: string, markdown: string): string[] {
  return linksIn(markdown).filter((link) => {
    const [, anchor] = link.split('#');
    const target = targetOf(page, link);
    if (target.startsWith('..') || !existsSync(resolve(root, target))) return true;
    if (anchor === undefined) return false;
    return (
      statSync(resolve(root, target)).isDirectory() ||
      !anchorsOf(target === page ? markdown : read(target)).includes(anchor)
    );
  });
}

describe('the links of', () => {
  it('README.md lead to every guide, directly or through another page', () => {
    const reached = new Set(['README.md']);
    for (const page of reached) {
      for (const link of linksIn(read(page))) {
        const target = targetOf(page, link);
        if (pages.includes(target)) reached.add(target);
      }
    }
    expect(pages.filter((page) => !reached.has(page) && page.startsWith('docs/'))).toEqual([]);
  });

  it.each(pages)('%s have a target', (page) => {
    expect(deadLinksIn(page, read(page))).toEqual([]);
  });

  it('a page are reported when they have none', () => {
    const page = [
      '# What can go wrong, and `when`',
      '[a](#what-can-go-wrong-and-when) [b](#nowhere) [c](README.md#guides) [d](README.md#nowhere)',
      '[e](docs) [f](docs/nowhere.md) [g](../outside.md) [h](https://example.com/nowhere) [i][reference]',
      '```ts',
      '[j](nowhere.md)',
      '```',
      '',
      '[reference]: gone.md',
    ].join('\n');
    expect(deadLinksIn('SECURITY.md', page)).toEqual([
      '#nowhere',
      'README.md#nowhere',
      'docs/nowhere.md',
      '../outside.md',
      'gone.md',
    ]);
  });
});
