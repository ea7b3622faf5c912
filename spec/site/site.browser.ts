import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { screenshots, until } from '../browser/page';
import { axe, violationsOf } from '../browser/violations';
import { BASE, built, guides, openPage, useSite } from './built';

const site = useSite();

describe('the site', () => {
  it.each(['index.html', 'guide/first-steps.html'])('prints what an example of %s emits', async (path) => {
    const { page } = await openPage(site.browser, site.url + path);
    const example = page.locator('.run-example').first();
    await example.getByRole('button', { name: 'Run' }).click();
    await example.getByText('Hello there, this is a scripted model.', { exact: true }).waitFor();
    expect((await example.locator('pre').innerText()).split('\n').slice(0, 2)).toEqual([
      'Hello',
      'Hello there,',
    ]);
  });

  it('stops an example', async () => {
    const { page } = await openPage(site.browser, `${site.url}guide/first-steps.html`);
    // The time of the page stands still, so the example cannot end by itself.
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 3_600_000);
    const example = page.locator('.run-example').first();
    await example.getByRole('button', { name: 'Run' }).click();
    await example.getByRole('button', { name: 'Stop' }).click();
    await until(async () => (await example.getAttribute('data-state')) === 'done', 'it has stopped');
    await page.clock.runFor(10_000);
    expect(await example.locator('pre').innerText()).not.toContain('model.');
  });

  it('stops an example whose code is still loading', async () => {
    const { page } = await openPage(site.browser, `${site.url}guide/first-steps.html`);
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 3_600_000);
    let load = (): void => undefined;
    const isReleased = new Promise<void>((release) => (load = release));
    await page.route('**/lib/runtime.js', async (route) => {
      await isReleased;
      await route.continue();
    });
    const example = page.locator('.run-example').first();
    await example.getByRole('button', { name: 'Run' }).click();
    await example.getByRole('button', { name: 'Stop' }).click();
    const loaded = page.waitForEvent('requestfinished', (request) =>
      request.url().endsWith('/lib/runtime.js'),
    );
    load();
    await loaded;
    // Imported a second time, the module has been evaluated, and the page has continued.
    // A text, as Jest rewrites an `import` in a function.
    await page.evaluate(`import('${site.url}lib/runtime.js').then(() => undefined)`);
    await page.clock.runFor(10_000);
    expect(await example.locator('pre').innerText()).toBe('');
    expect(await example.getAttribute('data-state')).toBe('done');
  });

  it('has a title of its own for each page', () => {
    const pages = readdirSync(built, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.html'),
    );
    const titles = pages.map(
      (name) => /<title>(.*?)<\/title>/.exec(readFileSync(resolve(built, name), 'utf8'))?.[1],
    );
    expect(titles.length).toBeGreaterThan(guides.length);
    expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
  });

  it('has a preview for links to a page', () => {
    const html = readFileSync(resolve(built, 'guide/tools.html'), 'utf8');
    expect(html).toContain('<meta property="og:title" content="Tools | rxjs-chat-completions">');
    expect(html).toMatch(/<meta property="og:description" content="[^"]{40,}">/);
  });

  it('has a Markdown twin of each page, which llms.txt lists', () => {
    const list = readFileSync(resolve(built, 'llms.txt'), 'utf8');
    const links = [...list.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(guides.length);
    expect(links.filter((link) => !link.startsWith(BASE))).toEqual([]);
    expect(links.filter((link) => !existsSync(resolve(built, link.slice(BASE.length))))).toEqual([]);
    for (const name of guides) expect(links).toContain(`${BASE}guide/${name}.md`);
    expect(readFileSync(resolve(built, 'guide/flow.md'), 'utf8')).not.toContain('RunExample');
  });

  it('has signatures with types, on lines as wide as a page', () => {
    const reference = readFileSync(resolve(built, 'api/rxjs-chat-completions.md'), 'utf8');
    const signatures = [...reference.matchAll(/^```ts\n(function [^`]*)\n```$/gm)].map(
      ([, text = '']) => text,
    );
    expect(signatures).toContain('function exponentialBackoff(options?: BackoffOptions): RetryPolicy;');
    expect(signatures.flatMap((text) => text.split('\n')).filter((line) => line.length > 92)).toEqual([]);
  });

  it('finds a name by searching, and leads to the reference', async () => {
    const { page, problems } = await openPage(site.browser, site.url);
    await page.locator('.DocSearch-Button').click();
    await page.getByRole('searchbox').fill('hedge$');
    const results = page.locator('.VPLocalSearchBox .result');
    await results.first().waitFor();
    // One for a name, not one for each heading below it.
    expect(await results.filter({ hasText: 'hedge$()' }).count()).toBe(1);
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'API', exact: true }).first().click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page
      .locator('.VPSidebar')
      .getByRole('link', { name: /inspector/ })
      .click();
    await page.getByRole('heading', { name: 'inspect()', exact: false }).first().waitFor();
    expect(problems).toEqual([]);
  });

  it.each([
    ['guide/relay.html', 375],
    ['playground.html', 1280],
  ])('shows where the focus is: %s at %s px', async (path, width) => {
    const { page } = await openPage(site.browser, site.url + path, { viewport: { width, height: 800 } });
    if (path === 'playground.html') await page.getByLabel('Code').locator('span').first().waitFor();
    const hidden: string[] = [];
    for (let presses = 0; presses < 20; presses += 1) {
      await page.keyboard.press('Tab');
      const problem = await page.evaluate(() => {
        const host = document.activeElement ?? document.body;
        const focused = host.shadowRoot?.activeElement ?? host;
        const isBeside = focused.getBoundingClientRect().right <= 0;
        const isUnmarked = getComputedStyle(focused).outlineStyle === 'none';
        return isBeside || isUnmarked ? focused.outerHTML.slice(0, 100) : undefined;
      });
      if (problem !== undefined) hidden.push(problem);
    }
    expect(hidden).toEqual([]);
  });

  const pages = [
    'index.html',
    'guide/first-steps.html',
    'guide/flow.html',
    'playground.html',
    'api/index.html',
    'api/rxjs-chat-completions/inspector.html',
  ];
  it.each([
    ['a wide screen', 1280],
    ['a phone', 360],
  ])('fits %s (%s px) in both colour schemes, and axe finds no violation', async (_, width) => {
    await Promise.all(
      pages.map(async (path) => {
        const { page, problems } = await openPage(site.browser, `${site.url}${path}`, {
          viewport: { width, height: 800 },
          reducedMotion: 'reduce',
        });
        if (path === 'playground.html') await page.getByLabel('Code').locator('span').first().waitFor();
        await page.evaluate(axe);
        const name = path.replaceAll('/', '-').replace('.html', '');
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          await page.locator(colorScheme === 'dark' ? 'html.dark' : 'html:not(.dark)').waitFor();
          await page.screenshot({ path: `${screenshots}/site-${name}-${width}-${colorScheme}.png` });
          expect(
            await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
          ).toBeLessThanOrEqual(0);
          expect(await violationsOf(page)).toEqual([]);
        }
        expect(problems).toEqual([]);
        await page.context().close();
      }),
    );
  });
});
