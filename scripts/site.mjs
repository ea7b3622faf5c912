// `npm run site`: serves the site with its guides, reference and playground. `npm run site:build` builds it to site/dist.
// SITE_BASE is the path that it is served from, such as `/docs/`. The build fails if a page does not render or a link is dead.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnSync } from 'node:child_process';

import './ensure-installed.mjs';
import { reportDeadLinks } from './check-links.mjs';
import { ensureInstalled } from './install.mjs';

const site = fileURLToPath(new URL('../site', import.meta.url));

await ensureInstalled('the site', site);

const started = performance.now();
// Imported here, as its packages may have been missing.
const { writeContent } = await import('../site/build/content.mjs');
await writeContent();
console.log(`Content written in ${((performance.now() - started) / 1_000).toFixed(1)} s`);

const [, , mode] = process.argv;
if (mode !== '--build')
  console.log('Open /playground below the address that follows: it shows a retry as marbles');
const vitepress = join(site, 'node_modules/vitepress/bin/vitepress.js');
const { status } = spawnSync(process.execPath, [vitepress, mode === '--build' ? 'build' : 'dev'], {
  cwd: site,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
if (status === 0 && mode === '--build') {
  const { SITE_OUT = join(site, 'dist'), SITE_BASE = '/' } = process.env;
  reportDeadLinks(SITE_OUT, SITE_BASE);
}
