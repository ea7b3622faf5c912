import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

import type { Page } from 'playwright-core';

import { answerOf, ask, composer, ended, pictures, until, usable, wrote } from './page';
import { page as built, type Answering } from './site';
import { stage } from './stage';

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

const answering: Answering = (question) =>
  question === 'hostile'
    ? { words: HOSTILE.flatMap((text) => [...text]), everyMs: 4, perWrite: 40 }
    : {
        words: Array.from({ length: 2_000 }, (_, i) => (i % 20 === 19 ? `word${i}.\n\n` : `word${i} `)),
        everyMs: 20,
      };

const on = stage(answering);

describe('the page', () => {
  it('lets go of the request each time it is reloaded in the middle of an answer', async () => {
    const { page } = await on.live();
    for (const times of [1, 2, 3]) {
      await ask(page, 'anything');
      await wrote(page, 'word5 ');
      await page.reload();
      await usable(page);
      await until(
        () => on.site.asked.every(({ closedAt }) => closedAt !== null),
        'the server sees the close',
      );
      expect(on.site.asked).toHaveLength(times);
    }
    expect(on.site.asked.every(({ sent }) => sent < 2_000)).toBe(true);
    await page.getByRole('heading', { name: 'Ask something' }).waitFor();
  });

  it('was rendered when it was built, and asked nobody then', () => {
    const html = readFileSync(resolve(built, 'index.html'), 'utf8');
    expect(html).toContain('Ask something, and watch it arrive.');
    expect(html).toContain('0 events');
    expect(html).not.toMatch(/<app-answer/);
  });

  it('asks nobody but for the models before it is asked something, and lets one choose', async () => {
    const { page } = await on.live();
    const models = page.getByRole('combobox', { name: 'Model' });
    await models.locator('option', { hasText: 'another' }).waitFor({ state: 'attached' });
    await models.selectOption('another');
    expect(on.site.calls).toEqual(['GET /v1/models']);
    await ask(page, 'anything');
    await until(() => on.site.asked.length === 1, 'asked');
    expect(on.site.asked[0]?.model).toBe('another');
  });

  it('shows whatever a model writes as text', async () => {
    const { page } = await on.live();
    const requested: string[] = [];
    page.on('request', (request) => requested.push(new URL(request.url()).hostname));
    await ask(page, 'hostile');
    await ended(page);
    const found = await answerOf(page).evaluate((answer) => ({
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
    const text = await answerOf(page).innerText();
    for (const written of ['<img src=x onerror="window.pwned = 2">', '[a](javascript:window.pwned=3)'])
      expect(text).toContain(written);
    expect(await page.evaluate('window.pwned')).toBeUndefined();
    expect(requested.filter((host) => host !== '127.0.0.1')).toEqual([]);
    await page.screenshot({ path: `${pictures}/hostile.png` });
  });

  it('follows the answer until one scrolls up, and again when told so', async () => {
    const { page } = await on.live();
    await ask(page, 'anything');
    const log = page.getByRole('log');
    const left = (): Promise<number> =>
      log.evaluate(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight);
    const top = (): Promise<number> => log.evaluate(({ scrollTop }) => scrollTop);
    await until(async () => (await top()) > 300, 'the answer is longer than the screen');
    await until(async () => (await left()) < 40, 'the end is in sight');

    await log.hover();
    await page.mouse.wheel(0, -25);
    const latest = page.getByRole('button', { name: 'Jump to latest' });
    await latest.waitFor();
    await until(async () => (await left()) > 100, 'it goes on below');
    const reading = await top();
    await until(async () => (await left()) > 200, 'it goes on below');
    expect(await top()).toBe(reading);
    await page.screenshot({ path: `${pictures}/scrolled-up.png` });

    await latest.click();
    await latest.waitFor({ state: 'detached' });
    expect(await log.evaluate((it) => it === document.activeElement)).toBe(true);
    await until(async () => (await left()) < 2, 'the end is in sight');
    await until(async () => (await top()) > reading + 300, 'it is followed');
  });

  it('works by keyboard: Enter sends, with Shift it breaks a line, Escape stops, the arrow up edits', async () => {
    const { page } = await on.live();
    await composer(page).focus();
    await page.keyboard.type('one');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('more');
    expect(await composer(page).inputValue()).toBe('one\nmore');
    await page.keyboard.press('Enter');
    await wrote(page, 'word5 ');
    expect(on.site.asked[0]?.question).toBe('one\nmore');
    await page.keyboard.press('Escape');
    await page.getByText('Stopped', { exact: true }).first().waitFor();
    await page.keyboard.press('ArrowUp');
    await until(async () => (await composer(page).inputValue()) === 'one\nmore', 'it is there to edit');
    expect(await composer(page).evaluate((it) => it === document.activeElement)).toBe(true);
    await ask(page, 'two');
    await until(() => on.site.asked.length === 2, 'asked again');
    await page.locator('.mine p', { hasText: 'two' }).waitFor();
    expect(await page.locator('.mine p').allInnerTexts()).toEqual(['two']);
  });

  it('tells a screen reader once, when the answer has ended', async () => {
    const { page } = await on.demo();
    await page.evaluate(() => {
      const said: string[] = [];
      const busy: (string | null)[] = [];
      Object.assign(globalThis, { said, busy });
      new MutationObserver(() => {
        const text = document.querySelector('app-answer [aria-live=polite]')?.textContent ?? '';
        if (text !== (said.at(-1) ?? '')) said.push(text);
        const now = document.querySelector('app-markdown')?.getAttribute('aria-busy') ?? null;
        if (now !== (busy.at(-1) ?? null)) busy.push(now);
      }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    });
    await page.getByLabel('Scenario').selectOption('reasoning');
    await ended(page);
    await page.getByRole('button', { name: 'Regenerate' }).waitFor();
    expect(await page.getByRole('log').getAttribute('aria-live')).toBe('off');
    expect(await page.evaluate('said')).toEqual(['No: 1,001 = 7 × 11 × 13.']);
    expect(await page.evaluate('busy')).toEqual(['true', 'false']);
  });

  it('has an address for each scenario', async () => {
    const { page } = await on.demo();
    await page.getByLabel('Scenario').selectOption('malformed');
    await ended(page);
    expect(new URL(page.url()).hash).toBe('#scenario=malformed');
    await page.evaluate(() => (location.hash = '#scenario=split-characters'));
    await wrote(page, '漢字');
    await ended(page);
    expect(await answerOf(page).innerText()).not.toContain('\uFFFD');
    await page.getByRole('button', { name: 'New chat' }).click();
    await page.getByRole('heading', { name: 'Ask something' }).waitFor();
    expect(new URL(page.url()).hash).toBe('');
  });
});

describe('the inspector', () => {
  it('shows a chunk that could not be read, with its frame', async () => {
    const { page } = await on.demo('malformed');
    await ended(page);
    await page.getByTitle('Next: Left: unreadable').click();
    await page.locator('app-inspector .what', { hasText: 'Left: unreadable' }).waitFor();
    expect(await page.getByLabel('Raw frame').innerText()).toContain('{"choices":[{"index":0,"delta":{"cont');
    expect(await page.getByLabel('Value').innerText()).toContain('BadJson');
    const [raw, value] = await Promise.all(
      ['Raw frame', 'Value'].map((name) => page.getByLabel(name).boundingBox()),
    );
    expect(value?.y).toBe(raw?.y);
    await page.getByText('2 chunks could not be read and were left out.').waitFor();
    await page.screenshot({ path: `${pictures}/inspector.png` });
  });

  it('is scrolled by a wheel and by touch, and stays there while more comes', async () => {
    const { page } = await on.live({ hasTouch: true });
    const line = page.getByRole('slider', { name: 'Events of the stream' });
    const events = async (): Promise<number> => Number(await line.getAttribute('aria-valuemax'));
    const chosen = async (): Promise<number> => Number(await line.getAttribute('aria-valuenow'));
    const follow = page.getByRole('button', { name: 'Follow live' });
    await ask(page, 'anything');
    await until(async () => (await events()) > 60, 'the line is longer than its box');
    const box = await line.boundingBox();
    if (box === null) throw new Error('there is no line');
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];

    const stays = async (): Promise<void> => {
      await follow.waitFor();
      const there = await chosen();
      const before = await events();
      await until(async () => (await events()) > before + 20, 'more comes');
      expect(await chosen()).toBe(there);
      // What is under the middle of the box is near what was chosen, at its end.
      await line.click();
      await until(async () => (await chosen()) !== there, 'another is chosen');
      expect(Math.abs((await chosen()) - there)).toBeLessThan(60);
      await follow.click();
      await follow.waitFor({ state: 'detached' });
    };

    await page.mouse.move(x, y);
    await page.mouse.wheel(0, -300);
    await stays();

    const finger = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove', at: number): Promise<unknown> =>
      finger.send('Input.dispatchTouchEvent', { type, touchPoints: [{ x: at, y }] });
    await touch('touchStart', x);
    for (const moved of [20, 60, 100, 150]) await touch('touchMove', x + moved);
    await finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await stays();
  });

  it('draws what came before it was opened', async () => {
    const { page } = await on.demo('malformed', { viewport: { width: 360, height: 740 } });
    await ended(page);
    await page.getByRole('button', { name: 'Inspector' }).click();
    await until(() => hasMarbles(page), 'the line is drawn, with marbles');
    await page.screenshot({ path: `${pictures}/inspector-a-phone.png` });
  });
});

/** Whether there is a marble on the timeline: something in the colour of text. */
const hasMarbles = (page: Page): Promise<boolean> =>
  page.locator('canvas').evaluate((it) => {
    const canvas = it as HTMLCanvasElement;
    const colour = getComputedStyle(canvas).getPropertyValue('--m-text');
    const [red, green, blue] = (colour.match(/\d+/g) ?? []).map(Number);
    const pen = canvas.getContext('2d');
    if (pen === null || blue === undefined) return false;
    const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
    return data.some(
      (byte, i) => i % 4 === 0 && byte === red && data[i + 1] === green && data[i + 2] === blue,
    );
  });

describe('the weight of the page', () => {
  it('is small, and it can be used soon', async () => {
    const files = readdirSync(built).filter((file) => /\.(js|css|html)$/.test(file));
    const transfer = files
      .filter((file) => file !== 'index.csr.html')
      .map((file) => gzipSync(readFileSync(resolve(built, file))).length)
      .reduce((sum, size) => sum + size, 0);
    const context = await on.browser.newContext();
    const page = await context.newPage();
    await page.addInitScript(() => {
      new MutationObserver((_, observer) => {
        if (document.querySelector('app-root:not([ngh])') === null) return;
        performance.mark('usable');
        observer.disconnect();
      }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['ngh'] });
    });
    await page.goto(on.site.url);
    await page.waitForFunction(
      () =>
        performance.getEntriesByName('usable').length > 0 &&
        performance.getEntriesByName('first-contentful-paint').length > 0,
    );
    const [paint, interactive] = await page.evaluate(() =>
      ['first-contentful-paint', 'usable'].map(
        (name) => performance.getEntriesByName(name)[0]?.startTime ?? NaN,
      ),
    );
    console.log(
      `transfer ${(transfer / 1_000).toFixed(1)} kB gzip; first contentful paint ${paint?.toFixed(0)} ms, usable ${interactive?.toFixed(0)} ms`,
    );
    expect(transfer).toBeLessThan(118_000);
    expect(paint).toBeGreaterThan(0);
  });
});
