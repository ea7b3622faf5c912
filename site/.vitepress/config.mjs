import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitepress';

import { slugOf } from '../build/slug.mjs';

const content = fileURLToPath(new URL('../content', import.meta.url));
const { guides, reference } = JSON.parse(readFileSync(`${content}/navigation.json`, 'utf8'));

/** The path that the site is served from. */
const base = process.env.SITE_BASE ?? '/';

export default defineConfig({
  title: 'rxjs-chat-completions',
  description: 'Streaming chat completions as RxJS Observables.',
  lang: 'en',
  base,
  srcDir: 'content',
  // The first example is a part of the home page.
  srcExclude: ['public/**', 'first-example.md'],
  outDir: process.env.SITE_OUT ?? 'dist',
  // Plain files: a host need not rewrite addresses.
  cleanUrls: false,
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${base}marbles.svg` }]],
  // The preview of a shared link.
  transformHead: ({ title, description }) => [
    ['meta', { property: 'og:type', content: 'website' }],
    ['meta', { property: 'og:title', content: title }],
    ['meta', { property: 'og:description', content: description }],
  ],
  markdown: {
    attrs: { disable: true },
    // The highlighter does not know it.
    languageAlias: { haproxy: 'nginx' },
    config: (md) => {
      md.core.ruler.push('empty-headers', ({ tokens }) => tokens.forEach(emptyHeaderToCell));
      md.core.ruler.push('plain-code', ({ tokens }) => tokens.forEach(keepBraces));
    },
    // For their contrast.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    anchor: { slugify: slugOf },
    headers: { slugify: slugOf },
  },
  vite: { publicDir: `${content}/public`, build: { chunkSizeWarningLimit: 2_000 } },
  themeConfig: {
    nav: [
      { text: 'Guides', link: '/guide/first-steps', activeMatch: '/guide/' },
      { text: 'Playground', link: '/playground' },
      { text: 'API', link: '/api/index', activeMatch: '/api/' },
    ],
    sidebar: {
      '/guide/': guides,
      '/api/': [{ text: 'Entry points', items: reference }],
    },
    outline: { level: [2, 3] },
    search: { provider: 'local', options: { _render: renderForSearch } },
    docFooter: { prev: 'Previous', next: 'Next' },
    notFound: {
      title: 'Page not found',
      quote: 'Nothing is at this address. The search above finds guides and names of the API.',
      linkText: 'Home',
      linkLabel: 'Home page',
    },
  },
});

/** Renders a page for the search, in which a name of the reference is one result: without headings such as Returns. */
function renderForSearch(source, env, md) {
  return md.render(env.relativePath.startsWith('api/') ? source.replace(/^#{4,} .*$/gm, '') : source, env);
}

/** Makes the empty corner of a table a cell: a header without text has no name. */
function emptyHeaderToCell(token, i, tokens) {
  if (token.type !== 'th_open' || tokens[i + 1].content !== '') return;
  token.tag = tokens[i + 2].tag = 'td';
}

/** Keeps the braces of code in a sentence, which Vue would evaluate: those of a template of Angular. */
function keepBraces({ type, children }) {
  if (type !== 'inline') return;
  for (const child of children) if (child.type === 'code_inline') child.attrSet('v-pre', '');
}
