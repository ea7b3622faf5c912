import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import type { Page } from 'playwright-core';

import { CHOICES, fitting } from '../../site/playground/operators';
import { hashOf, SERVERS, settingsOf } from '../../site/playground/settings';
import { SITUATIONS } from '../../site/playground/situations';
import { until } from '../browser/page';
import { openPage, useSite } from './built';

const site = useSite();

const open = async (hash = ''): ReturnType<typeof openPage> => {
  const opened = await openPage(site.browser, `${site.url}playground.html${hash}`);
  await opened.page.getByLabel('Code').waitFor();
  return opened;
};

/** The lanes of the inspector: their labels, and the kinds of their marbles. */
const lanesOf = (page: Page) =>
  page.evaluate<readonly (readonly [label: string, kinds: readonly string[]])[]>(
    `document.querySelector('chat-inspector').log.lanes.map(({ label, marbles }) => [label, marbles.map(({ kind }) => kind)])`,
  );

/** Shows other settings in an open page. */
async function choose(page: Page, hash: string): Promise<void> {
  const before = await page.evaluateHandle<object>("document.querySelector('chat-inspector').log");
  await page.evaluate((to) => (location.hash = to), hash);
  await page.waitForFunction(
    (log) => (document.querySelector('chat-inspector') as unknown as { log: object }).log !== log,
    before,
  );
}

const nameOf = (code: string): string => code.replace(/\(.*/, '');

describe('the playground', () => {
  it('runs each operator', async () => {
    const { page, problems } = await open('#situation=plain&pipe=');
    for (const { id, code, accepts } of CHOICES) {
      const pipe = accepts.includes('decoded') ? [id] : ['content', id];
      const situation = id === 'structured' ? 'object' : 'plain';
      await choose(page, hashOf({ server: 'openai', situation, pipe, time: 'virtual' }));
      const lanes = await lanesOf(page);
      expect(lanes.map(([label]) => label)).toEqual([
        'Call 1',
        'chatCompletion$',
        ...fitting(pipe).map((choice) => nameOf(choice.code)),
      ]);
      const [, last = []] = lanes.at(-1) ?? [];
      expect([code, last.length > 1, last.at(-1)]).toEqual([code, true, 'complete']);
    }
    expect(problems).toEqual([]);
  });

  it('runs each situation, with each server', async () => {
    const { page, problems } = await open();
    const ends: Record<string, Set<string | undefined>> = {};
    for (const { id } of SITUATIONS) {
      ends[id] = new Set();
      for (const server of SERVERS) {
        await choose(page, hashOf({ server, situation: id, pipe: ['retry-5', 'state'], time: 'virtual' }));
        const [, source = []] = (await lanesOf(page)).find(([label]) => label === 'retryChat') ?? [];
        ends[id].add(source.at(-1));
      }
    }
    expect(Object.fromEntries(Object.entries(ends).map(([id, set]) => [id, [...set]]))).toEqual({
      plain: ['complete'],
      'slow-start': ['complete'],
      storm: ['complete'],
      cut: ['error'],
      stall: ['complete'],
      // The fold fails at the Left, and unsubscribes.
      'bad-chunk': ['stop'],
      tools: ['complete'],
      think: ['complete'],
      object: ['complete'],
    });
    expect(problems).toEqual([]);
  });

  it('shows a retry storm: an attempt a lane, and one lane for the source and the result', async () => {
    const { page } = await open('#situation=storm&pipe=retry-5,content');
    expect((await lanesOf(page)).map(([label]) => label)).toEqual([
      'Call 1',
      'Attempt 2',
      'Attempt 3',
      'Attempt 4',
      'Attempt 5',
      'chatCompletion$',
      'retryChat',
      'accumulateContent',
    ]);
  });

  it('keeps the focus in the pipe when an operator is removed or added', async () => {
    const { page } = await open();
    const add = page.getByLabel('Add an operator');
    const isFocused = () => add.evaluate((element) => element === document.activeElement);
    await page.getByRole('button', { name: 'Remove accumulateContent()' }).focus();
    await page.keyboard.press('Enter');
    expect(await isFocused()).toBe(true);
    await add.selectOption('state');
    expect(await isFocused()).toBe(true);
    expect(settingsOf(new URL(page.url()).hash).pipe).toEqual(['retry-5', 'state']);
  });

  it('reproduces its picture from a link', async () => {
    const { page } = await open();
    await page.getByLabel('Server').selectOption('deepseek');
    await page.getByLabel('Situation').selectOption('cut');
    await page.getByRole('button', { name: 'Remove retryChat({ count: 5 })' }).click();
    await page.getByLabel('Add an operator').selectOption('smooth');
    const url = await page.evaluate(() => location.href);
    expect(settingsOf(new URL(url).hash)).toEqual({
      server: 'deepseek',
      situation: 'cut',
      pipe: ['content', 'smooth'],
      time: 'virtual',
    });
    const { page: other } = await openPage(site.browser, url);
    await other.getByLabel('Code').waitFor();
    expect(await lanesOf(other)).toEqual(await lanesOf(page));
    const picture = async (each: Page): Promise<Buffer> => {
      await each.mouse.move(0, 0);
      return each.locator('chat-inspector canvas.lanes').screenshot();
    };
    await other.locator('chat-inspector dd').first().waitFor();
    // The last change may not be drawn yet.
    await until(async () => (await picture(other)).equals(await picture(page)), 'the pictures are the same');
  });

  it('runs in real time', async () => {
    const { page } = await open('#situation=plain&pipe=content&time=real');
    await until(async () => (await lanesOf(page)).at(-1)?.[1].at(-1) === 'complete', 'the end');
    expect((await lanesOf(page)).at(-1)?.[1].length).toBeGreaterThan(2);
  });

  it('shows the code of the pipe, in colours', async () => {
    const { page } = await open('#server=groq&situation=stall&pipe=idle,content');
    const code = await page.getByLabel('Code').innerText();
    expect(code).toContain("dialect: 'groq'");
    expect(code).toContain('{ stall: 2000 }');
    expect(code).toContain('chatTimeout({ idle: 1_000 }),');
    expect(code).toContain('accumulateContent(),');
    await page.getByLabel('Code').locator('span', { hasText: 'chatTimeout' }).first().waitFor();
    expect(await page.getByLabel('Code').innerText()).toBe(code);
  });

  it('replays a tape, and refuses a file that is none', async () => {
    const { page } = await open('#pipe=content');
    const file = page.locator('input[type=file]');
    await file.setInputFiles({
      name: 'a.json',
      mimeType: 'application/json',
      buffer: Buffer.from('{"a":1}'),
    });
    await page.getByText('a.json cannot be replayed: not a tape: version is missing').waitFor();
    const tape = readFileSync(resolve(__dirname, '../fixtures/tapes/text.json'));
    await file.setInputFiles({ name: 'text.json', mimeType: 'application/json', buffer: tape });
    await page.getByText('A link does not contain it.').waitFor();
    expect(await page.getByLabel('Code').innerText()).toContain('replayTransport');
    expect((await lanesOf(page)).at(-1)?.[1].at(-1)).toBe('complete');
    await page.getByRole('button', { name: 'Remove the tape' }).click();
    expect(await page.getByLabel('Code').innerText()).toContain('scriptedTransport');
  });
});
