import type { Browser, Page } from 'playwright-core';

/** What the main thread of a page did without a break, in milliseconds. */
export interface Task {
  /** Processor time: what it costs, whatever else the machine is doing. */
  readonly cpuMs: number;
  /** Time on the clock, which is longer where others want the processor too. */
  readonly wallMs: number;
}

/** What `slowness` does takes this long on a quiet machine with nothing special, in milliseconds. */
const QUIET_MS = 2.8;

/** How many times slower this machine is right now than a quiet one; 1 at the least. For limits in milliseconds. */
export async function slowness(page: Page): Promise<number> {
  const took = await page.evaluate(() => {
    const times = Array.from({ length: 15 }, () => {
      const began = performance.now();
      const words = new Map<string, number>();
      for (let i = 0; i < 40_000; i += 1) {
        const word = `word${i % 997}`;
        words.set(word, (words.get(word) ?? 0) + word.length);
      }
      return performance.now() - began;
    });
    return times.sort((a, b) => a - b)[7] ?? NaN;
  });
  return Math.max(1, took / QUIET_MS);
}

/** An event of Chromium's trace, in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** The tasks of a page's main thread while something is done, those that cost most first. */
export async function tasksDuring(
  browser: Browser,
  page: Page,
  act: () => Promise<void>,
): Promise<readonly Task[]> {
  await browser.startTracing(page, {
    categories: ['disabled-by-default-devtools.timeline', 'toplevel', '__metadata'],
  });
  await act();
  const trace = (await browser.stopTracing()).toString();
  const { traceEvents } = JSON.parse(trace) as { readonly traceEvents: readonly TraceEvent[] };
  const mains = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  return traceEvents
    .filter(({ name, ph, pid, tid }) => name === 'RunTask' && ph === 'X' && mains.has(`${pid} ${tid}`))
    .map(({ dur = 0, tdur = 0 }) => ({ cpuMs: tdur / 1_000, wallMs: dur / 1_000 }))
    .sort((a, b) => b.cpuMs - a.cpuMs);
}
