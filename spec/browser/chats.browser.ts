import type { Page } from 'playwright-core';

import { composer, interactive, lastAnswer, screenshots, send, until, waitForEnd, waitForText } from './page';
import { setUp } from './setUp';
import type { AnswerScript } from './site';
import { axe, violationsOf } from './violations';

const script: AnswerScript = (question, index) =>
  question.startsWith('slow')
    ? { words: Array.from({ length: 2_000 }, (_, i) => `word${i} `), everyMs: 20 }
    : { words: [`Answer ${index} `, `to ${question}.`], everyMs: 5 };

const on = setUp(script);

/** Asks, and waits for the end of the answer. */
async function ask(page: Page, question: string): Promise<void> {
  await send(page, question);
  await waitForText(page, `to ${question}.`);
  await waitForEnd(page);
}

const openList = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Conversations' }).click();
  await page.getByRole('button', { name: 'New conversation' }).waitFor();
};
const titles = (page: Page): Promise<readonly string[]> =>
  page.locator('app-chat-list .open').allInnerTexts();
const untilTitles = (page: Page, expected: readonly string[]): Promise<void> =>
  until(async () => (await titles(page)).join() === expected.join(), `the list has ${expected.join()}`);
const questions = (page: Page): Promise<readonly string[]> => page.locator('.question p').allInnerTexts();
/** Waits until a conversation with these texts is in the storage. */
const untilSaved = (page: Page, ...texts: readonly string[]): Promise<void> =>
  until(
    () =>
      page.evaluate(
        (all) =>
          Object.values(localStorage).some((saved) => all.every((text) => String(saved).includes(text))),
        texts,
      ),
    `${texts.join()} is saved`,
  );
const reload = async (page: Page): Promise<void> => {
  await page.reload();
  await interactive(page);
};

describe('a conversation', () => {
  it('is there after a reload in the middle of an answer, with the text so far', async () => {
    const { page, problems } = await on.live();
    await ask(page, 'first');
    await send(page, 'slow');
    await waitForText(page, 'word60 ');
    const before = await lastAnswer(page).innerText();
    await reload(page);
    await page.getByText('Stopped', { exact: true }).first().waitFor();
    expect(await questions(page)).toEqual(['first', 'slow']);
    const text = await lastAnswer(page).innerText();
    expect(text.startsWith(before)).toBe(true);
    await until(
      () => on.site.requests.every(({ ended, closedAt }) => ended || closedAt !== null),
      'the server sees the close',
    );
    expect(on.site.requests).toHaveLength(2);

    await page.getByRole('button', { name: 'Regenerate' }).click();
    await until(() => on.site.requests.length === 3, 'another request');
    await waitForText(page, 'word5 ');
    await page.getByText('2 of 2').waitFor();
    expect(problems).toEqual([]);
  });

  it('has versions, chosen by keyboard with the focus kept', async () => {
    const { page } = await on.live();
    await ask(page, 'one');
    for (const answer of [1, 2]) {
      await page.getByRole('button', { name: 'Regenerate' }).click();
      await waitForText(page, `Answer ${answer} to one.`);
      await waitForEnd(page);
    }
    const versions = page.getByRole('group', { name: 'Versions' });
    expect(await versions.innerText()).toContain('3 of 3');
    const next = versions.getByRole('button', { name: 'Next version' });
    expect(await next.getAttribute('aria-disabled')).toBe('true');
    // From the composer back to the answer.
    await composer(page).focus();
    const previous = versions.getByRole('button', { name: 'Previous version' });
    await until(async () => {
      await page.keyboard.press('Shift+Tab');
      return previous.evaluate((it) => it === document.activeElement);
    }, 'the focus is on the button');
    await page.keyboard.press('Enter');
    await waitForText(page, 'Answer 1 to one.');
    const focused = (): Promise<string | null> =>
      page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? null);
    await until(async () => (await focused()) === 'Previous version, at 2 of 3', 'the focus stays');
    await page.keyboard.press('ArrowLeft');
    await waitForText(page, 'Answer 0 to one.');
    await until(async () => (await focused()) === 'Previous version, at 1 of 3', 'the focus stays');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowRight');
    await waitForText(page, 'Answer 1 to one.');
    await until(async () => (await focused()) === 'Next version, at 2 of 3', 'the focus stays');
    await page.screenshot({ path: `${screenshots}/versions.png` });

    // The next question continues there, and its edits are versions too.
    await ask(page, 'two');
    await page.locator('.question').last().hover();
    await page.getByRole('button', { name: 'Edit' }).last().click();
    await ask(page, 'three');
    expect(await questions(page)).toEqual(['one', 'three']);
    await page.getByRole('button', { name: 'Previous version, at 2 of 2' }).click();
    await waitForText(page, 'to two.');
    expect(await questions(page)).toEqual(['one', 'two']);
    await reload(page);
    await waitForText(page, 'to two.');
    expect(await versions.allInnerTexts()).toHaveLength(2);
  });

  it('is saved from the first question of the user on, also below a scenario', async () => {
    const { page } = await on.demo('reasoning');
    await waitForEnd(page);
    await openList(page);
    expect(await titles(page)).toEqual([]);
    await send(page, 'hello');
    await waitForText(page, 'Hello!');
    expect(await titles(page)).toEqual(['hello']);
    await page.keyboard.press('Escape');
    await reload(page);
    await waitForText(page, 'Hello!');
    expect(await questions(page)).toHaveLength(2);
  });
});

describe('another conversation', () => {
  it('has its own versions, and does not stop the answer of the one that is open', async () => {
    const { page } = await on.live();
    await ask(page, 'one');
    await page.getByRole('button', { name: 'Regenerate' }).click();
    await page.getByText('2 of 2').waitFor();
    await waitForEnd(page);
    await page.getByRole('button', { name: 'Previous version, at 2 of 2' }).click();
    await page.getByText('1 of 2').waitFor();
    await openList(page);
    await page.getByRole('button', { name: 'New conversation' }).click();
    // A suggestion is a question to a real server, and saved too.
    await page.getByRole('button', { name: 'Show me what an answer can look like.' }).click();
    await waitForText(page, 'to Show me what');
    expect(await page.getByRole('group', { name: 'Versions' }).count()).toBe(0);
    await send(page, 'slow');
    await waitForText(page, 'word5 ');
    await page.locator('app-chat-list').getByText('Show me what').click();
    const sent = on.site.requests.at(-1)?.sent ?? 0;
    await until(() => (on.site.requests.at(-1)?.sent ?? 0) > sent + 10, 'the answer continues');
    await page.getByRole('button', { name: 'one', exact: true }).click();
    await page.getByText('1 of 2').waitFor();
    await until(() => on.site.requests.at(-1)?.closedAt !== null, 'the server sees the close');
    await page.locator('app-chat-list').getByText('Show me what').click();
    await page.getByText('Stopped', { exact: true }).first().waitFor();
    expect(await lastAnswer(page).innerText()).toContain('word5 ');
  });
});

describe('the list of conversations', () => {
  it('has ten of them: opens, starts and deletes one, and is kept', async () => {
    const { page, problems } = await on.live();
    for (let i = 1; i <= 10; i += 1) {
      await ask(page, `question ${i}`);
      if (i === 1) await openList(page);
      await page.getByRole('button', { name: 'New conversation' }).click();
      await page.getByRole('heading', { name: 'Ask something' }).waitFor();
    }
    const expected = Array.from({ length: 10 }, (_, i) => `question ${10 - i}`);
    expect(await titles(page)).toEqual(expected);

    await page.getByRole('button', { name: 'question 4', exact: true }).click();
    await waitForText(page, 'to question 4.');
    expect(await questions(page)).toEqual(['question 4']);
    expect(await page.locator('[aria-current=true]').innerText()).toBe('question 4');
    await page.screenshot({ path: `${screenshots}/conversations.png` });
    await ask(page, 'more');
    expect((await titles(page))[0]).toBe('question 4');

    const remove = (name: string) => page.getByRole('button', { name: `Delete ${name}`, exact: true });
    await remove('question 4').click();
    const confirm = page.getByRole('group', { name: 'Delete this conversation?' });
    await confirm.getByRole('button', { name: 'Keep' }).click();
    await until(
      () => remove('question 4').evaluate((it) => it === document.activeElement),
      'the focus is back on the button',
    );
    expect(await titles(page)).toHaveLength(10);
    await remove('question 4').click();
    await confirm.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { name: 'Ask something' }).waitFor();
    await page.locator('app-chat-list li', { hasText: 'question 9' }).hover();
    await remove('question 9').click();
    await confirm.getByRole('button', { name: 'Delete' }).click();
    const left = expected.filter((title) => !/ [49]$/.test(title));
    await untilTitles(page, left);

    await reload(page);
    await untilTitles(page, left);
    const keys = await page.evaluate(() => Object.keys(localStorage));
    expect(keys).toHaveLength(16);

    // By keyboard.
    await page.getByRole('button', { name: 'New conversation' }).focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    await waitForText(page, `to ${left[1] ?? ''}.`);
    expect(problems).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('fits a phone and has no violation of axe, %s', async (colorScheme) => {
    const { page } = await on.live({ viewport: { width: 360, height: 740 }, colorScheme });
    await ask(
      page,
      `a question that is longer than the list is wide on a phone, ${'and longer '.repeat(9)}`.trim(),
    );
    await page.getByRole('button', { name: 'Regenerate' }).click();
    await page.getByText('2 of 2').waitFor();
    await waitForEnd(page);
    await page.screenshot({ path: `${screenshots}/versions-a-phone-${colorScheme}.png` });
    await page.evaluate(axe);
    expect(await violationsOf(page)).toEqual([]);
    await openList(page);
    await page.getByRole('button', { name: /^Delete a question/ }).click();
    await page.getByRole('button', { name: 'Keep' }).waitFor();
    await page.screenshot({ path: `${screenshots}/conversations-a-phone-${colorScheme}.png` });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    expect(await violationsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Keep' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'New conversation' }).focus();
    await page.keyboard.press('Escape');
    await page.locator('app-chat-list').waitFor({ state: 'detached' });
    await openList(page);
    await page.getByRole('button', { name: 'New conversation' }).click();
    await page.locator('app-chat-list').waitFor({ state: 'detached' });
  });
});

describe('two tabs', () => {
  it('keep their conversations, and show each other’s in the list', async () => {
    const { page } = await on.live();
    const other = await page.context().newPage();
    await other.goto(`${on.site.url}/?base=/v1`);
    await interactive(other);
    await openList(other);
    await ask(page, 'left');
    await ask(other, 'right');
    await ask(page, 'left again');
    // The other tab gets an event.
    await untilTitles(other, ['left', 'right']);
    await reload(page);
    await reload(other);
    await waitForText(page, 'to left again.');
    await waitForText(other, 'to right.');
    expect(await questions(page)).toEqual(['left', 'left again']);
    expect(await questions(other)).toEqual(['right']);
  });

  it('do not overwrite one conversation that both have open, and load it again', async () => {
    const { page } = await on.live();
    await ask(page, 'first');
    // With the end of the answer: another write would be the change of another tab.
    await untilSaved(page, 'to first.', '"done"');
    const other = await page.context().newPage();
    await other.goto(await page.evaluate(() => location.href));
    await interactive(other);
    await waitForText(other, 'to first.');
    await ask(other, 'second');
    await untilSaved(other, 'to second.');
    await ask(page, 'third');
    const alert = page.getByRole('alert');
    await alert.getByText('This conversation was changed in another tab.').waitFor();
    await page.screenshot({ path: `${screenshots}/two-tabs.png` });
    await alert.getByRole('button', { name: 'Load it again' }).click();
    await waitForText(page, 'to second.');
    expect(await questions(page)).toEqual(['first', 'second']);
    await ask(page, 'fourth');
    await reload(other);
    await reload(page);
    await waitForText(page, 'to fourth.');
  });
});

describe('without a storage', () => {
  it('works, and reports that the conversation is not saved', async () => {
    const { page } = await on.live();
    await page.evaluate(() => {
      Storage.prototype.setItem = () => {
        throw new DOMException('full', 'QuotaExceededError');
      };
    });
    await ask(page, 'first');
    await page.getByRole('alert').getByText('The storage of the browser is full.').waitFor();
    await ask(page, 'second');
    expect(await questions(page)).toEqual(['first', 'second']);
  });
});
