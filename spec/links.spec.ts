import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = resolve(__dirname, '..');
const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'examples/angular/README.md'],
  ...readdirSync(resolve(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const read = (page: string): string => readFileSync(resolve(root, page), 'utf8');

/** A page without its code, in which nothing is a link or a heading. */
const prose = (markdown: string): string => markdown.replace(/^\s*```.*?^\s*```$/gms, '');

/** What the headings of a page are called in an address, as the hosts of repositories make it. */
function anchorsOf(markdown: string): string[] {
  return [...prose(markdown).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}

/** The links of a page that lead nowhere, of those that stay within the repository. */
function deadLinksIn(page: string, markdown: string): string[] {
  const links = [...prose(markdown).matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$/gm)];
  return links
    .map(([, inline, reference]) => inline ?? reference ?? '')
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : relative(root, join(root, dirname(page), path));
      if (target.startsWith('..') || !existsSync(resolve(root, target))) return true;
      if (anchor === undefined) return false;
      return (
        statSync(resolve(root, target)).isDirectory() ||
        !anchorsOf(target === page ? markdown : read(target)).includes(anchor)
      );
    });
}

describe('the links of', () => {
  it.each(pages)('%s lead somewhere', (page) => {
    expect(deadLinksIn(page, read(page))).toEqual([]);
  });

  it('a page are told when they do not', () => {
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
