import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

import type { Locator, Page } from 'playwright-core';

import {
  composer,
  hashOf,
  interactive,
  lastAnswer,
  screenshots,
  send,
  until,
  waitForEnd,
  waitForText,
} from './page';
import { page as built, type AnswerScript } from './site';
import { setUp } from './setUp';

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

const script: AnswerScript = (question) =>
  question === 'hostile'
    ? { words: HOSTILE.flatMap((text) => [...text]), everyMs: 4, perWrite: 40 }
    : {
        words: Array.from({ length: 2_000 }, (_, i) => (i % 20 === 19 ? `word${i}.\n\n` : `word${i} `)),
        everyMs: 20,
      };

const on = setUp(script);

describe('the page', () => {
  it('aborts the request when it is reloaded during an answer', async () => {
    const { page } = await on.live();
    for (const times of [1, 2, 3]) {
      await send(page, 'anything');
      await waitForText(page, 'word5 ');
      await page.reload();
      await interactive(page);
      await until(
        () => on.site.requests.every(({ closedAt }) => closedAt !== null),
        'the server sees the close',
      );
      expect(on.site.requests).toHaveLength(times);
    }
    expect(on.site.requests.every(({ sent }) => sent < 2_000)).toBe(true);
    await until(
      async () => (await page.getByText('Stopped', { exact: true }).count()) === 3,
      'the three answers are restored',
    );
  });

  it('is prerendered without requests', () => {
    const html = readFileSync(resolve(built, 'index.html'), 'utf8');
    expect(html).toContain('Ask something and watch the answer stream.');
    expect(html).toContain('<chat-inspector');
    expect(html).not.toMatch(/<app-answer/);
  });

  it('requests only the models before a question, and lets the user choose one', async () => {
    const { page } = await on.live();
    const models = page.getByRole('combobox', { name: 'Model' });
    await models.locator('option', { hasText: 'another' }).waitFor({ state: 'attached' });
    await models.selectOption('another');
    expect(on.site.calls).toEqual(['GET /v1/models']);
    await send(page, 'anything');
    await until(() => on.site.requests.length === 1, 'a request');
    expect(on.site.requests[0]?.model).toBe('another');
  });

  it('shows hostile Markdown as text', async () => {
    const { page } = await on.live();
    const requested: string[] = [];
    page.on('request', (request) => requested.push(new URL(request.url()).hostname));
    await send(page, 'hostile');
    await waitForEnd(page);
    const found = await lastAnswer(page).evaluate((answer) => ({
      elements: [...new Set([...answer.querySelectorAll('*')].map(({ localName }) => localName))].sort(),
      attributes: [
        ...new Set([...answer.querySelectorAll('*')].flatMap((each) => each.getAttributeNames())),
      ].sort(),
      links: [...answer.querySelectorAll('a')].map(({ protocol }) => protocol),
    }));
    for (const name of ['script', 'img', 'iframe', 'svg', 'b']) expect(found.elements).not.toContain(name);
    expect(
      found.attributes.filter((name) => name.startsWith('on') || name === 'src' || name === 'srcdoc'),
    ).toEqual([]);
    expect([...new Set(found.links)].sort()).toEqual(['https:', 'mailto:']);
    const text = await lastAnswer(page).innerText();
    for (const written of ['<img src=x onerror="window.pwned = 2">', '[a](javascript:window.pwned=3)'])
      expect(text).toContain(written);
    expect(await page.evaluate('window.pwned')).toBeUndefined();
    expect(requested.filter((host) => host !== '127.0.0.1')).toEqual([]);
    await page.screenshot({ path: `${screenshots}/hostile.png` });
  });

  it('follows the answer until the user scrolls up, and again by a button', async () => {
    const { page } = await on.live();
    await send(page, 'anything');
    const log = page.getByRole('log');
    const distance = (): Promise<number> =>
      log.evaluate(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight);
    const top = (): Promise<number> => log.evaluate(({ scrollTop }) => scrollTop);
    await until(async () => (await top()) > 300, 'the answer is longer than the screen');
    await until(async () => (await distance()) < 40, 'the end is visible');

    await log.hover();
    await page.mouse.wheel(0, -25);
    const latest = page.getByRole('button', { name: 'Jump to latest' });
    await latest.waitFor();
    await until(async () => (await distance()) > 100, 'the answer continues below');
    const reading = await top();
    await until(async () => (await distance()) > 200, 'the answer continues below');
    // The end of an animated scroll may still move it up.
    expect(await top()).toBeLessThanOrEqual(reading);
    await page.screenshot({ path: `${screenshots}/scrolled-up.png` });

    await latest.click();
    await latest.waitFor({ state: 'detached' });
    expect(await log.evaluate((it) => it === document.activeElement)).toBe(true);
    await until(async () => (await distance()) < 2, 'the end is visible');
    await until(async () => (await top()) > reading + 300, 'the page follows the answer');
  });

  it('works by keyboard: Enter sends, Shift+Enter adds a line, Escape stops, arrow up edits', async () => {
    const { page } = await on.live();
    await composer(page).focus();
    await page.keyboard.type('one');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('more');
    expect(await composer(page).inputValue()).toBe('one\nmore');
    await page.keyboard.press('Enter');
    await waitForText(page, 'word5 ');
    expect(on.site.requests[0]?.question).toBe('one\nmore');
    await page.keyboard.press('Escape');
    await page.getByText('Stopped', { exact: true }).first().waitFor();
    await page.keyboard.press('ArrowUp');
    await until(
      async () => (await composer(page).inputValue()) === 'one\nmore',
      'the question is in the composer',
    );
    expect(await composer(page).evaluate((it) => it === document.activeElement)).toBe(true);
    await send(page, 'two');
    await until(() => on.site.requests.length === 2, 'a second request');
    await page.locator('.question p', { hasText: 'two' }).waitFor();
    expect(await page.locator('.question p').allInnerTexts()).toEqual(['two']);
  });

  it('announces the answer to a screen reader once, at its end', async () => {
    const { page } = await on.demo();
    await page.evaluate(() => {
      const announcements: string[] = [];
      const busy: (string | null)[] = [];
      Object.assign(globalThis, { announcements, busy });
      new MutationObserver(() => {
        const text = document.querySelector('app-answer [aria-live=polite]')?.textContent ?? '';
        if (text !== (announcements.at(-1) ?? '')) announcements.push(text);
        const now = document.querySelector('app-markdown')?.getAttribute('aria-busy') ?? null;
        if (now !== (busy.at(-1) ?? null)) busy.push(now);
      }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    });
    await page.getByLabel('Scenario').selectOption('reasoning');
    await waitForEnd(page);
    await page.getByRole('button', { name: 'Regenerate' }).waitFor();
    expect(await page.getByRole('log').getAttribute('aria-live')).toBe('off');
    expect(await page.evaluate('announcements')).toEqual(['No: 1,001 = 7 × 11 × 13.']);
    expect(await page.evaluate('busy')).toEqual(['true', 'false']);
  });

  it('has an address for each scenario', async () => {
    const { page } = await on.demo();
    await page.getByLabel('Scenario').selectOption('malformed');
    await waitForEnd(page);
    expect(await hashOf(page)).toBe('#scenario=malformed');
    await page.evaluate(() => (location.hash = '#scenario=split-characters'));
    await waitForText(page, '漢字');
    await waitForEnd(page);
    expect(await lastAnswer(page).innerText()).not.toContain('\uFFFD');
    await page.getByRole('button', { name: 'New chat' }).click();
    await page.getByRole('heading', { name: 'Ask something' }).waitFor();
    expect(await hashOf(page)).toBe('');
  });
});

describe('the inspector', () => {
  it('shows a chunk that could not be read, with its event', async () => {
    const { page } = await on.demo('malformed');
    await waitForEnd(page);
    await page.getByTitle('Next: Left').click();
    await page.locator('chat-inspector .event', { hasText: 'Left: unreadable' }).waitFor();
    expect(await page.getByLabel('Raw event').innerText()).toContain('{"choices":[{"index":0,"delta":{"cont');
    expect(await page.getByLabel('Value').innerText()).toContain('BadJson');
    await page.getByText('2 chunks could not be read and were skipped.').waitFor();
    await page.screenshot({ path: `${screenshots}/inspector.png` });
  });

  it('shows each attempt at an answer in a lane', async () => {
    const { page } = await on.demo('rate-limit');
    await page.getByTitle('Next: retry planned').click();
    await page.locator('chat-inspector .event', { hasText: 'retry 1 of 5 in 3.0 s' }).waitFor();
  });

  it('gets the focus where it covers the conversation, and returns it to its button', async () => {
    const { page } = await on.demo('', { viewport: { width: 360, height: 740 } });
    const button = page.getByRole('button', { name: 'Inspector' });
    const panel = page.getByRole('complementary', { name: 'Inspector' });
    const isFocused = (it: Locator): Promise<boolean> =>
      it.evaluate((element) => element === document.activeElement);
    for (const close of [
      () => page.keyboard.press('Escape'),
      () => panel.getByRole('button', { name: 'Close' }).click(),
    ]) {
      await button.click();
      await until(() => isFocused(panel), 'the panel has the focus');
      await close();
      await panel.waitFor({ state: 'hidden' });
      await until(() => isFocused(button), 'the button has the focus');
    }
  });

  it('is closed by Escape without stopping the answer', async () => {
    const { page } = await on.live();
    await send(page, 'anything');
    await waitForText(page, 'word5 ');
    await page.getByRole('button', { name: 'Close' }).focus();
    await page.keyboard.press('Escape');
    await page.getByRole('complementary', { name: 'Inspector' }).waitFor({ state: 'hidden' });
    await waitForText(page, 'word40');
    await page.keyboard.press('Escape');
    await page.getByText('Stopped', { exact: true }).first().waitFor();
  });

  it('draws events from before it was opened', async () => {
    const { page } = await on.demo('malformed', { viewport: { width: 360, height: 740 } });
    await waitForEnd(page);
    await page.getByRole('button', { name: 'Inspector' }).click();
    await until(() => hasMarbles(page), 'the lane has marbles');
    await page.screenshot({ path: `${screenshots}/inspector-a-phone.png` });
  });
});

/** Whether the lanes have a marble, in the colour of text. */
const hasMarbles = (page: Page): Promise<boolean> =>
  page.locator('chat-inspector canvas.lanes').evaluate((it) => {
    const canvas = it as HTMLCanvasElement;
    const probe = (canvas.getRootNode() as ShadowRoot).querySelector('.probes [data-colour=text]');
    if (probe === null) return false;
    const [red, green, blue] = (getComputedStyle(probe).color.match(/\d+/g) ?? []).map(Number);
    const pen = canvas.getContext('2d');
    if (pen === null || blue === undefined || canvas.width === 0) return false;
    const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
    return data.some(
      (byte, i) => i % 4 === 0 && byte === red && data[i + 1] === green && data[i + 2] === blue,
    );
  });

describe('the size of the page', () => {
  it('is small', async () => {
    const html = readFileSync(resolve(built, 'index.html'), 'utf8');
    // The views of tools and of objects are requested when they are needed.
    const transfer = readdirSync(built)
      .filter((file) => file === 'index.html' || (/\.(js|css)$/.test(file) && html.includes(file)))
      .map((file) => gzipSync(readFileSync(resolve(built, file))).length)
      .reduce((sum, size) => sum + size, 0);
    const context = await on.browser.newContext();
    const page = await context.newPage();
    await page.addInitScript(() => {
      new MutationObserver((_, observer) => {
        if (document.querySelector('app-root:not([ngh])') === null) return;
        performance.mark('interactive');
        observer.disconnect();
      }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['ngh'] });
    });
    await page.goto(on.site.url);
    await page.waitForFunction(
      () =>
        performance.getEntriesByName('interactive').length > 0 &&
        performance.getEntriesByName('first-contentful-paint').length > 0,
    );
    const [paint, interactive] = await page.evaluate(() =>
      ['first-contentful-paint', 'interactive'].map(
        (name) => performance.getEntriesByName(name)[0]?.startTime ?? NaN,
      ),
    );
    console.log(
      `transfer ${(transfer / 1_000).toFixed(1)} kB gzip; first contentful paint ${paint?.toFixed(0)} ms, interactive ${interactive?.toFixed(0)} ms`,
    );
    expect(transfer).toBeLessThan(165_000);
    expect(paint).toBeGreaterThan(0);
  });
});
