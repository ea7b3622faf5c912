import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';

import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';

/** Where screenshots are kept; not under version control. */
export const pictures = resolve(__dirname, '../../coverage/screenshots');
mkdirSync(pictures, { recursive: true });

/** A page, and what it complained of on its console. */
export interface Opened {
  readonly page: Page;
  readonly complaints: readonly string[];
}

/** Opens a page of its own, and waits until it can be used. */
export async function open(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(url);
  await usable(page);
  return { page, complaints };
}

/** The page is there before its scripts are, and until they are a click is lost. Angular takes this mark off then. */
export const usable = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => document.querySelector('app-root:not([ngh])') !== null);

export const composer = (page: Page): Locator => page.getByLabel('Message', { exact: true });

export const ask = async (page: Page, question: string): Promise<void> => {
  await composer(page).fill(question);
  await page.keyboard.press('Enter');
};

export const answerOf = (page: Page): Locator => page.locator('app-answer app-markdown').last();

/** Waits until the last answer holds a text. */
export const wrote = (page: Page, text: string): Promise<unknown> =>
  page.waitForFunction(
    (wanted) => [...document.querySelectorAll('app-markdown')].at(-1)?.textContent.includes(wanted) === true,
    text,
  );

/** Waits until the last answer has ended, whichever way. */
export const ended = (page: Page): Promise<unknown> =>
  page.waitForFunction(
    () => [...document.querySelectorAll('app-markdown')].at(-1)?.getAttribute('aria-busy') === 'false',
  );

/** Waits until something is so. */
export async function until(so: () => boolean | Promise<boolean>, what: string, ms = 20_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await so())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${ms} ms`);
    await new Promise((later) => setTimeout(later, 10));
  }
}
