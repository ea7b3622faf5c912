import { composer, lastAnswer, rendered, screenshots, send, until, waitForEnd, waitForText } from './page';
import type { AnswerScript } from './site';
import { setUp } from './setUp';

const script: AnswerScript = (question, index) => {
  switch (question) {
    case 'fail once':
      if (index % 2 === 0) return { status: 503, words: ['Loading model'], everyMs: 1, retryAfter: 30 };
      return { words: ['Here ', 'I am.'], everyMs: 20 };
    case 'fail three times':
      if (index < 3) return { status: 429, words: [`Failure ${index}`], everyMs: 1, retryAfter: 30 };
      return { words: ['Here ', 'I am.'], everyMs: 20 };
    case 'decline':
      return { words: ['I cannot ', 'help with that.'], everyMs: 20, field: 'refusal' };
    case 'think in tags':
      return { words: ['<thi', 'nk>Hm', '.</think>', 'No.'], everyMs: 20 };
    default:
      return {
        words: Array.from({ length: 2_000 }, (_, i) => `word${i} `),
        everyMs: 20,
        field: question === 'think' ? 'reasoning_content' : 'content',
      };
  }
};

const on = setUp(script);

describe('an answer', () => {
  it('is stopped: the server sees the connection close, and the text stays', async () => {
    const { page, problems } = await on.live();
    await send(page, 'anything');
    await waitForText(page, 'word20 ');
    await page.getByRole('button', { name: 'Stop' }).click();
    await until(() => on.site.requests[0]?.closedAt !== null, 'the server sees the close');
    expect(on.site.requests[0]?.sent).toBeLessThan(2_000);
    await page.getByText('Stopped', { exact: true }).first().waitFor();
    const text = await lastAnswer(page).innerText();
    expect(text).toContain('word20');
    await rendered(page);
    expect(await lastAnswer(page).innerText()).toBe(text);
    expect(await composer(page).evaluate((it) => it === document.activeElement)).toBe(true);
    expect(problems).toEqual([]);
  });

  it('shows live metrics while it streams, and final ones at the end', async () => {
    const { page } = await on.live();
    await send(page, 'anything');
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

  it('is retried after an HTTP error, with a countdown', async () => {
    const { page } = await on.live();
    // The countdown does not end before the test has seen it.
    await page.clock.install();
    await send(page, 'fail once');
    await page.getByText('Retrying, 1 of 5').waitFor();
    await page.clock.fastForward(60_000);
    await waitForText(page, 'Here I am.');
    expect(on.site.requests).toHaveLength(2);
  });

  it('is retried before the end of the countdown by a button', async () => {
    const { page } = await on.live();
    await send(page, 'fail three times');
    for (const index of [0, 1, 2]) {
      // Each request is a new one, so this is its first retry.
      const banner = page.locator('.banner.waiting', { hasText: `Failure ${index}` });
      await banner.getByText('Retrying, 1 of 5').waitFor();
      // The countdown of 30 seconds is longer than the timeout of the next request.
      await banner.locator('text', { hasText: /^(30|2\d)$/ }).waitFor();
      await banner.getByRole('button', { name: 'Retry now' }).click();
      await until(() => on.site.requests.length === index + 2, 'a second request');
      // The button is removed, so the focus has moved.
      expect(await composer(page).evaluate((it) => it === document.activeElement)).toBe(true);
    }
    await waitForText(page, 'Here I am.');
    expect(on.site.requests).toHaveLength(4);
  });

  it('shows the error and a hint when the server cannot be reached', async () => {
    const { page } = await on.demo();
    await page.getByRole('button', { name: 'Server' }).click();
    await page.getByLabel('Base URL').fill('http://127.0.0.1:9/v1');
    await page.getByRole('button', { name: 'Save' }).click();
    const alert = page.getByRole('alert').first();
    await alert.waitFor();
    expect(await alert.innerText()).toContain('CORS');
    await page.getByRole('button', { name: 'Server settings' }).click();
    await page.getByText('Cannot connect?').click();
    await page.getByText('OLLAMA_ORIGINS=').waitFor();
  });

  it('keeps its text when the connection breaks, and can be tried again', async () => {
    const { page } = await on.demo('cut');
    await page.getByText('The connection broke').first().waitFor();
    expect(await lastAnswer(page).innerText()).toContain('when the cable');
    await page.getByRole('button', { name: 'Try again' }).click();
    await waitForText(page, 'This time the connection held.');
  });

  it('shows the reasoning', async () => {
    const { page } = await on.live();
    await send(page, 'think');
    await page.locator('details.reasoning[open]', { hasText: 'word20' }).waitFor();
    await page.screenshot({ path: `${screenshots}/reasoning.png` });
  });

  it('shows reasoning in tags in the text', async () => {
    const { page } = await on.live();
    await send(page, 'think in tags');
    await waitForEnd(page);
    expect(await lastAnswer(page).innerText()).toBe('No.');
    expect(await page.locator('details.reasoning p').textContent()).toBe('Hm.');
  });

  it('shows a refusal', async () => {
    const { page } = await on.live();
    await send(page, 'decline');
    await waitForEnd(page);
    await page.getByRole('note').getByText('I cannot help with that.').waitFor();
    await page.screenshot({ path: `${screenshots}/declined.png` });
  });

  it('collapses the reasoning when the text starts, and shows its duration', async () => {
    const { page } = await on.demo('reasoning');
    const fold = page.locator('details.reasoning');
    await waitForEnd(page);
    await page.getByText(/^Thought for \d/).waitFor();
    expect(await fold.evaluate((it) => (it as HTMLDetailsElement).open)).toBe(false);
    await page.getByText(/^Thought for \d/).click();
    await page.getByText('The digits sum to 2').waitFor();
  });

  it('is copied as Markdown', async () => {
    const { page } = await on.demo('reasoning', { permissions: ['clipboard-read', 'clipboard-write'] });
    await waitForEnd(page);
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('No: **1,001 = 7 × 11 × 13**.');
  });

  it('has code blocks in colours, that are copied without the text around them', async () => {
    const { page } = await on.demo('markdown', { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.locator('app-markdown code .hljs-title', { hasText: 'render' }).waitFor();
    await waitForEnd(page);
    await page.getByRole('button', { name: 'Copy code' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
      /^chatCompletion\$\([^]*render\(state\)\);\n?$/,
    );
  });

  it('is regenerated, and replaced when its question is edited', async () => {
    const { page } = await on.live();
    await send(page, 'one');
    await waitForText(page, 'word5 ');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Regenerate' }).click();
    await until(() => on.site.requests.length === 2, 'a second request');
    await page.keyboard.press('Escape');
    await page.locator('.question').hover();
    await page.getByRole('button', { name: 'Edit' }).click();
    await until(async () => (await composer(page).inputValue()) === 'one', 'the question is in the composer');
    await send(page, 'two');
    await until(() => on.site.requests.length === 3, 'a second request');
    expect(on.site.requests.map(({ question }) => question)).toEqual(['one', 'one', 'two']);
    await page.locator('.question p', { hasText: 'two' }).waitFor();
    expect(await page.locator('.question').count()).toBe(1);
    expect(await page.locator('app-answer').count()).toBe(1);
  });

  it('is not stopped by an Escape that closes the dialog', async () => {
    const { page } = await on.live();
    await send(page, 'anything');
    await waitForText(page, 'word5 ');
    await page.getByRole('button', { name: 'Server' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    const sent = on.site.requests[0]?.sent ?? 0;
    await until(() => (on.site.requests[0]?.sent ?? 0) > sent + 10, 'the answer continues');
    expect(on.site.requests[0]?.closedAt).toBeNull();
    await page.keyboard.press('Escape');
    await until(() => on.site.requests[0]?.closedAt !== null, 'the server sees the close');
  });

  it('works in a new chat, also after editing was cancelled', async () => {
    const { page } = await on.live();
    const edit = async (): Promise<void> => {
      await page.keyboard.press('Escape');
      await page.getByText('Stopped', { exact: true }).first().waitFor();
      await page.locator('.question').hover();
      await page.getByRole('button', { name: 'Edit' }).click();
      await page.getByRole('button', { name: 'Send edit' }).waitFor();
    };
    await send(page, 'one');
    await waitForText(page, 'word5 ');
    await edit();
    await page.getByRole('button', { name: 'New chat' }).click();
    await page.getByRole('heading', { name: 'Ask something' }).waitFor();
    expect(await composer(page).inputValue()).toBe('');
    await send(page, 'two');
    await until(() => on.site.requests.length === 2, 'a request');
    await waitForText(page, 'word5 ');
    expect(await page.locator('.question p').allInnerTexts()).toEqual(['two']);
    await edit();
    await page.getByLabel('Scenario').selectOption('split-characters');
    await waitForText(page, '漢字');
    await waitForEnd(page);
    await send(page, 'hello');
    await page.locator('.question p', { hasText: 'hello' }).waitFor();
    await waitForText(page, 'Hello!');
  });

  it('uses the connected server for a suggestion', async () => {
    const { page } = await on.live();
    await page.getByRole('button', { name: 'Show me what an answer can look like.' }).click();
    await waitForText(page, 'word5 ');
    expect(on.site.requests.map(({ question }) => question)).toEqual([
      'Show me what an answer can look like.',
    ]);
    expect(await page.getByRole('log').evaluate((it) => it === document.activeElement)).toBe(true);
  });
});
