import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

import { format } from 'prettier';

import { bundle, served } from './bundle.mjs';
import { withHead } from './head.mjs';
import { blocksIn, importsOf, moduleOf, wayToLib, whyNotRun } from './examples.mjs';
import { readSections } from './guides.mjs';
import { rewriteLinks } from './links.mjs';
import { writeLlms } from './llms.mjs';
import { content, publicFolder, root, site } from './paths.mjs';
import { writeReference } from './reference.mjs';

/** The guide whose first example is on the home page. */
const FIRST_STEPS = 'guide/first-steps';

/** Columns of code in the right half of the home page. */
const HOME_COLUMNS = 62;

/** Writes everything that VitePress reads: pages, examples as modules, the bundle, `llms.txt`. Prints what it wrote. */
export async function writeContent() {
  rmSync(content, { recursive: true, force: true });
  mkdirSync(publicFolder, { recursive: true });
  cpSync(join(site, 'pages'), content, { recursive: true });
  for (const name of readdirSync(join(root, 'docs'))) {
    if (/\.(svg|png|webp)$/.test(name)) cpSync(join(root, 'docs', name), join(publicFolder, name));
  }

  const sections = readSections();
  const guides = sections.flatMap(({ guides: list }) => list);
  const paths = new Map(guides.map(({ source, path }) => [source, path]));
  const names = new Set(['rxjs']);
  const reasons = new Map();
  let [count, runnable] = [0, 0];

  for (const guide of guides) {
    const plain = rewriteLinks(guide, paths);
    const blocks = blocksIn(plain);
    count += blocks.length;
    let page = plain;
    blocks
      .map((block, i) => ({ ...block, name: `examples/${guide.path}-${i + 1}.js` }))
      .reverse()
      .forEach(({ code, end, indent, name }) => {
        const reason = whyNotRun(code, served);
        if (reason !== undefined) {
          reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
          return;
        }
        runnable += 1;
        for (const each of importsOf(code)) names.add(each);
        write(posix.join('public', name), moduleOf(code, wayToLib(name)));
        page = `${page.slice(0, end)}\n\n${indent}<RunExample src="${name}" />\n${page.slice(end)}`;
      });
    write(`${guide.path}.md`, withHead(page, guide.title));
    if (guide.path === FIRST_STEPS) await writeFirstExample(blocks[0].code, `examples/${guide.path}-1.js`);
    // The same page as plain Markdown.
    write(posix.join('public', `${guide.path}.md`), plain);
  }

  const files = await bundle(names);
  const reference = await writeReference();
  for (const { path, markdown } of reference) write(posix.join('public', `${path}.md`), markdown);
  writeLlms(sections, reference);
  write(
    'navigation.json',
    JSON.stringify({
      guides: sections.map(({ title, guides: list }) => ({
        text: title,
        items: list.map(({ title: text, path }) => ({ text, link: `/${path}` })),
      })),
      reference: reference
        .filter(({ path }) => path !== 'api/index')
        // Without the name of the package, which does not fit in a line.
        .map(({ title, path }) => ({
          text: title.replace(/^rxjs-chat-completions\//, ''),
          link: `/${path}`,
        })),
    }),
  );
  const why = [...reasons].map(([reason, times]) => `${reason} (${times})`).join(', ');
  console.log(
    `${guides.length} guides, ${reference.length} pages of reference, ${files} files of the bundle`,
  );
  console.log(`${runnable} of ${count} examples run in their page; the others need ${why}`);
}

/** Writes the first example as a part of the home page. */
async function writeFirstExample(code, name) {
  const narrow = await format(code, {
    parser: 'typescript',
    singleQuote: true,
    trailingComma: 'all',
    printWidth: HOME_COLUMNS,
  });
  write('first-example.md', `\`\`\`ts\n${narrow}\`\`\`\n\n<RunExample src="${name}" />\n`);
}

function write(path, text) {
  const file = join(content, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
