import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(__dirname, '..');

const below = (folder: string, end: RegExp): string[] =>
  readdirSync(resolve(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    // Installed packages may link to this one.
    if (entry.isDirectory()) return /^(node_modules|dist)$/.test(entry.name) ? [] : below(path, end);
    return end.test(path) ? [path] : [];
  });

const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', ...below('docs', /\.md$/)];
const sources = below('lib', /\.ts$/);
const examples = below('examples', /\.(ts|html)$/);
const specs = below('spec', /\.ts$/);

const read = (file: string): string => readFileSync(resolve(root, file), 'utf8');
/** The prose of a page: no code blocks, no inline code, no tables of data. */
const proseOf = (markdown: string): string =>
  markdown.replace(/^(`{3,}).*?^\1/gms, '').replace(/`[^`\n]*`/g, '');
const matchesIn = (files: readonly string[], pattern: RegExp, textOf = read): string[] =>
  files.flatMap((file) => [...textOf(file).matchAll(pattern)].map(([found]) => `${file}: ${found.trim()}`));

describe('the prose', () => {
  it.each([
    ['let go', /\blet(?:s|ting)? go\b/gi],
    ['signs of life', /\bsigns? of life\b/gi],
    [
      'is no …',
      /(?<!there )\bis no (?:JSON|chunk|event|error|field|call|stream|object|number|completion|text)\b/g,
    ],
    ['anew', /\banew\b/gi],
    ['whoever', /\bwhoever\b/gi],
    ['nobody', /\bnobody\b/gi],
    ['told', /\b(?:told\b|tells? (?:apart|of|why|that)\b)/gi],
    ['ask for', /\bask(?:s|ed)? for\b/gi],
    ['for ever', /\bfor ever\b/gi],
  ])('does not contain "%s"', (_, pattern) => {
    expect(matchesIn([...pages, ...sources, ...examples], pattern)).toEqual([]);
  });

  it('of the name of a test is a fact in standard terms', () => {
    const names = matchesIn(specs, /\b(?:it|describe)(?:\.each\(\w+\))?\((['`])(?:(?!\1).)*\1/g);
    const unusual =
      /\b(?:should|told|tells?|asks?|asked|says?|said|nobody|whoever|anew|for ever|silent|silence)\b/;
    expect(names.filter((name) => unusual.test(name))).toEqual([]);
  });

  it('of a doc comment opens with a verb or a noun phrase', () => {
    const openings = matchesIn(sources, /\/\*\*\s*(?:\*\s*)?(?:What|Who|How|Which)\b[^\n]*/g);
    expect(openings).toEqual([]);
  });

  it('of README and guides uses fewer than 2 semicolons per 1,000 words', () => {
    const prose = ['README.md', ...below('docs', /\.md$/)].map((file) => proseOf(read(file))).join('\n');
    const words = prose.split(/\s+/).length;
    const semicolons = prose.split(';').length - 1;
    expect((1_000 * semicolons) / words).toBeLessThan(2);
  });
});
