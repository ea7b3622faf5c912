import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';

import type { Browser } from 'playwright-core';

import { launch } from '../browser/chromium';
import { until } from '../browser/page';
import { built, openPage, serve } from './built';

let browser: Browser;
let site: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  browser = await launch();
  site = await serve();
}, 120_000);
afterAll(async () => {
  await browser.close();
  await site.close();
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

const guides = existsSync(built)
  ? readdirSync(resolve(built, 'guide')).flatMap((name) => /^(.+)\.html$/.exec(name)?.[1] ?? [])
  : [];

describe('the examples of a guide', () => {
  // In groups, each page in a tab of its own.
  const groups = Array.from({ length: Math.ceil(guides.length / 6) }, (_, i) =>
    guides.slice(i * 6, i * 6 + 6),
  );
  it.each(groups.map((group) => [group.join(', '), group] as const))('run in %s', async (_, group) => {
    await Promise.all(
      group.map(async (name) => {
        const { page, problems } = await openPage(browser, `${site.url}guide/${name}.html`);
        const examples = page.locator('.run-example');
        const count = await examples.count();
        if (count > 0) await page.locator('.run-example[data-state=idle] button').first().waitFor();
        for (let i = 0; i < count; i++) await examples.nth(i).getByRole('button', { name: 'Run' }).click();
        await until(
          async () => (await page.locator('.run-example[data-state=done]').count()) === count,
          `${name}: all ${count} examples have run`,
          60_000,
        );
        for (let i = 0; i < count; i++) {
          expect(await examples.nth(i).locator('pre span').count()).toBeGreaterThan(0);
        }
        const failed = await examples.locator('.error').allInnerTexts();
        expect(
          failed.filter((text) => /assertion|is not defined|is not a function|Unexpected/.test(text)),
        ).toEqual([]);
        expect(problems).toEqual([]);
      }),
    );
  });
});
