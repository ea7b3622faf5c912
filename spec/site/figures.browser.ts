import type { Page } from 'playwright-core';

import { slowness } from '../browser/mainThread';
import { axe, violationsOf } from '../browser/violations';
import { isHydrated, useSite } from './built';

const site = useSite();

/** Figures of a page, as Lighthouse measures them. */
interface Figures {
  readonly requests: number;
  /** Of the bodies, as they are transferred. */
  readonly bytes: number;
  /** Cumulative layout shift. */
  readonly cls: number;
  /** Largest contentful paint, in milliseconds. */
  readonly lcp: number;
  /** Total blocking time: of each task, the milliseconds beyond 50. */
  readonly tbt: number;
}

/** Collects what a page reports of itself. */
const observe = (): void => {
  const seen = { cls: 0, lcp: 0, tbt: 0 };
  Object.assign(globalThis, { seen });
  const on = (type: string, each: (entry: PerformanceEntry) => void): void =>
    new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({ type, buffered: true });
  on('layout-shift', (entry) => {
    const { value, hadRecentInput } = entry as PerformanceEntry & { value: number; hadRecentInput: boolean };
    if (!hadRecentInput) seen.cls += value;
  });
  on('largest-contentful-paint', ({ startTime }) => (seen.lcp = startTime));
  on('longtask', ({ duration }) => (seen.tbt += duration - 50));
};

/** Opens a page on a phone without a cache, and reads its figures once nothing is loaded any more. */
async function measure(path: string): Promise<{ readonly page: Page; readonly figures: Figures }> {
  const context = await site.browser.newContext({
    viewport: { width: 360, height: 740 },
    isMobile: true,
    hasTouch: true,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.addInitScript(observe);
  await page.goto(site.url + path, { waitUntil: 'networkidle' });
  await page.waitForFunction(isHydrated);
  // Reported after the paint.
  await page.waitForFunction('seen.lcp > 0');
  if (path === 'playground.html') await page.getByLabel('Code').locator('span').first().waitFor();
  const figures = await page.evaluate(() => {
    const loaded = ['navigation', 'resource'].flatMap(
      (type) => performance.getEntriesByType(type) as PerformanceResourceTiming[],
    );
    const { seen } = globalThis as unknown as { readonly seen: Omit<Figures, 'requests' | 'bytes'> };
    const bytes = loaded.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
    return { ...seen, requests: loaded.length, bytes };
  });
  return { page, figures };
}

const kB = (bytes: number): string => `${(bytes / 1_000).toFixed(0)} kB`;

describe('a page of the site', () => {
  it.each([
    ['home', 'index.html', { requests: 16, bytes: 330_000 }],
    ['a guide', 'guide/flow.html', { requests: 14, bytes: 200_000 }],
    ['the playground', 'playground.html', { requests: 16, bytes: 280_000 }],
    ['the index of the API', 'api/index.html', { requests: 30, bytes: 370_000 }],
    [
      'an entry point of the API',
      'api/rxjs-chat-completions/structured.html',
      { requests: 16, bytes: 330_000 },
    ],
  ])('is small and still: %s', async (name, path, budget) => {
    const { page, figures } = await measure(path);
    const { requests, bytes, cls, lcp, tbt } = figures;
    const factor = await slowness(page);
    console.log(
      `${name}: ${requests} requests, ${kB(bytes)}, layout shift ${cls.toFixed(3)}, largest paint ${lcp.toFixed(0)} ms, ` +
        `blocked ${tbt.toFixed(0)} ms; the machine is ${factor.toFixed(1)} times slower than an idle one`,
    );
    expect(requests).toBeLessThanOrEqual(budget.requests);
    expect(bytes).toBeLessThanOrEqual(budget.bytes);
    // The limit of Lighthouse for a good page.
    expect(cls).toBeLessThan(0.1);
    // Times depend on the machine, so they are printed only.
    expect(lcp).toBeGreaterThan(0);
  });

  it.each([
    ['home', 'index.html'],
    ['a guide', 'guide/flow.html'],
    ['the playground', 'playground.html'],
    ['the index of the API', 'api/index.html'],
    ['an entry point with functions', 'api/rxjs-chat-completions/structured.html'],
    ['an entry point with classes', 'api/rxjs-chat-completions/inspector.html'],
    ['an entry point below another', 'api/rxjs-chat-completions/relay/redis.html'],
  ])('can be found, read and tapped: %s', async (_, path) => {
    const { page } = await measure(path);
    const found = await page.evaluate(() => {
      const content = (selector: string, name: string): string =>
        document.querySelector(selector)?.getAttribute(name) ?? '';
      return {
        title: document.title,
        description: content('meta[name=description]', 'content'),
        lang: document.documentElement.lang,
        viewport: content('meta[name=viewport]', 'content'),
        images: [...document.images].filter(({ alt }) => alt === '').length,
        levels: [
          ...document.querySelectorAll('main :is(h1, h2, h3, h4, h5, h6), [role=main] :is(h1, h2, h3)'),
        ].map(({ localName }) => Number(localName.slice(1))),
        // Links in a text are exempt.
        small: [...document.querySelectorAll('button, select, input, summary, nav a, .actions a')]
          .filter((it) => it.checkVisibility({ visibilityProperty: true }))
          .map((it) => ({ text: it.textContent, box: it.getBoundingClientRect() }))
          .filter(({ box }) => box.width > 1 && (box.width < 24 || box.height < 24))
          .map(({ text }) => text.trim()),
        overflow: document.documentElement.scrollWidth - innerWidth,
      };
    });
    const { title, description, viewport, levels, ...others } = found;
    expect(title).toContain('rxjs-chat-completions');
    expect(description).toMatch(/^.{40,160}$/);
    expect(viewport).toContain('width=device-width');
    expect(others).toEqual({ lang: 'en', images: 0, small: [], overflow: 0 });
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    expect(levels.filter((level, i) => level > (levels[i - 1] ?? 1) + 1)).toEqual([]);
    await page.evaluate(axe);
    expect(await violationsOf(page)).toEqual([]);
  });
});
