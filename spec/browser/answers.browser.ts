import { answerOf, ask, composer, ended, pictures, until, wrote } from './page';
import type { Answering } from './site';
import { stage } from './stage';

const answering: Answering = (question, nth) => {
  switch (question) {
    case 'refuse once':
      if (nth % 2 === 0) return { status: 503, words: ['Loading model'], everyMs: 1 };
      return { words: ['Here ', 'I am.'], everyMs: 20 };
    case 'refuse thrice':
      if (nth < 3) return { status: 429, words: [`Refusal ${nth}`], everyMs: 1, retryAfter: 30 };
      return { words: ['Here ', 'I am.'], everyMs: 20 };
    case 'decline':
      return { words: ['I cannot ', 'help with that.'], everyMs: 20, field: 'refusal' };
    case 'think in the text':
      return { words: ['<thi', 'nk>Hm', '.</think>', 'No.'], everyMs: 20 };
    default:
      return {
        words: Array.from({ length: 2_000 }, (_, i) => `word${i} `),
        everyMs: 20,
        field: question === 'think' ? 'reasoning_content' : 'content',
      };
  }
};

const on = stage(answering);

describe('an answer', () => {
  it('streams, and is stopped: the server sees the connection close, the text stays', async () => {
    const { page, complaints } = await on.live();
    await ask(page, 'anything');
    await wrote(page, 'word20 ');
    await page.getByRole('button', { name: 'Stop' }).click();
    await until(() => on.site.asked[0]?.closedAt !== null, 'the server sees the close');
    expect(on.site.asked[0]?.sent).toBeLessThan(2_000);
    await page.getByText('Stopped', { exact: true }).first().waitFor();
    const text = await answerOf(page).innerText();
    expect(text).toContain('word20');
    await page.waitForTimeout(300);
    expect(await answerOf(page).innerText()).toBe(text);
    expect(await composer(page).evaluate((it) => it === document.activeElement)).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('shows its pace while it comes, and how it went at the end', async () => {
    const { page } = await on.live();
    await ask(page, 'anything');
    const chip = page.locator('app-answer .chip.live');
    await chip.getByText(/^\d+ tokens\/s$/).waitFor();
    await chip.locator('svg path').first().waitFor({ state: 'attached' });
    const seconds = async (): Promise<number> => parseFloat(await chip.locator('span').last().innerText());
    const before = await seconds();
    // In milliseconds below one second.
    await until(async () => (await seconds()) !== before, 'the time goes on');
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('to first token').waitFor();
    expect(await page.locator('.chip svg').count()).toBe(1);
  });

  it('is asked for again after a refusal, with a countdown meanwhile', async () => {
    const { page } = await on.live();
    await ask(page, 'refuse once');
    await page.getByText('Trying again by itself, 1 of 5.').waitFor();
    await wrote(page, 'Here I am.');
    expect(on.site.asked).toHaveLength(2);
  });

  it('does not wait for the end of the countdown when told so', async () => {
    const { page } = await on.live();
    await ask(page, 'refuse thrice');
    for (const nth of [0, 1, 2]) {
      // Asked anew, so it is the first retry again; but another refusal of the server.
      const banner = page.locator('.banner.waiting', { hasText: `Refusal ${nth}` });
      await banner.getByText('Trying again by itself, 1 of 5.').waitFor();
      // Half a minute, counted down: longer than is waited for the next request.
      await banner.locator('text', { hasText: /^(30|2\d)$/ }).waitFor();
      await banner.getByRole('button', { name: 'Retry now' }).click();
      await until(() => on.site.asked.length === nth + 2, 'asked again');
      // The button is gone, so the keyboard is elsewhere.
      expect(await composer(page).evaluate((it) => it === document.activeElement)).toBe(true);
    }
    await wrote(page, 'Here I am.');
    expect(on.site.asked).toHaveLength(4);
  });

  it('says what went wrong when nobody is there, and where to look', async () => {
    const { page } = await on.demo();
    await page.getByRole('button', { name: 'Server' }).click();
    await page.getByLabel('Base URL').fill('http://127.0.0.1:9/v1');
    await page.getByRole('button', { name: 'Connect' }).click();
    const alert = page.getByRole('alert').first();
    await alert.waitFor();
    expect(await alert.innerText()).toContain('CORS');
    await page.getByRole('button', { name: 'Server settings' }).click();
    await page.getByText('The server does not answer?').click();
    await page.getByText('OLLAMA_ORIGINS=').waitFor();
  });

  it('keeps its text when the connection breaks, and can be asked for again', async () => {
    const { page } = await on.demo('cut');
    await page.getByText('The connection broke').first().waitFor();
    expect(await answerOf(page).innerText()).toContain('when the cable');
    await page.getByRole('button', { name: 'Try again' }).click();
    await wrote(page, 'This time the connection held.');
  });

  it('calls tools as their arguments come, and goes on with what they gave back', async () => {
    const { page } = await on.demo();
    // Each state that a card is in, and each length of its arguments: too short to be waited for.
    await page.evaluate(() => {
      const states = new Set<string>();
      const lengths = new Set<number>();
      Object.assign(globalThis, { states, lengths });
      new MutationObserver(() => {
        for (const card of document.querySelectorAll<HTMLElement>('.tool')) {
          states.add(card.dataset['state'] ?? '');
          lengths.add(card.querySelector('code')?.textContent.length ?? 0);
        }
      }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    });
    await page.getByLabel('Scenario').selectOption('tool-call');
    await wrote(page, 'Bergen has');
    expect(await page.locator('.tool[data-state=done]').count()).toBe(2);
    expect(await page.evaluate('[...states]')).toEqual(['writing', 'running', 'done']);
    expect(await page.evaluate('lengths.size')).toBeGreaterThan(2);
  });

  it('is stopped while its tools run', async () => {
    const { page } = await on.demo();
    // At once: they do not run for long.
    await page.evaluate(() =>
      new MutationObserver((_, observer) => {
        const stop = document.querySelector<HTMLElement>('.composer .stop');
        if (stop === null || document.querySelector('.tool[data-state=running]') === null) return;
        observer.disconnect();
        stop.click();
      }).observe(document.body, { subtree: true, childList: true, attributes: true }),
    );
    await page.getByLabel('Scenario').selectOption('tool-call');
    await page.locator('.tool[data-state=stopped]').nth(1).waitFor();
    await page.getByRole('button', { name: 'Send' }).waitFor();
    await page.screenshot({ path: `${pictures}/tools-stopped.png` });
    // Longer than they would have taken.
    await page.waitForTimeout(1_200);
    expect(await page.locator('app-answer').count()).toBe(1);
  });

  it('shows what the model thinks', async () => {
    const { page } = await on.live();
    await ask(page, 'think');
    await page.locator('details.thinking[open]', { hasText: 'word20' }).waitFor();
    await page.screenshot({ path: `${pictures}/thinking.png` });
  });

  it('shows what the model thinks in its text as well', async () => {
    const { page } = await on.live();
    await ask(page, 'think in the text');
    await ended(page);
    expect(await answerOf(page).innerText()).toBe('No.');
    expect(await page.locator('details.thinking p').textContent()).toBe('Hm.');
  });

  it('shows that the model declined', async () => {
    const { page } = await on.live();
    await ask(page, 'decline');
    await ended(page);
    await page.getByRole('note').getByText('I cannot help with that.').waitFor();
    await page.screenshot({ path: `${pictures}/declined.png` });
  });

  it('folds away what the model thought once it writes, and says for how long it did', async () => {
    const { page } = await on.demo('reasoning');
    const fold = page.locator('details.thinking');
    await ended(page);
    await page.getByText(/^Thought for \d/).waitFor();
    expect(await fold.evaluate((it) => (it as HTMLDetailsElement).open)).toBe(false);
    await page.getByText(/^Thought for \d/).click();
    await page.getByText('The digits sum to 2').waitFor();
  });

  it('is copied as the model wrote it', async () => {
    const { page } = await on.demo('reasoning', { permissions: ['clipboard-read', 'clipboard-write'] });
    await ended(page);
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('No: **1,001 = 7 × 11 × 13**.');
  });

  it('is regenerated, and follows a question that is edited', async () => {
    const { page } = await on.live();
    await ask(page, 'one');
    await wrote(page, 'word5 ');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Regenerate' }).click();
    await until(() => on.site.asked.length === 2, 'asked again');
    await page.keyboard.press('Escape');
    await page.locator('.mine').hover();
    await page.getByRole('button', { name: 'Edit' }).click();
    await until(async () => (await composer(page).inputValue()) === 'one', 'it is there to edit');
    await ask(page, 'two');
    await until(() => on.site.asked.length === 3, 'asked again');
    expect(on.site.asked.map(({ question }) => question)).toEqual(['one', 'one', 'two']);
    await page.locator('.mine p', { hasText: 'two' }).waitFor();
    expect(await page.locator('.mine').count()).toBe(1);
    expect(await page.locator('app-answer').count()).toBe(1);
  });

  it('is not stopped by an Escape that closes the dialog', async () => {
    const { page } = await on.live();
    await ask(page, 'anything');
    await wrote(page, 'word5 ');
    await page.getByRole('button', { name: 'Server' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    const sent = on.site.asked[0]?.sent ?? 0;
    await until(() => (on.site.asked[0]?.sent ?? 0) > sent + 10, 'it goes on');
    expect(on.site.asked[0]?.closedAt).toBeNull();
    await page.keyboard.press('Escape');
    await until(() => on.site.asked[0]?.closedAt !== null, 'the server sees the close');
  });

  it('comes to what is said in a new chat, also when a question was about to be edited', async () => {
    const { page } = await on.live();
    const edit = async (): Promise<void> => {
      await page.keyboard.press('Escape');
      await page.getByText('Stopped', { exact: true }).first().waitFor();
      await page.locator('.mine').hover();
      await page.getByRole('button', { name: 'Edit' }).click();
      await page.getByRole('button', { name: 'Send edit' }).waitFor();
    };
    await ask(page, 'one');
    await wrote(page, 'word5 ');
    await edit();
    await page.getByRole('button', { name: 'New chat' }).click();
    await page.getByRole('heading', { name: 'Ask something' }).waitFor();
    expect(await composer(page).inputValue()).toBe('');
    await ask(page, 'two');
    await until(() => on.site.asked.length === 2, 'asked');
    await wrote(page, 'word5 ');
    expect(await page.locator('.mine p').allInnerTexts()).toEqual(['two']);
    await edit();
    await page.getByLabel('Scenario').selectOption('split-characters');
    await ended(page);
    await ask(page, 'hello');
    await page.locator('.mine p', { hasText: 'hello' }).waitFor();
    await wrote(page, 'Hello!');
  });

  it('comes from who is connected when a suggestion is taken', async () => {
    const { page } = await on.live();
    await page.getByRole('button', { name: 'Think: is 1,001 a prime?' }).click();
    await wrote(page, 'word5 ');
    expect(on.site.asked.map(({ question }) => question)).toEqual(['Think: is 1,001 a prime?']);
    expect(await page.getByRole('log').evaluate((it) => it === document.activeElement)).toBe(true);
  });
});
