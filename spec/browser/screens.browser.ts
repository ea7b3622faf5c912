import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type { Page } from 'playwright-core';

import { ended, pictures, wrote } from './page';
import { stage } from './stage';

const AXE = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe, which the page has already, has against it, as lines to read. */
async function violationsOf(page: Page): Promise<readonly string[]> {
  const { violations } = await page.evaluate<{ violations: readonly Violation[] }>(
    // No more than is asked for: the rest takes longer.
    'axe.run({ resultTypes: ["violations"], preload: false })',
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}

/** When a scenario is worth looking at; of those that are not named, at the end. */
const WORTH: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  'slow-start': (page) => page.locator('.dots').waitFor(),
  'rate-limit': (page) => page.getByText('Retry now').waitFor(),
  'tool-call': async (page) => {
    await wrote(page, 'Bergen has');
    await ended(page);
  },
};

const SCREENS = {
  'a-wide-screen': { width: 1280, height: 800 },
  'a-phone': { width: 360, height: 740 },
};

const on = stage(() => ({ words: [], everyMs: 10 }));

/** Looks at a page that is new for each screen and colour scheme, so that none is late for what does not last. */
const everywhere = (name: string, ready: (page: Page) => Promise<unknown>): Promise<unknown> =>
  Promise.all(
    Object.entries(SCREENS).flatMap(([screen, viewport]) =>
      (['light', 'dark'] as const).map(async (colorScheme) => {
        const { page, complaints } = await on.demo('', { viewport, colorScheme, reducedMotion: 'reduce' });
        await page.evaluate(AXE);
        await ready(page);
        await page.screenshot({ path: `${pictures}/${name}-${screen}-${colorScheme}.png` });
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
        expect(await violationsOf(page)).toEqual([]);
        expect(complaints).toEqual([]);
      }),
    ),
  );

describe('on a wide screen and a phone, light and dark', () => {
  it('the empty page fits, and axe finds no violation', async () => {
    await everywhere('empty', (page) => page.getByRole('heading', { name: 'Ask something' }).waitFor());
  });

  it.each([
    'markdown',
    'slow-start',
    'rate-limit',
    'cut',
    'truncated',
    'malformed',
    'tool-call',
    'reasoning',
    'split-characters',
    'flood',
    'hostile',
  ])('%s fits, and axe finds no violation', async (scenario) => {
    await everywhere(scenario, async (page) => {
      await page.evaluate((id) => (location.hash = `scenario=${id}`), scenario);
      await (WORTH[scenario] ?? ended)(page);
    });
  });

  it('the settings fit, and axe finds no violation', async () => {
    await everywhere('settings', async (page) => {
      await page.getByRole('button', { name: 'Server' }).click();
      await page.getByText('The server does not answer?').click();
      await page.getByText('OLLAMA_ORIGINS=').waitFor();
    });
  });
});
