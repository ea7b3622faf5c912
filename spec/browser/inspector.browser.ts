import { readFileSync } from 'node:fs';

import type { Browser, Locator, Page } from 'playwright-core';
import { tapeOf } from 'rxjs-chat-completions/testing';

import { launch } from './chromium';
import { ask, openInspector } from './inspectorPage';
import { slowness, tasksDuring } from './mainThread';
import { rendered, screenshots, until } from './page';
import { axe, violationsOf } from './violations';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
}, 120_000);
afterAll(() => browser.close());
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

/** Two failures, then reasoning, text, a chunk that cannot be read, and a tool call. */
const STORY = `[
  { status: 429, message: 'Slow down', headers: { 'retry-after-ms': '150' } },
  { status: 503, message: 'Overloaded', headers: { 'retry-after-ms': '150' } },
  { parts: [
    { reasoning: 'Let me think.' }, 'Hello there', { bad: 'json' }, ' again',
    { toolCall: { name: 'weather', arguments: { city: 'Oslo' } } },
  ], usage: [9, 20] },
]`;

const events = (page: Page): Locator => page.getByRole('slider', { name: 'Events of the calls' });
const value = async (page: Page): Promise<string> =>
  (await events(page).evaluate((it) => it.ariaValueText)) ?? '';
const shows = (page: Page, text: string): Promise<void> =>
  until(async () => (await value(page)).includes(text), `${text} is selected`);
/** A picture of the lanes, with what has changed. */
const pixels = async (page: Page): Promise<Buffer> => {
  await rendered(page);
  return events(page).screenshot();
};
const lanesOf = (page: Page) =>
  page.evaluate<{ label: string; kinds: string[] }[]>(
    'log.lanes.map(({ label, marbles }) => ({ label, kinds: marbles.map(({ kind }) => kind) }))',
  );

describe('the inspector', () => {
  it('shows every attempt in a lane, and the figures of the call', async () => {
    const { page, inspector, problems } = await openInspector(browser);
    await inspector.evaluate((it) => Object.assign(it, { price: { input: 1, output: 10 } }));
    await ask(page, STORY);
    expect((await lanesOf(page)).map(({ label }) => label)).toEqual(['Call 1', 'Attempt 2', 'Attempt 3']);
    await inspector.getByText('9 in, 20 out').waitFor();
    const figures = await inspector.locator('dl').innerText();
    expect(figures).toMatch(/Retries\s+2/);
    expect(figures).toContain('1 unreadable');
    expect(figures).toMatch(/Cost\s+0\.000209/);
    await inspector.getByText(/events, .* of 16\.0 MB/).waitFor();
    expect(problems).toEqual([]);
  });

  it('shows the event of a chunk and its value, as a difference to the last', async () => {
    const { page, inspector } = await openInspector(browser);
    await ask(page, STORY);
    await inspector.getByTitle('Next: Left').click();
    await shows(page, 'BadJson');
    expect(await inspector.getByLabel('Raw event').innerText()).toContain('"cont');
    await events(page).press('ArrowRight');
    await shows(page, '" again"');
    expect(await inspector.locator('.value .added').allInnerTexts()).toEqual([
      expect.stringContaining('" again"'),
    ]);
    expect(await inspector.locator('.value .removed').allInnerTexts()).toEqual([
      expect.stringContaining('" there"'),
    ]);
  });

  it('is used by keyboard: marbles, lanes, ends, zoom', async () => {
    const { page } = await openInspector(browser);
    await ask(page, STORY);
    await events(page).focus();
    await page.keyboard.press('Home');
    await shows(page, 'Attempt 3: request');
    await page.keyboard.press('ArrowUp');
    await shows(page, 'Attempt 2');
    await page.keyboard.press('End');
    await shows(page, 'retry planned');
    await page.keyboard.press('ArrowLeft');
    await shows(page, 'error HttpError');
    await page.keyboard.press('ArrowUp');
    await shows(page, 'Call 1');
    const before = await pixels(page);
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    await until(async () => !before.equals(await pixels(page)), 'the lanes are zoomed');
  });

  it('selects the marble that is clicked, and follows the newest again', async () => {
    const { page, inspector } = await openInspector(browser);
    await ask(page, STORY);
    await shows(page, 'complete');
    // Left of the first marble of the first lane, which is the nearest at any speed.
    await events(page).click({ position: { x: 90, y: 22 + 18 } });
    await shows(page, 'Call 1: request');
    const follow = inspector.getByRole('button', { name: 'Follow live' });
    await follow.click();
    await shows(page, 'complete');
    expect(await follow.isVisible()).toBe(false);
    await ask(page, "'Hello again'");
    await shows(page, 'Call 2: complete');
  });

  it('keeps the newest attempt of a retry storm in sight, in a bounded height', async () => {
    const { page, inspector } = await openInspector(browser);
    const failure = "{ status: 503, message: 'Overloaded', headers: { 'retry-after-ms': '1' } }";
    await page.evaluate('Math.random = () => 0.001');
    await page.evaluate(`void ask(Array(30).fill(${failure}), 1)`);
    await until(async () => (await lanesOf(page)).length >= 8, 'eight attempts');
    const scroll = inspector.locator('.scroll');
    await until(
      () =>
        scroll.evaluate((it) => it.scrollTop > 0 && it.scrollTop + it.clientHeight >= it.scrollHeight - 1),
      'the newest lane is in sight',
    );
    expect((await scroll.boundingBox())?.height).toBeLessThanOrEqual(240);
    await page.screenshot({ path: `${screenshots}/inspector-storm.png` });
  });

  it('is panned by mouse and touch, and keeps its position while events arrive', async () => {
    const { page, inspector } = await openInspector(browser, { hasTouch: true });
    await ask(page, STORY);
    await page.keyboard.press('Tab');
    const zoomIn = inspector.getByRole('button', { name: 'Zoom in' });
    for (let i = 0; i < 5; i++) await zoomIn.click();
    const box = (await events(page).boundingBox())!;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];

    let before = await pixels(page);
    const moved = async (): Promise<void> => {
      const seen = before;
      await until(async () => !seen.equals(await pixels(page)), 'the lanes are panned');
      before = await pixels(page);
    };
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 160, y, { steps: 4 });
    await page.mouse.up();
    await moved();
    await page.mouse.wheel(120, 0);
    await moved();
    const finger = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove', at: number): Promise<unknown> =>
      finger.send('Input.dispatchTouchEvent', { type, touchPoints: [{ x: at, y }] });
    await touch('touchStart', x);
    for (const by of [20, 60, 100, 150]) await touch('touchMove', x + by);
    await finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await moved();

    const selected = await value(page);
    await ask(page, "'More events'");
    expect(await value(page)).toBe(selected);
    expect((await lanesOf(page)).length).toBe(4);
  });

  it('does not pan by a button that was released outside, nor by another button', async () => {
    const { page } = await openInspector(browser);
    await ask(page, STORY);
    await events(page).focus();
    for (let i = 0; i < 5; i++) await page.keyboard.press('+');
    const box = (await events(page).boundingBox())!;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const before = await pixels(page);
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x, y + 400);
    await page.mouse.up();
    await page.mouse.move(x + 160, y);
    expect(before.equals(await pixels(page))).toBe(true);
    await page.mouse.down({ button: 'right' });
    await page.mouse.move(x, y, { steps: 4 });
    await page.mouse.up({ button: 'right' });
    expect(before.equals(await pixels(page))).toBe(true);
  });

  it('shows the beginning of a request with a large image', async () => {
    const { page, inspector } = await openInspector(browser);
    await page.evaluate(
      `ask('Hello', 1, [{ type: 'image_url', image_url: { url: 'data:image/png;base64,' + 'A'.repeat(3e6) } }])`,
    );
    await events(page).press('Home');
    await shows(page, 'request');
    await inspector.getByText('more characters').first().waitFor();
    const shown = await inspector.evaluate(
      (it) => it.shadowRoot!.querySelector('section')!.textContent.length,
    );
    expect(shown).toBeLessThan(60_000);
  });

  it('takes a log that was set before it was defined', async () => {
    const { page } = await openInspector(browser);
    await page.evaluate(`
      const early = document.createElement('early-inspector');
      early.log = new log.constructor();
      early.price = { input: 1, output: 1 };
      document.querySelector('main').append(early);
      define('early-inspector');
    `);
    await rendered(page);
    await page.evaluate("document.querySelector('early-inspector').log = log");
    await ask(page, "'Hello'");
    await page
      .locator('early-inspector')
      .getByText(/^Keeps/)
      .waitFor();
    expect(await page.evaluate("document.querySelector('early-inspector').price")).toEqual({
      input: 1,
      output: 1,
    });
  });

  it('exports an attempt as a tape', async () => {
    const { page, inspector } = await openInspector(browser);
    await ask(page, STORY);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      inspector.getByRole('button', { name: 'Export tape' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('call-1-attempt-3.tape.json');
    const tape = tapeOf(JSON.parse(readFileSync(await download.path(), 'utf8')));
    expect(tape.head?.status).toBe(200);
    expect(tape.reads.length).toBeGreaterThan(5);
  });

  it('clears', async () => {
    const { page, inspector } = await openInspector(browser);
    await ask(page, STORY);
    await inspector.getByRole('button', { name: 'Clear' }).click();
    await inspector.getByText('No calls yet').waitFor();
  });

  it('shows another log', async () => {
    const { page, inspector } = await openInspector(browser);
    await page.evaluate("document.querySelector('chat-inspector').log = new log.constructor()");
    await ask(page, STORY);
    expect(await inspector.getByText('No calls yet').isVisible()).toBe(true);
  });

  it('records 10,000 chunks without a long task', async () => {
    const { page, inspector, problems } = await openInspector(browser);
    const before = await slowness(page);
    const words = "Array.from({ length: 40 }, (_, i) => 'word' + i + ' ')";
    const tasks = await tasksDuring(browser, page, async () => {
      await ask(page, `{ parts: Array.from({ length: 250 }, () => ({ frames: ${words} })) }`, 10);
      await shows(page, 'complete');
    });
    await inspector.getByText('10,000', { exact: false }).first().waitFor();
    const factor = Math.max(before, await slowness(page));
    console.log(
      `10,000 chunks in the inspector: the longest task took ${tasks[0]?.cpuMs.toFixed(1)} ms of processor time; ` +
        `the machine is ${factor.toFixed(1)} times slower than an idle one`,
    );
    expect(tasks.length).toBeGreaterThan(100);
    expect(tasks[0]?.cpuMs).toBeLessThan(50 * factor);
    expect(problems).toEqual([]);
  });

  it.each([
    ['a wide screen', 1280, 'light'],
    ['a wide screen', 1280, 'dark'],
    ['a phone', 360, 'light'],
    ['a phone', 360, 'dark'],
  ] as const)('fits %s (%s px, %s), and axe finds no violation', async (_, width, colorScheme) => {
    const { page, inspector } = await openInspector(browser, {
      viewport: { width, height: 740 },
      colorScheme,
    });
    await page.evaluate(axe);
    expect(await violationsOf(page)).toEqual([]);
    await ask(page, STORY);
    await inspector.getByTitle('Next: tool').click();
    await shows(page, 'weather');
    await page.screenshot({ path: `${screenshots}/inspector-${width}-${colorScheme}.png` });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    expect(await violationsOf(page)).toEqual([]);
  });

  it('follows the colour scheme of its page', async () => {
    const { page } = await openInspector(browser, { colorScheme: 'light' });
    await ask(page, STORY);
    await shows(page, 'complete');
    const light = await pixels(page);
    await page.evaluate(() => (document.documentElement.style.colorScheme = 'dark'));
    await until(async () => {
      const pixel = await events(page).evaluate((it) => {
        const { data } = (it as HTMLCanvasElement).getContext('2d')!.getImageData(12, 32, 60, 16);
        return Math.max(...data.filter((_, i) => i % 4 === 0));
      });
      return pixel > 200;
    }, 'the labels are light');
    expect(light.equals(await pixels(page))).toBe(false);
  });
});
