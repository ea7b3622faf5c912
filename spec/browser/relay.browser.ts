import type { Browser, BrowserContext, Page } from 'playwright-core';

import { startExampleRelay, type ExampleRelay } from '../helpers/exampleRelay';
import { hasRedis } from '../helpers/redisServer';
import { launch } from './chromium';
import { axe, violationsOf } from './violations';

// Without Redis the example is one process with its memory; the page behaves in the same way.
describe(`the page of examples/relay, ${hasRedis ? 'two processes and Redis' : 'one process'}`, () => {
  let browser: Browser;
  let example: ExampleRelay;
  let context: BrowserContext;

  beforeAll(async () => {
    [browser, example] = await Promise.all([launch(), startExampleRelay()]);
  }, 120_000);
  afterAll(() => Promise.all([browser.close(), example.stop()]));
  beforeEach(async () => {
    context = await browser.newContext();
  });
  afterEach(() => context.close());

  const openTab = async (address = example.url): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(address);
    return page;
  };
  const start = async (): Promise<Page> => {
    const page = await openTab();
    await page.getByRole('button', { name: 'Send' }).click();
    await sentence(page, 2);
    return page;
  };
  const sentence = (page: Page, n: number): Promise<void> =>
    page
      .locator('#text')
      .filter({ hasText: `${n}. The answer` })
      .waitFor();
  const textOf = (page: Page): Promise<string> => page.locator('#text').innerText();
  const status = (page: Page, words: string): Promise<void> =>
    page.getByRole('status').filter({ hasText: words }).waitFor();

  it('continues an answer after a reload in the middle of it', async () => {
    const page = await start();
    const before = await textOf(page);
    await page.reload();
    await sentence(page, 6);
    const after = await textOf(page);
    expect(after.startsWith(before)).toBe(true);
    expect(after.match(/\d+\. /g)?.slice(0, 6)).toEqual(['1. ', '2. ', '3. ', '4. ', '5. ', '6. ']);
    expect(await page.getByRole('button', { name: 'Stop' }).isEnabled()).toBe(true);
  });

  it('has the same answer in two tabs, and a stop in one ends both', async () => {
    const first = await start();
    const address = await first.evaluate(() => location.href);
    const second = await openTab(address);
    await Promise.all([sentence(first, 5), sentence(second, 5)]);
    await second.getByRole('button', { name: 'Stop' }).click();
    await status(second, 'You stopped the answer.');
    await status(first, 'The answer was stopped in another tab.');
    const [one, two] = await Promise.all([textOf(first), textOf(second)]);
    expect(one.startsWith(two)).toBe(true);
    expect(one).not.toContain('400. ');
    // A third one finds the answer as it was stopped.
    const third = await openTab(address);
    await status(third, 'The answer was stopped in another tab.');
    expect(await textOf(third)).toBe(one);
  });

  it('reports an answer that the relay does not have', async () => {
    const page = await openTab(`${example.url}/#unknown`);
    await status(page, 'The answer has failed: ');
    expect(await page.getByRole('button', { name: 'Stop' }).isDisabled()).toBe(true);
  });

  it('starts a new answer after a stop', async () => {
    const page = await start();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Send' }).click();
    await sentence(page, 3);
    expect((await textOf(page)).match(/1\. The answer/g)).toHaveLength(1);
  });

  it('has the colours of a dark scheme', async () => {
    const page = await openTab();
    await page.emulateMedia({ colorScheme: 'dark' });
    const colour = await page.evaluate(() => getComputedStyle(document.documentElement).color);
    expect(colour).toBe('rgb(255, 255, 255)');
  });

  it('has no violation that axe finds', async () => {
    const page = await start();
    await page.evaluate(axe);
    expect(await violationsOf(page)).toEqual([]);
  });
});
