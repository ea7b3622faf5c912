import type { BrowserContextOptions, Page } from 'playwright-core';

import { screenshots, send, waitForEnd } from './page';
import { setUp } from './setUp';
import { axe, violationsOf } from './violations';

/** The moment of a scenario for its screenshot. Default: its end. */
const MOMENTS: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  // Coloured once the highlighter is loaded.
  markdown: (page) =>
    page
      .locator('.hljs-title')
      .first()
      .waitFor()
      .then(() => waitForEnd(page)),
  'slow-start': (page) => page.locator('.dots').waitFor(),
  'rate-limit': (page) => page.getByText('Retry now').waitFor(),
  'tool-call': (page) => page.getByRole('button', { name: 'Approve' }).waitFor(),
  recipe: (page) =>
    page
      .getByRole('article')
      .getByText(/for a minute\.$/)
      .waitFor(),
};

/** Scenarios whose moment passes before it is checked twice. */
const PASSING = ['slow-start', 'rate-limit', 'recipe'];

/** The colour schemes in which a state is checked, by page: a state that does not last has a page for each. */
const pagesOf = (name: string): readonly (readonly ('light' | 'dark')[])[] =>
  PASSING.includes(name) ? [['light'], ['dark']] : [['light', 'dark']];

/** Specs of each state of the page on a screen. Those of each screen have a file, and so a browser, of their own. */
export function describeScreen(screen: string, device: BrowserContextOptions): void {
  const on = setUp(() => ({ words: [], everyMs: 10 }));

  /** Checks a state in both colour schemes. */
  const checkScreens = (name: string, ready: (page: Page) => Promise<unknown>): Promise<unknown> =>
    Promise.all(
      pagesOf(name).map(async (schemes) => {
        const [colorScheme] = schemes;
        const { page, problems } = await on.demo('', { ...device, colorScheme, reducedMotion: 'reduce' });
        await page.evaluate(axe);
        await ready(page);
        for (const colorScheme of schemes) {
          await page.emulateMedia({ colorScheme });
          await page.screenshot({ path: `${screenshots}/${name}-${screen}-${colorScheme}.png` });
          expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
          expect(await violationsOf(page)).toEqual([]);
        }
        expect(problems).toEqual([]);
      }),
    );

  describe(`on ${screen.replaceAll('-', ' ')}, light and dark`, () => {
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

    it('the inspector fits, and axe finds no violation', async () => {
      await checkScreens('inspector', async (page) => {
        await page.evaluate(() => (location.hash = 'scenario=malformed'));
        await waitForEnd(page);
        const button = page.getByRole('button', { name: 'Inspector' });
        if ((await button.getAttribute('aria-pressed')) === 'false') await button.click();
        await page.getByTitle('Next: Left').click();
        await page.locator('chat-inspector .event', { hasText: 'Left: unreadable' }).waitFor();
      });
    });

    it('the list of conversations fits, and axe finds no violation', async () => {
      await checkScreens('conversations', async (page) => {
        await send(page, 'A question that is longer than the list is wide, on each of these screens');
        await waitForEnd(page);
        await page.getByRole('button', { name: 'Conversations' }).click();
        await page.locator('app-chat-list .open').waitFor();
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
}
