import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';

import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** Where screenshots are kept; not under version control. */
export const pictures = resolve(__dirname, '../../coverage/screenshots');
mkdirSync(pictures, { recursive: true });

/** A page of its own, that fails the spec when it complains. */
export async function open(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(url);
  // The page is there before its scripts are, and until they are a click is lost. Angular takes this mark off then.
  await page.waitForFunction(() => document.querySelector('app-root:not([ngh])') !== null);
  return { page, complaints };
}

export const ask = async (page: Page, question: string): Promise<void> => {
  await page.getByLabel('Message', { exact: true }).fill(question);
  await page.keyboard.press('Enter');
};

/** Waits until something is so. */
export async function until(so: () => boolean, what: string, ms = 10_000): Promise<void> {
  const end = performance.now() + ms;
  while (!so()) {
    if (performance.now() > end) throw new Error(`${what}: not within ${ms} ms`);
    await new Promise((later) => setTimeout(later, 10));
  }
}
