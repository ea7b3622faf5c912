import type { Page } from 'playwright-core';

import { answerOf, ask, ended } from './page';
import { stage } from './stage';
import { slowness, tasksDuring } from './tasks';

const TOKENS = 10_000;
const words = Array.from({ length: TOKENS }, (_, i) => (i % 80 === 79 ? `word${i}.\n\n` : `word${i} `));

const on = stage((question) => ({
  words,
  everyMs: 10,
  perWrite: question === 'all at once' ? TOKENS : 40,
}));

/** How often the text of the answer was written between two paints, for each paint. */
type Writes = readonly number[];

/** Counts from now on; what it gives reads the count. */
async function countWrites(page: Page): Promise<() => Promise<Writes>> {
  await page.evaluate(() => {
    const writes = [0];
    Object.assign(globalThis, { writes });
    const inAnswer = (node: Node): boolean =>
      (node instanceof Element ? node : node.parentElement)?.closest('app-markdown') != null;
    // Told once for each task, or frame callback, that changed something.
    new MutationObserver((changes) => {
      if (changes.some(({ target }) => inAnswer(target))) writes[writes.length - 1]! += 1;
    }).observe(document.body, { childList: true, characterData: true, subtree: true });
    // Sizes are told after the callbacks of a frame and before its paint, so the border between two frames is there.
    const probe = document.body.appendChild(document.createElement('div'));
    probe.style.cssText = 'position: fixed; width: 1px; height: 1px; visibility: hidden';
    new ResizeObserver(() => writes.push(0)).observe(probe);
    let frames = 0;
    const frame = (): void => {
      frames += 1;
      probe.style.height = `${1 + (frames % 500)}px`;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  return () => page.evaluate<Writes>('writes');
}

describe.each(['as fast as a model writes', 'all at once'])('ten thousand tokens, %s', (question) => {
  it('are written to the page at most once a frame, and block nothing', async () => {
    const { page, complaints } = await on.live();
    const slowerBefore = await slowness(page);
    const written = await countWrites(page);
    const tasks = await tasksDuring(on.browser, page, async () => {
      await ask(page, question);
      await page.locator('.chip', { hasText: '10,000 tokens' }).waitFor();
      await ended(page);
    });

    expect(on.site.asked[0]?.sent).toBe(TOKENS);
    expect(await answerOf(page).innerText()).toContain('word9999');
    const writes = (await written()).filter((count) => count > 0);
    // What else the machine did may have begun meanwhile, or ended.
    const slower = Math.max(slowerBefore, await slowness(page));
    const longest = Math.max(...tasks.map(({ wallMs }) => wallMs));
    console.log(
      `10,000 tokens, ${question}: ${writes.length} frames with a write; the longest task took ` +
        `${tasks[0]?.cpuMs.toFixed(1)} ms of processor time, and the longest ${longest.toFixed(1)} ms on the clock; ` +
        `the machine is ${slower.toFixed(1)} times slower than a quiet one`,
    );
    // That the trace and the count saw what they are about.
    expect(tasks.length).toBeGreaterThan(100);
    expect(writes.length).toBeGreaterThan(10);
    // The end of an answer waits for no frame, so its frame may have one more.
    expect(writes.filter((count) => count > 1).length).toBeLessThanOrEqual(1);
    expect(Math.max(...writes)).toBeLessThanOrEqual(2);
    // Of the processor: on the clock a machine with other work to do stops a page anywhere.
    expect(tasks[0]?.cpuMs).toBeLessThan(50 * slower);
    expect(complaints).toEqual([]);
  });
});
