import type { Browser, Page } from 'playwright-core';

/** A task of a page's main thread, in milliseconds. */
export interface Task {
  /** CPU time, which does not depend on the load of the machine. */
  readonly cpuMs: number;
  /** Wall-clock time, which is longer on a busy machine. */
  readonly wallMs: number;
}

/** Milliseconds that the work of `slowness` takes on an idle machine. */
const IDLE_MS = 2.8;

/** Returns how many times slower this machine is than an idle one, at least 1. Scales limits in milliseconds. */
export async function slowness(page: Page): Promise<number> {
  const ms = await page.evaluate(() => {
    const times = Array.from({ length: 15 }, () => {
      const start = performance.now();
      const words = new Map<string, number>();
      for (let i = 0; i < 40_000; i += 1) {
        const word = `word${i % 997}`;
        words.set(word, (words.get(word) ?? 0) + word.length);
      }
      return performance.now() - start;
    });
    return times.sort((a, b) => a - b)[7] ?? NaN;
  });
  return Math.max(1, ms / IDLE_MS);
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

/** Returns the tasks of a page's main thread during an action, sorted by CPU time. */
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
