import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

import type { Browser, Page } from 'playwright-core';

import { launch } from './chromium';
import { ask, open, pictures, until } from './page';
import { page as built, site, type Answering, type Site } from './site';

const words = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => (i % 80 === 79 ? `word${i}.\n\n` : `word${i} `));

const HOSTILE = [
  '<script>window.pwned = 1</script>\n\n',
  '<img src=x onerror="window.pwned = 2">\n\n',
  '[a](javascript:window.pwned=3) [b](JaVaScRiPt:window.pwned=4) [c](java\tscript:window.pwned=5)\n\n',
  '[d](data:text/html,<script>parent.pwned=6</script>) [e](vbscript:x) <javascript:window.pwned=7>\n\n',
  '<svg onload="window.pwned=8"><a href="javascript:window.pwned=9">f</a></svg>\n\n',
  '| <b onmouseover="window.pwned=10">g</b> | h |\n| - | - |\n| <iframe srcdoc="x"></iframe> | i |\n\n',
  '`<script>window.pwned=11</script>`\n\n```html\n<script>window.pwned=12</script>\n```\n\n',
  '![picture](https://tracker.example.com/p.gif) ![x](javascript:window.pwned=13) ![](x" onerror="window.pwned=14)\n\n',
  '[good](https://example.com/?q="><script>window.pwned=15</script>) [mail](mailto:a@example.com)\n\n',
];

const answering: Answering = (question, nth) => {
  if (question === 'refuse once') {
    return nth % 2 === 0
      ? { status: 503, words: ['Loading model'], everyMs: 1 }
      : { words: ['Here ', 'I am.'], everyMs: 20 };
  }
  if (question === 'hostile')
    return { words: HOSTILE.flatMap((text) => [...text]), everyMs: 4, perWrite: 40 };
  if (question === 'flood') return { words: words(10_000), everyMs: 10, perWrite: 40 };
  return { words: words(2_000), everyMs: 20 };
};

let browser: Browser;
let served: Site;

beforeAll(async () => {
  browser = await launch();
}, 60_000);
afterAll(() => browser.close());
beforeEach(async () => {
  served = await site(answering);
});
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  await served.close();
});

/** The page, talking to the model of its own server. */
const live = (options = {}) => open(browser, `${served.url}/?base=/v1`, options);
const answerOf = (page: Page) => page.locator('app-answer app-markdown').last();

describe('an answer', () => {
  it('streams, and is stopped: the server sees the connection close, the text stays', async () => {
    const { page, complaints } = await live();
    await ask(page, 'anything');
    await page.waitForFunction(() =>
      (document.querySelector('app-markdown')?.textContent ?? '').includes('word20 '),
    );
    const before = performance.now();
    await page.getByRole('button', { name: 'Stop' }).click();
    await until(() => served.asked[0]?.closedAt !== null, 'the server sees the close');
    expect(served.asked[0]?.sent).toBeLessThan(2_000);
    expect(served.asked[0]!.closedAt! - before).toBeLessThan(5_000);
    await page.getByText('Stopped', { exact: true }).first().waitFor();
    const text = await answerOf(page).innerText();
    expect(text).toContain('word20');
    await page.waitForTimeout(300);
    expect(await answerOf(page).innerText()).toBe(text);
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');
    expect(complaints).toEqual([]);
  });

  it('is asked for again after a refusal, with a countdown meanwhile', async () => {
    const { page } = await live();
    await ask(page, 'refuse once');
    await page.getByText('Trying again by itself, 1 of 5.').waitFor();
    await page.screenshot({ path: `${pictures}/retry.png` });
    await page.getByText('Here I am.').first().waitFor();
    expect(served.asked).toHaveLength(2);
  });

  it('says what went wrong when nobody is there, keeps the question, and can be asked for again', async () => {
    const { page } = await open(browser, `${served.url}/`);
    await page.getByRole('button', { name: 'Server' }).click();
    await page.getByLabel('Base URL').fill('http://127.0.0.1:9/v1');
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByRole('alert').first().waitFor();
    expect(await page.getByRole('alert').first().innerText()).toContain('CORS');
  });

  it('keeps its text when the connection breaks', async () => {
    const { page } = await open(browser, `${served.url}/#scenario=cut`);
    await page.getByText('The connection broke').first().waitFor();
    expect(await answerOf(page).innerText()).toContain('when the cable');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('This time the connection held.').first().waitFor();
  });

  it('calls tools, and goes on with what they gave back', async () => {
    const { page } = await open(browser, `${served.url}/#scenario=tool-call`);
    await page.getByText('Bergen has').first().waitFor({ timeout: 20_000 });
    expect(await page.locator('.tool[data-state=done]').count()).toBe(2);
  });
});

describe('ten thousand tokens', () => {
  it('are written to the page at most once a frame, and block nothing', async () => {
    const { page } = await live();
    await page.evaluate(() => {
      const seen = { frames: 0, writes: 0, most: 0, long: [] as number[] };
      Object.assign(globalThis, { seen });
      let writesOfFrame = 0;
      const frame = (): void => {
        seen.frames += 1;
        seen.most = Math.max(seen.most, writesOfFrame);
        writesOfFrame = 0;
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
      // Told once for each task that changed something.
      new MutationObserver(() => {
        seen.writes += 1;
        writesOfFrame += 1;
      }).observe(document.querySelector('[role=log]') as Element, {
        childList: true,
        characterData: true,
        subtree: true,
      });
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) seen.long.push(Math.round(duration));
      }).observe({ entryTypes: ['longtask'] });
    });
    await ask(page, 'flood');
    await page.locator('.chip', { hasText: '10,000 tokens' }).waitFor({ timeout: 50_000 });
    const seen = await page.evaluate<{
      frames: number;
      writes: number;
      most: number;
      long: number[];
    }>('seen');
    console.log(
      `10,000 tokens: ${seen.writes} writes in ${seen.frames} frames; tasks over 50 ms: ${seen.long.join(', ') || 'none'}`,
    );
    expect(served.asked[0]?.sent).toBe(10_000);
    expect(await answerOf(page).innerText()).toContain('word9999');
    expect(seen.writes).toBeGreaterThan(10);
    // One for the answer, and one where the click or the end of the answer fell into the same frame.
    expect(seen.most).toBeLessThanOrEqual(2);
    expect(seen.writes).toBeLessThanOrEqual(seen.frames + 2);
    // None on a machine at rest. A machine with other work stops the page at any point, so a few are let pass, and a long
    // block never.
    expect(seen.long.length).toBeLessThanOrEqual(10);
    expect(Math.max(0, ...seen.long)).toBeLessThan(400);
  });
});

describe('the page', () => {
  it('lets go of the request when it is reloaded', async () => {
    const { page } = await live();
    await ask(page, 'anything');
    await page.waitForFunction(() =>
      (document.querySelector('app-markdown')?.textContent ?? '').includes('word5 '),
    );
    await page.reload();
    await until(() => served.asked[0]?.closedAt !== null, 'the server sees the close');
    await page.getByRole('heading', { name: 'Ask something' }).waitFor();
    await page.waitForTimeout(300);
    expect(served.asked).toHaveLength(1);
  });

  it('was rendered when it was built, and asked nobody then', () => {
    const html = readFileSync(resolve(built, 'index.html'), 'utf8');
    expect(html).toContain('Ask something, and watch it arrive.');
    expect(html).toContain('0 events');
    expect(html).not.toMatch(/<app-answer/);
  });

  it('asks nobody before it is asked something', async () => {
    await live();
    expect(served.calls).toEqual(['GET /v1/models']);
  });

  it('shows whatever a model writes as text', async () => {
    const { page } = await live();
    const requested: string[] = [];
    page.on('request', (request) => requested.push(new URL(request.url()).hostname));
    await ask(page, 'hostile');
    await page.getByRole('button', { name: 'Regenerate' }).waitFor();
    const found = await answerOf(page).evaluate((answer) => ({
      elements: [...new Set([...answer.querySelectorAll('*')].map(({ localName }) => localName))].sort(),
      attributes: [
        ...new Set([...answer.querySelectorAll('*')].flatMap((each) => each.getAttributeNames())),
      ].sort(),
      links: [...answer.querySelectorAll('a')].map(({ protocol }) => protocol),
    }));
    for (const link of await answerOf(page).locator('span').all())
      await link.hover({ timeout: 1_000 }).catch(() => undefined);
    expect(found.elements).not.toEqual(expect.arrayContaining(['script']));
    for (const name of ['script', 'img', 'iframe', 'svg', 'b']) expect(found.elements).not.toContain(name);
    expect(
      found.attributes.filter((name) => name.startsWith('on') || name === 'src' || name === 'srcdoc'),
    ).toEqual([]);
    expect([...new Set(found.links)].sort()).toEqual(['https:', 'mailto:']);
    expect(await page.evaluate('window.pwned')).toBeUndefined();
    expect(await answerOf(page).innerText()).toContain('<img src=x onerror="window.pwned = 2">');
    expect(requested.filter((host) => host !== '127.0.0.1')).toEqual([]);
    await page.screenshot({ path: `${pictures}/hostile.png` });
  });

  it('works by keyboard: Enter sends, Escape stops, the arrow up edits', async () => {
    const { page } = await live();
    await ask(page, 'one');
    await page.waitForFunction(() =>
      (document.querySelector('app-markdown')?.textContent ?? '').includes('word5 '),
    );
    await page.keyboard.press('Escape');
    await page.getByText('Stopped', { exact: true }).first().waitFor();
    await page.keyboard.press('ArrowUp');
    expect(await page.getByLabel('Message', { exact: true }).inputValue()).toBe('one');
    await ask(page, 'two');
    await until(() => served.asked.length === 2, 'asked again');
    await page.locator('.mine p', { hasText: 'two' }).waitFor();
    expect(await page.locator('.mine p').allInnerTexts()).toEqual(['two']);
  });

  it('tells a screen reader once, when the answer has ended', async () => {
    const { page } = await open(browser, `${served.url}/#scenario=reasoning`);
    const spoken = page.locator('app-answer [aria-live=polite]');
    await page.waitForFunction(() => (document.querySelector('app-markdown')?.textContent ?? '') !== '');
    expect(await page.locator('[role=log]').getAttribute('aria-live')).toBe('off');
    await page.getByRole('button', { name: 'Regenerate' }).waitFor();
    expect(await spoken.innerText()).toContain('1,001 = 7 × 11 × 13');
  });
});

describe('the inspector', () => {
  it('shows a chunk that could not be read, with its frame', async () => {
    const { page } = await open(browser, `${served.url}/#scenario=malformed`);
    await page.getByRole('button', { name: 'Regenerate' }).waitFor();
    await page.getByTitle('Next: Left: unreadable').click();
    expect(await page.locator('app-inspector .what').innerText()).toContain('Left: unreadable');
    expect(await page.getByLabel('Value').innerText()).toContain('BadJson');
    await page.getByText('2 chunks could not be read and were left out.').waitFor();
    await page.screenshot({ path: `${pictures}/malformed.png` });
  });
});

const AXE = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

describe.each([
  ['a wide screen', { viewport: { width: 1280, height: 800 } }],
  ['a wide screen, dark', { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' }],
  ['a phone', { viewport: { width: 360, height: 740 } }],
  ['a phone, dark', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' }],
] as const)('on %s', (name, options) => {
  it.each(['', 'markdown', 'cut', 'rate-limit', 'tool-call', 'reasoning', 'malformed'])(
    'scenario "%s" fits, and axe finds no violation',
    async (scenario) => {
      const { page, complaints } = await open(
        browser,
        `${served.url}/${scenario && `#scenario=${scenario}`}`,
        {
          ...options,
          reducedMotion: 'reduce',
        },
      );
      if (scenario === 'rate-limit') await page.getByText('Retry now').waitFor();
      else if (scenario === 'tool-call')
        await page.getByText('Bergen has').first().waitFor({ timeout: 30_000 });
      else if (scenario !== '') await page.locator('app-answer footer').first().waitFor({ timeout: 30_000 });
      await page.screenshot({
        path: `${pictures}/${(scenario || 'empty') + '-' + name.replace(/\W+/g, '-')}.png`,
      });
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0);
      await page.evaluate(AXE);
      const { violations } = await page.evaluate<{ violations: readonly Violation[] }>('axe.run()');
      expect(
        violations.map(({ id, nodes }) => [
          id,
          nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`),
        ]),
      ).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );
});

describe('the weight of the page', () => {
  it('is small, and it can be used soon', async () => {
    const files = readdirSync(built).filter((file) =>
      /^(main|styles|chunk|polyfills).*\.(js|css)$|^index\.html$/.test(file),
    );
    const sizes = files.map((file) => gzipSync(readFileSync(resolve(built, file))).length);
    const transfer = sizes.reduce((sum, size) => sum + size, 0);
    const { page } = await open(browser, `${served.url}/`);
    const times = await page.evaluate(() => {
      const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
      const paint = performance.getEntriesByName('first-contentful-paint')[0];
      return { paint: paint?.startTime ?? NaN, interactive: navigation?.domComplete ?? NaN };
    });
    console.log(
      `transfer ${(transfer / 1_000).toFixed(1)} kB gzip; first paint ${times.paint.toFixed(0)} ms, ready ${times.interactive.toFixed(0)} ms`,
    );
    expect(transfer).toBeLessThan(130_000);
  });
});
