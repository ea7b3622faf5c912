import type { Locator, Page } from 'playwright-core';

import { screenshots, send, until, waitForText } from './page';
import { setUp } from './setUp';

const on = setUp(() => ({ words: [], everyMs: 10 }));

const calls = (page: Page): Locator => page.locator('app-tool-run .call');
/** The statuses of a call that succeeds, in their order. */
const STATUSES = ['writing', 'needs-approval', 'running', 'done'];
const statuses = (page: Page): Promise<readonly (string | null)[]> =>
  calls(page).evaluateAll((each) => each.map((call) => call.getAttribute('data-status')));
const approve = (page: Page): Locator => page.getByRole('button', { name: 'Approve' });

describe('a run of tools', () => {
  it('shows each call on a line, and runs a call that the user approves with the keyboard', async () => {
    const { page, problems } = await on.demo();
    // Observes the statuses of each call, as some are too short to wait for.
    await page.evaluate(() => {
      const seen: Set<string>[] = [];
      Object.assign(globalThis, { seen });
      new MutationObserver(() => {
        document
          .querySelectorAll<HTMLElement>('.call')
          .forEach((call, i) => (seen[i] ??= new Set()).add(call.dataset['status'] ?? ''));
      }).observe(document.body, { subtree: true, childList: true, attributes: true });
    });
    await page.getByLabel('Scenario').selectOption('tool-call');
    const group = page.getByRole('group', { name: 'Allow set_reminder?' });
    await group.waitFor();
    expect(await group.innerText()).toContain('Pack a warm coat and an umbrella, 18:00');
    expect(await page.locator('app-tool-run [aria-live]').innerText()).toBe(
      'The model needs approval for set_reminder',
    );
    expect(await statuses(page)).toEqual(['done', 'done', 'needs-approval']);
    expect(await calls(page).locator('details[open]').count()).toBe(0);
    await page.screenshot({ path: `${screenshots}/approval.png` });

    await page.getByRole('log').focus();
    await until(async () => {
      await page.keyboard.press('Tab');
      return approve(page).evaluate((button) => button === document.activeElement);
    }, 'Tab reaches the button');
    await page.keyboard.press('Enter');
    await waitForText(page, 'I will remind you at 18:00');
    expect(await statuses(page)).toEqual(['done', 'done', 'done']);
    // A status that is shorter than a frame is not rendered.
    const seen = await page.evaluate<readonly (readonly string[])[]>('seen.map((statuses) => [...statuses])');
    for (const statuses of seen) expect(statuses).toEqual(STATUSES.filter((each) => statuses.includes(each)));
    expect(seen.map((statuses) => statuses.includes('needs-approval'))).toEqual([false, false, true]);
    expect(seen.every((statuses) => statuses.includes('done'))).toBe(true);
    expect(await page.locator('app-tool-run').evaluate((run) => run === document.activeElement)).toBe(true);

    await calls(page).first().locator('summary').click();
    await calls(page).first().getByText('{"celsius":4,"sky":"clear"}').waitFor();
    await page.screenshot({ path: `${screenshots}/approved.png` });
    expect(problems).toEqual([]);
  });

  it('does not run a call that the user denies, and continues the conversation', async () => {
    const { page } = await on.demo('tool-call');
    await page.getByRole('button', { name: 'Deny' }).click();
    await waitForText(page, 'I did not set a reminder');
    expect(await statuses(page)).toEqual(['done', 'done', 'denied']);
    await send(page, 'hello');
    await waitForText(page, 'Hello!');
    expect(await page.locator('.question p').count()).toBe(2);
    expect(await calls(page).count()).toBe(3);
  });

  it('has the buttons of an approval in one line, on a screen of any width', async () => {
    const { page } = await on.demo('tool-call');
    await approve(page).waitFor();
    const buttons = page.getByRole('group', { name: 'Allow set_reminder?' }).getByRole('button');
    for (const width of [320, 360, 390, 414, 480, 640, 900]) {
      await page.setViewportSize({ width, height: 800 });
      const tops = await buttons.evaluateAll((both) => both.map((each) => each.getBoundingClientRect().top));
      expect([width, tops]).toEqual([width, [tops[0], tops[0]]]);
    }
  });

  it('is stopped while it waits for the user', async () => {
    const { page } = await on.demo('tool-call');
    await approve(page).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('app-tool-run footer').getByText('Stopped').waitFor();
    expect(await statuses(page)).toEqual(['done', 'done', 'stopped']);
    expect(await approve(page).count()).toBe(0);
    await page.getByRole('button', { name: 'Send' }).waitFor();
  });
});

describe('an object', () => {
  it('is shown while it grows, with numbers and items that are complete', async () => {
    const { page, problems } = await on.demo();
    await page.evaluate(() => {
      const names = new Set<string>();
      const facts = new Set<string>();
      const counts = new Set<number>();
      const busy = new Set<string | null>();
      Object.assign(globalThis, { names, facts, counts, busy });
      new MutationObserver(() => {
        const card = document.querySelector('app-recipe-card article');
        if (card === null) return;
        names.add(card.querySelector('h2')?.textContent ?? '');
        facts.add(card.querySelector('.facts')?.textContent.trim() ?? '');
        counts.add(card.querySelectorAll('li').length);
        busy.add(card.getAttribute('aria-busy'));
      }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    });
    await page.getByLabel('Scenario').selectOption('recipe');
    const card = page.getByRole('article', { name: 'Recipe' });
    await card.locator('ul li').nth(2).waitFor();
    await page.screenshot({ path: `${screenshots}/recipe-growing.png` });
    await card.getByText(/for a minute\.$/).waitFor();
    await page.getByText('The recipe Pancakes is complete.').waitFor({ state: 'attached' });
    expect(await page.evaluate('[...busy]')).toEqual(['true', 'false']);
    expect(await page.evaluate("[...names].filter((name) => !'Pancakes'.startsWith(name))")).toEqual([]);
    expect(
      await page.evaluate('[...facts].filter((text) => !/^(25 minutes( *serves 4)?)?$/.test(text))'),
    ).toEqual([]);
    expect(await page.evaluate('Math.max(...counts)')).toBe(9);
    expect(await page.evaluate('counts.size')).toBeGreaterThan(2);
    await page.screenshot({ path: `${screenshots}/recipe.png` });
    expect(problems).toEqual([]);
  });

  it('keeps what was written when it is stopped', async () => {
    const { page } = await on.demo('recipe');
    await page.getByRole('article').locator('ul li').first().waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.locator('app-recipe-card footer').getByText('Stopped').waitFor();
    expect(await page.getByRole('heading', { name: 'Pancakes' }).count()).toBe(1);
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});
