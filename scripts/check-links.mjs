// `node scripts/check-links.mjs <folder>`: fails if a link of the pages in a folder is dead: to a file, or to a part of a page.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Returns the links of the HTML pages in a folder that lead to no file of it, or to no element of a page.
 *
 * Links to other sites are not followed.
 *
 * @param folder - The folder.
 * @param base - The path that it is served from.
 * @returns Each as `page: link`.
 */
function deadLinks(folder, base = '/') {
  const files = readdirSync(folder, { recursive: true })
    .filter((file) => statSync(join(folder, file)).isFile())
    .map((file) => file.replaceAll('\\', '/'));
  const pages = new Map(
    files.filter((file) => file.endsWith('.html')).map((file) => [file, readPage(join(folder, file))]),
  );
  const isDead = (from, link) => {
    const { origin, pathname, hash } = new URL(link, `http://site${base}${from}`);
    if (origin !== 'http://site') return false;
    if (!pathname.startsWith(base)) return true;
    const path = decodeURIComponent(pathname.slice(base.length)).replace(/(^|\/)$/, '$1index.html');
    const anchor = decodeURIComponent(hash.slice(1));
    return !files.includes(path) || (anchor !== '' && pages.get(path)?.ids.has(anchor) === false);
  };
  return [...pages].flatMap(([from, { links }]) =>
    [...links].filter((link) => isDead(from, link)).map((link) => `${from}: ${link}`),
  );
}

function readPage(file) {
  const html = readFileSync(file, 'utf8').replace(/<script\b.*?<\/script>/gs, '');
  const valuesOf = (name) =>
    new Set(
      [...html.matchAll(new RegExp(`\\s(?:${name})="([^"]*)"`, 'g'))].map(([, value]) => unescape(value)),
    );
  return { ids: valuesOf('id'), links: valuesOf('href|src') };
}

const unescape = (text) => text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');

/** Prints the dead links of a folder, which then fail the program. */
export function reportDeadLinks(folder, base) {
  const dead = deadLinks(folder, base);
  for (const link of dead) console.error(`Dead link on ${link}`);
  if (dead.length > 0) process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) reportDeadLinks(process.argv[2]);
