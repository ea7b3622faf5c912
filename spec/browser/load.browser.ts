import type { Page } from 'playwright-core';

import { lastAnswer, send, waitForEnd } from './page';
import { setUp } from './setUp';
import { slowness, tasksDuring } from './mainThread';

const TOKENS = 10_000;
const words = Array.from({ length: TOKENS }, (_, i) => (i % 80 === 79 ? `word${i}.\n\n` : `word${i} `));

const on = setUp((question) => ({
  words,
  everyMs: 10,
  perWrite: question === 'all at once' ? TOKENS : 40,
}));

/** The time from the beginning of one frame to the paint of the next, and the writes to the answer between their paints. */
interface Frame {
  readonly ms: number;
  readonly writes: number;
}

/** `perFrame` writes without a frame when none fires for this time, as on a machine that stands still. */
const NO_FRAME_MS = 250;

/** Starts counting, and returns a function that reads the counts. */
async function countWrites(page: Page): Promise<() => Promise<readonly Frame[]>> {
  await page.evaluate(() => {
    const painted = [{ ms: 0, writes: 0 }];
    let begunAt = performance.now();
    // Of the last paint's frame.
    let lastBegunAt = begunAt;
    Object.assign(globalThis, { painted });
    const inAnswer = (node: Node): boolean =>
      (node instanceof Element ? node : node.parentElement)?.closest('app-markdown') != null;
    // Called once for each task or frame callback with changes.
    new MutationObserver((changes) => {
      if (changes.some(({ target }) => inAnswer(target))) painted[painted.length - 1]!.writes += 1;
    }).observe(document.body, { childList: true, characterData: true, subtree: true });
    // A ResizeObserver runs after the callbacks of a frame and before its paint, so it separates frames.
    const probe = document.body.appendChild(document.createElement('div'));
    probe.style.cssText = 'position: fixed; width: 1px; height: 1px; visibility: hidden';
    new ResizeObserver(() => {
      painted[painted.length - 1]!.ms = performance.now() - lastBegunAt;
      lastBegunAt = begunAt;
      painted.push({ ms: 0, writes: 0 });
    }).observe(probe);
    let frames = 0;
    const frame = (now: number): void => {
      begunAt = now;
      frames += 1;
      probe.style.height = `${1 + (frames % 500)}px`;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  return () => page.evaluate<readonly Frame[]>('painted');
}

describe.each(['as fast as a model writes', 'all at once'])(
  'ten thousand tokens with the inspector open, %s',
  (question) => {
    it('are rendered at most once a frame, without long tasks', async () => {
      const { page, problems } = await on.live();
      expect(await page.getByRole('complementary', { name: 'Inspector' }).isVisible()).toBe(true);
      const slownessBefore = await slowness(page);
      const readWrites = await countWrites(page);
      const tasks = await tasksDuring(on.browser, page, async () => {
        await send(page, question);
        await page.locator('.chip', { hasText: '10,000 tokens' }).waitFor();
        await waitForEnd(page);
      });

      expect(on.site.requests[0]?.sent).toBe(TOKENS);
      expect(await lastAnswer(page).innerText()).toContain('word9999');
      const written = (await readWrites()).filter(({ writes }) => writes > 0);
      const writes = written.filter(({ ms }) => ms < NO_FRAME_MS).map((frame) => frame.writes);
      // The load of the machine may have changed.
      const factor = Math.max(slownessBefore, await slowness(page));
      const longest = Math.max(...tasks.map(({ wallMs }) => wallMs));
      console.log(
        `10,000 tokens, ${question}: ${writes.length} frames with a write; the longest task took ` +
          `${tasks[0]?.cpuMs.toFixed(1)} ms of processor time, and the longest ${longest.toFixed(1)} ms on the clock; ` +
          `the machine is ${factor.toFixed(1)} times slower than an idle one`,
      );
      // The trace and the counts are not empty.
      expect(tasks.length).toBeGreaterThan(100);
      expect(writes.length).toBeGreaterThan(10);
      // The end of an answer does not wait for a frame, so its frame may have one more write.
      expect(writes.filter((count) => count > 1).length).toBeLessThanOrEqual(1);
      expect(Math.max(...writes)).toBeLessThanOrEqual(2);
      // CPU time, as a busy machine interrupts a page anywhere.
      expect(tasks[0]?.cpuMs).toBeLessThan(50 * factor);
      expect(problems).toEqual([]);
    });
  },
);
