import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';

import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';

import { problemsOf } from './problems';

/** Folder of the screenshots, which is not under version control. */
export const screenshots = resolve(__dirname, '../../coverage/screenshots');
mkdirSync(screenshots, { recursive: true });

/** Milliseconds to wait for a condition: only one that never holds takes this long. */
export const PATIENCE = 120_000;

/** A page, and the errors and warnings of its console. */
export interface OpenPage {
  readonly page: Page;
  readonly problems: readonly string[];
}

/** Opens a page in a new context, and waits until it is interactive. */
export async function open(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const problems = problemsOf(page);
  await page.goto(url);
  await interactive(page);
  return { page, problems };
}

/**
 * Waits until Angular has removed the attribute of the prerendered page, and has rendered what the page changes at its
 * start, as the panels of a narrow screen. Before that, clicks are lost.
 */
export async function interactive(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('app-root:not([ngh])') !== null);
  await rendered(page);
}

export const composer = (page: Page): Locator => page.getByLabel('Message', { exact: true });

/**
 * Types a question, sends it, and waits until it is rendered. After that, the last answer is the one to this question,
 * unless another one streams, which it is queued behind.
 *
 * `fill` selects the text and types in two steps. What is rendered between them, as the question that is edited,
 * would be sent with it.
 */
export const send = async (page: Page, question: string): Promise<void> => {
  await rendered(page);
  await composer(page).fill(question);
  expect(await composer(page).inputValue()).toBe(question);
  await page.keyboard.press('Enter');
  await rendered(page);
};

/** The text of the last answer. */
export const lastAnswer = (page: Page): Locator => page.locator('app-answer app-markdown').last();

/** Waits until the last answer contains a text. */
export const waitForText = (page: Page, text: string): Promise<unknown> =>
  page.waitForFunction(
    (expected) =>
      [...document.querySelectorAll('app-markdown')].at(-1)?.textContent.includes(expected) === true,
    text,
  );

/** Waits until the last answer has ended or failed. */
export const waitForEnd = (page: Page): Promise<unknown> =>
  page.waitForFunction(
    () => [...document.querySelectorAll('app-markdown')].at(-1)?.getAttribute('aria-busy') === 'false',
  );

/** Waits until what has changed is rendered: two frames, as a change after the first is in the second. */
export const rendered = (page: Page): Promise<unknown> =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

/** The part of the address behind `#`, which `page.url()` has only once the browser has reported it. */
export const hashOf = (page: Page): Promise<string> => page.evaluate(() => location.hash);

/** Waits for a condition. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  name: string,
  ms = PATIENCE,
): Promise<void> {
  const end = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`${name}: not within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
