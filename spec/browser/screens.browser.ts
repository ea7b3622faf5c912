import type { Page } from 'playwright-core';

import { waitForEnd, screenshots } from './page';
import { setUp } from './setUp';
import { axe, violationsOf } from './violations';

/** The moment of a scenario for its screenshot. Default: its end. */
const MOMENTS: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  'slow-start': (page) => page.locator('.dots').waitFor(),
  'rate-limit': (page) => page.getByText('Retry now').waitFor(),
  'tool-call': (page) => page.getByRole('button', { name: 'Approve' }).waitFor(),
  recipe: (page) =>
    page
      .getByRole('article')
      .getByText(/for a minute\.$/)
      .waitFor(),
};

const SCREENS = {
  'a-wide-screen': { width: 1280, height: 800 },
  'a-phone': { width: 360, height: 740 },
};

const on = setUp(() => ({ words: [], everyMs: 10 }));

/** Checks a page on each screen and colour scheme, in parallel, as some states do not last. */
const checkScreens = (name: string, ready: (page: Page) => Promise<unknown>): Promise<unknown> =>
  Promise.all(
    Object.entries(SCREENS).flatMap(([screen, viewport]) =>
      (['light', 'dark'] as const).map(async (colorScheme) => {
        const { page, problems } = await on.demo('', { viewport, colorScheme, reducedMotion: 'reduce' });
        await page.evaluate(axe);
        await ready(page);
        await page.screenshot({ path: `${screenshots}/${name}-${screen}-${colorScheme}.png` });
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
        expect(await violationsOf(page)).toEqual([]);
        expect(problems).toEqual([]);
      }),
    ),
  );

describe('on a wide screen and a phone, light and dark', () => {
  it('the empty page fits, and axe finds no violation', async () => {
    await checkScreens('empty', (page) => page.getByRole('heading', { name: 'Ask something' }).waitFor());
  });

  it.each([
    'markdown',
    'slow-start',
    'rate-limit',
    'cut',
    'truncated',
    'malformed',
    'tool-call',
    'recipe',
    'reasoning',
    'split-characters',
    'flood',
    'hostile',
  ])('%s fits, and axe finds no violation', async (scenario) => {
    await checkScreens(scenario, async (page) => {
      await page.evaluate((id) => (location.hash = `scenario=${id}`), scenario);
      await (MOMENTS[scenario] ?? waitForEnd)(page);
    });
  });

  it('the settings fit, and axe finds no violation', async () => {
    await checkScreens('settings', async (page) => {
      await page.getByRole('button', { name: 'Server' }).click();
      await page.getByText('Cannot connect?').click();
      await page.getByText('OLLAMA_ORIGINS=').waitFor();
    });
  });
});
