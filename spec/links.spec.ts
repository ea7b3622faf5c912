import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
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

describe('the links of built pages', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pages-'));
    mkdirSync(join(folder, 'api'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const check = (home: string) => {
    writeFileSync(join(folder, 'index.html'), home);
    writeFileSync(join(folder, 'api/index.html'), '<h1 id="a&amp;b">API</h1><a href="..">home</a>');
    const { status, stderr } = spawnSync(
      process.execPath,
      [resolve(root, 'scripts/check-links.mjs'), folder],
      {
        encoding: 'utf8',
      },
    );
    return { status, stderr };
  };

  it('are not reported where they lead to a page, a part of it or another site', () => {
    const home =
      '<a href="api/">1</a><a href="/api/index.html#a&amp;b">2</a><a href="https://example.com/x">3</a><i id="i"/><a href="#i">4</a>';
    expect(check(home)).toEqual({ status: 0, stderr: '' });
  });

  it('fail the check where they lead to nothing', () => {
    const home =
      '<a href="api/none.html">1</a><a href="api/#none">2</a><img src="/none.png"><a href="#i">3</a><a href="api">4</a>';
    expect(check(home)).toEqual({
      status: 1,
      stderr: ['api/none.html', 'api/#none', '/none.png', '#i', 'api']
        .map((link) => `Dead link on index.html: ${link}\n`)
        .join(''),
    });
  });
});
