import { composer, interactive, send, until, waitForEnd, waitForText } from './page';
import { setUp } from './setUp';

const on = setUp((question) =>
  question.startsWith('slow')
    ? { words: Array.from({ length: 2_000 }, (_, i) => `word${i} `), everyMs: 20 }
    : { words: [`Answer to ${question}.`], everyMs: 5 },
);

/** A red pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
  'base64',
);

describe('the composer', () => {
  it('has the focus at the start and after sending', async () => {
    const { page } = await on.live();
    const focused = (): Promise<boolean> => composer(page).evaluate((it) => it === document.activeElement);
    await until(focused, 'the composer has the focus');
    await page.keyboard.type('one');
    await page.keyboard.press('Enter');
    await waitForText(page, 'Answer to one.');
    expect(await focused()).toBe(true);
  });

  it('queues a message while an answer streams, and sends it at the end', async () => {
    const { page } = await on.live();
    await send(page, 'slow');
    await waitForText(page, 'word5 ');
    await send(page, 'next');
    await page.getByText('The message is sent when the answer ends.').waitFor();
    expect(on.site.requests).toHaveLength(1);
    on.site.requests[0]?.finish();
    await waitForText(page, 'Answer to next.');
    expect(on.site.requests.map(({ question }) => question)).toEqual(['slow', 'next']);
    await until(async () => (await composer(page).inputValue()) === '', 'the composer is empty');
  });

  it('keeps a queued message as a draft when the answer is stopped', async () => {
    const { page } = await on.live();
    await send(page, 'slow');
    await waitForText(page, 'word5 ');
    await send(page, 'next');
    await page.keyboard.press('Escape');
    await page.getByText('Stopped', { exact: true }).first().waitFor();
    expect(await composer(page).inputValue()).toBe('next');
    expect(on.site.requests).toHaveLength(1);
  });

  it('leaves an edit by a button', async () => {
    const { page } = await on.live();
    await send(page, 'one');
    await waitForEnd(page);
    await page.keyboard.press('ArrowUp');
    await page.getByRole('button', { name: 'Send edit' }).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Send', exact: true }).waitFor();
    await until(async () => (await composer(page).inputValue()) === '', 'the composer is empty');
  });

  it('attaches an image, which can be removed, and sends it', async () => {
    const { page, problems } = await on.live();
    const attach = (): Promise<void> =>
      page
        .locator('input[type=file]')
        .setInputFiles({ name: 'pixel.png', mimeType: 'image/png', buffer: PIXEL });
    await attach();
    await page.getByRole('button', { name: 'Remove image 1' }).click();
    await page.getByRole('list', { name: 'Attached images' }).waitFor({ state: 'detached' });
    await attach();
    await page.getByRole('list', { name: 'Attached images' }).waitFor();
    const request = page.waitForRequest(/chat\/completions$/);
    await send(page, 'look');
    const { messages } = (await request).postDataJSON() as { readonly messages: readonly unknown[] };
    expect(messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL.toString('base64')}` } },
          { type: 'text', text: 'look' },
        ],
      },
    ]);
    await page.locator('.images img').waitFor();
    expect(problems).toEqual([]);
  });

  it('refuses a file that is not an image, with the cure', async () => {
    const { page } = await on.live();
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') });
    expect(await page.getByRole('alert').innerText()).toBe(
      'a.txt is not an image. Attach a PNG, JPEG, GIF or WebP file.',
    );
  });
});

describe('the settings', () => {
  it('are used by requests and kept, except the key', async () => {
    const { page } = await on.demo();
    await page.getByRole('button', { name: 'Server' }).click();
    await page.getByLabel('Base URL').fill('localhost/v1');
    await page.getByText('The address has no scheme.').waitFor();
    expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await page.getByLabel('Base URL').fill(`${on.site.url}/v1`);
    await page.getByLabel('API key').fill('a-key');
    await page.getByRole('button', { name: 'Test connection' }).click();
    await page.getByText('The server is reachable and has 2 models.').waitFor();
    await page.getByLabel('System prompt').fill('Be brief.');
    await page.getByLabel('Temperature').fill('0.5');
    await page.getByLabel('Theme').selectOption('dark');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: /reachable$/ }).waitFor();

    await page.reload();
    await interactive(page);
    await page.waitForFunction(() => document.documentElement.dataset['theme'] === 'dark');
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain('a-key');
    const request = page.waitForRequest(/chat\/completions$/);
    await send(page, 'hello');
    expect((await request).postDataJSON()).toMatchObject({
      temperature: 0.5,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'hello' },
      ],
    });
    await waitForText(page, 'Answer to hello.');
    expect(await page.locator('.question p').allInnerTexts()).toEqual(['hello']);
  });

  it('show the error of a test', async () => {
    const { page } = await on.demo();
    await page.getByRole('button', { name: 'Server' }).click();
    await page.getByLabel('Base URL').fill('http://127.0.0.1:9/v1');
    await page.getByRole('button', { name: 'Test connection' }).click();
    await page.getByRole('status').getByText('CORS').waitFor();
  });
});

describe('a phone', () => {
  it('has one row of header, and targets of 44 px', async () => {
    const { page } = await on.demo('', { viewport: { width: 360, height: 740 } });
    expect(await page.locator('header.bar').evaluate((it) => it.getBoundingClientRect().height)).toBeLessThan(
      64,
    );
    const small = await page.locator('button:visible, select:visible').evaluateAll((all) =>
      all
        .filter((it) => !it.matches('.link'))
        .map((it) => ({ name: it.textContent, box: it.getBoundingClientRect() }))
        .filter(({ box }) => box.width < 44 || box.height < 44)
        .map(({ name }) => name),
    );
    expect(small).toEqual([]);
  });
});
