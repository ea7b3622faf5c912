import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { tasksOf } from '../subjects/index.mjs';
import { now } from './clock.mjs';

/** Calls whose first event does not count: the process is not warm. */
const EARLY_CALLS = 100;

/** Milliseconds between the starts of two streams. */
const APART_MS = 3;

/** Measures the time from sending an event, which is its content, to its emission by the subject. */
class DelaySink {
  /** Pairs of the time an event was sent and its delay, in microseconds. */
  delays = [];

  add(text) {
    if (text !== '') this.delays.push([Number(text), now() - Number(text)]);
    return undefined;
  }
}

/**
 * Measures the delay of an event over a socket with `streams` concurrent streams, the CPU time that they take, and the delay of the
 * first event of a call.
 *
 * Only events sent while all streams were active count, and only calls after the first {@link EARLY_CALLS}.
 */
export async function delays({ subject, streams, events, interval, firsts }) {
  const { chunks } = await tasksOf(subject);
  const server = fork(fileURLToPath(new URL('delayServer.mjs', import.meta.url)), { execArgv: [] });
  try {
    const [{ port }] = await once(server, 'message');
    const place = { baseURL: `http://127.0.0.1:${port}/v1`, fetch: globalThis.fetch };
    const answers = async (count) => {
      server.send({ events: count, interval });
      await once(server, 'message');
    };

    await answers(1);
    const first = [];
    for (let i = 0; i < (firsts > 0 ? EARLY_CALLS + firsts : 20); i++) {
      const sink = new DelaySink();
      const asked = now();
      await chunks(place, sink);
      const [[sent, took]] = sink.delays;
      if (i >= EARLY_CALLS) first.push(sent + took - asked);
    }

    await answers(events);
    const running = [];
    const before = process.cpuUsage();
    for (let i = 0; i < streams; i++) {
      const sink = new DelaySink();
      running.push(chunks(place, sink).then(() => sink.delays));
      await wait(APART_MS);
    }
    const all = await Promise.all(running);
    const { user, system } = process.cpuUsage(before);
    if (all.some(({ length }) => length !== events)) throw new Error('wrong result: events are missing');
    const began = Math.max(...all.map(([[sent]]) => sent));
    const ended = Math.min(...all.map((delays) => delays.at(-1)[0]));
    const counted = all.flat().filter(([sent]) => sent >= began && sent <= ended);
    if (counted.length === 0) throw new Error('the streams were never all active');
    return {
      ...quantiles(
        'delay',
        counted.map(([, took]) => took),
      ),
      ...(first.length > 0 && quantiles('first', first)),
      cpuS: (user + system) / 1e6,
      counted: counted.length,
    };
  } finally {
    server.disconnect();
  }
}

function quantiles(name, values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] / 1000;
  return { [`${name}P50Ms`]: at(0.5), [`${name}P99Ms`]: at(0.99) };
}
