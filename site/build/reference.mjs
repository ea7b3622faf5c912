import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { format } from 'prettier';

import { entryPoints } from '../../scripts/entry-points.mjs';
import { withFrontMatter } from './head.mjs';
import { outsideCode } from './links.mjs';
import { content, root, site } from './paths.mjs';
import { slugOf } from './slug.mjs';

/** Writes the API reference: a page for each entry point. Returns the pages. */
export async function writeReference() {
  const require = createRequire(join(site, 'package.json'));
  const { Application } = await import(pathToFileURL(require.resolve('typedoc')).href);
  const folder = join(content, 'api');
  const app = await Application.bootstrapWithPlugins({
    entryPoints: entryPoints.map(({ source }) => join(root, source)),
    // Not tsconfig.lib.json, which excludes the entry points for Node.
    tsconfig: join(root, 'tsconfig.json'),
    plugin: [require.resolve('typedoc-plugin-markdown')],
    name: 'rxjs-chat-completions',
    out: folder,
    readme: 'none',
    // Readers look for a function more often than for an error.
    groupOrder: ['Functions', 'Variables', 'Type Aliases', 'Interfaces', 'Classes', '*'],
    outputFileStrategy: 'modules',
    entryFileName: 'index',
    hidePageHeader: true,
    hideBreadcrumbs: true,
    hideGroupHeadings: false,
    indexFormat: 'table',
    // Every property is readonly.
    tableColumnSettings: { hideModifiers: true },
    useCodeBlocks: true,
    expandParameters: true,
    expandObjects: false,
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    typeAliasPropertiesFormat: 'table',
    sanitizeComments: true,
    disableSources: true,
    excludeExternals: true,
    excludePrivate: true,
    excludeInternal: true,
    skipErrorChecking: true,
    logLevel: 'Error',
  });
  const project = await app.convert();
  if (project === undefined) throw new Error('typedoc found no entry points');
  await app.generateOutputs(project);
  return pagesIn(folder);
}

/** The name that typedoc gives to a destructured parameter without a `@param`. */
const NO_NAME = '__namedParameters';

function pagesIn(folder) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.md'));
  return Promise.all(
    names.sort().map(async (name) => {
      const file = join(folder, name);
      const text = readFileSync(file, 'utf8');
      if (text.includes(NO_NAME)) throw new Error(`A parameter in ${name} has no name. Add its @param.`);
      const markdown = await withLines(withAnchors(name === 'index.md' ? withShortNames(text) : text));
      // Vue reads braces outside of code.
      const escaped = outsideCode(markdown, (part) => part.replaceAll('{{', '&#123;&#123;'));
      const title = titleOf(markdown);
      const fields = {
        title: name === 'index.md' ? 'API' : `API of ${title}`,
        description: `The API of ${title}: its functions, types and classes.`,
      };
      writeFileSync(file, withFrontMatter(escaped, fields));
      return { path: `api/${name.replace(/\.md$/, '')}`, title, markdown };
    }),
  );
}

/** Breaks the signatures that are wider than a page. */
async function withLines(markdown) {
  const parts = markdown.split(/(?<=^```ts\n)(function [^`]*;)(?=\n```$)/m);
  const lines = parts.map((part, index) =>
    index % 2 === 1 ? format(part, { parser: 'typescript', singleQuote: true, printWidth: 92 }) : part,
  );
  return (await Promise.all(lines)).map((part, index) => (index % 2 === 1 ? part.trimEnd() : part)).join('');
}

/**
 * Names the table of entry points as the guides do, and shortens the names in it: with the name of the package in each row it is
 * wider than a phone.
 */
const withShortNames = (index) =>
  index
    .replace('## Modules', '## Entry points')
    .replace('| Module |', '| Entry point |')
    .replaceAll('[rxjs-chat-completions/', '[/');

/**
 * Leads a link without its anchor to the heading with the same name. The plugin counts equal anchors in another order than that of
 * the page.
 */
function withAnchors(markdown) {
  const counts = new Map();
  const anchors = new Map();
  outsideCode(markdown, (text) => {
    for (const [, heading] of text.matchAll(/^#+ (.+)$/gm)) {
      const slug = slugOf(heading);
      const count = counts.get(slug) ?? 0;
      counts.set(slug, count + 1);
      const name = heading.replace(/\(\)$|\\/g, '');
      if (!anchors.has(name)) anchors.set(name, count === 0 ? slug : `${slug}-${count}`);
    }
  });
  const existing = new Set(anchors.values());
  return markdown.replace(/\[(`?)(\w+)\1\]\(#([\w-]+)\)/g, (link, quote, name, anchor) =>
    existing.has(anchor) || !anchors.has(name) ? link : `[${quote}${name}${quote}](#${anchors.get(name)})`,
  );
}

const titleOf = (markdown) => /^# (.+)$/m.exec(markdown)?.[1]?.replaceAll('\\', '') ?? 'API';
