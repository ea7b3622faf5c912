import { asyncScheduler, concat, firstValueFrom, NEVER, of, Subject, take, tap, toArray } from 'rxjs';
import { replayTransport, recordTransport, type Tape } from 'rxjs-chat-completions/testing';

import { retryCountdown$ } from '../../lib/angular/retryCountdown';
import type { Decoded } from '../../lib/decode/decode';
import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import { TruncatedError } from '../../lib/errors';
import { smoothText } from '../../lib/operators/flow/smoothText';
import { tapMetrics, type ChatMetrics } from '../../lib/operators/tapMetrics';

const HOUR = 3_600_000;

/** Changes the system time while a step runs. */
async function withClock(by: number, step: (change: () => void) => Promise<void>): Promise<void> {
  const real = Date.now;
  try {
    await step(() => {
      Date.now = () => real() + by;
    });
  } finally {
    Date.now = real;
  }
}

const tape: Tape = {
  version: 1,
  request: { method: 'POST', path: '/v1/chat/completions' },
  head: { ms: 0, status: 200, headers: { 'content-type': 'text/event-stream' } },
  reads: [{ ms: 20, text: 'data: [DONE]\n\n' }],
  end: { ms: 20 },
};
const request = { method: 'POST', url: 'http://localhost/v1/chat/completions', headers: {} } as const;

describe.each([
  ['back', -HOUR],
  ['forward', HOUR],
])('with the system time set %s', (_, by) => {
  it('metrics have the time that has passed', () =>
    withClock(by, async (change) => {
      const reported: ChatMetrics[] = [];
      const source$ = new Subject<Decoded<ChatCompletionChunk>>();
      source$.pipe(tapMetrics((metrics) => reported.push(metrics))).subscribe();
      change();
      source$.complete();
      expect(reported[0]?.totalMs).toBeGreaterThanOrEqual(0);
      expect(reported[0]?.totalMs).toBeLessThan(HOUR / 2);
      return Promise.resolve();
    }));

  it('a tape is played and recorded in its own time', () =>
    withClock(by, async (change) => {
      const tapes: Tape[] = [];
      const transport = recordTransport(replayTransport(tape), (each) => tapes.push(each));
      const start = performance.now();
      const parts = firstValueFrom(transport(request).pipe(toArray()));
      change();
      expect(await parts).toHaveLength(2);
      // A slow machine may record the delays as 0, but takes no less than their sum to play them.
      expect(performance.now() - start).toBeGreaterThan(30);
      const recorded = tapes[0]?.reads[0]?.ms ?? NaN;
      expect(recorded).toBeLessThan(HOUR / 2);
      expect(recorded).toBeGreaterThanOrEqual(0);
    }));

  it('a countdown to a retry has the rest of its wait', () =>
    withClock(by, async (change) => {
      const planned = { error: new TruncatedError(), retry: 1, count: 1, delayMs: HOUR / 2 };
      const pending = firstValueFrom(retryCountdown$(planned, asyncScheduler));
      change();
      const { remainingMs = NaN } = (await pending) ?? {};
      expect(remainingMs).toBeGreaterThan(0);
      expect(remainingMs).toBeLessThanOrEqual(HOUR / 2);
    }));

  it('text is smoothed at its rate', () =>
    withClock(by, async (change) => {
      const text = 'word '.repeat(1_000);
      const shown$ = concat(of(text), NEVER).pipe(
        smoothText({ lagMs: HOUR }),
        tap(change),
        take(2),
        toArray(),
      );
      expect((await firstValueFrom(shown$))[1]?.length).toBeLessThan(text.length / 2);
    }));
});
