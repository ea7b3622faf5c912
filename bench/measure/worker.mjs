// Measures one subject in a separate process. It receives a job as a message and sends the figures back.
import { fetchOf } from '../streams/fetchOf.mjs';
import { recordings, replayed } from '../streams/recorded.mjs';
import { streamOf } from '../streams/stream.mjs';
import { subjects, tasksOf } from '../subjects/index.mjs';
import { delays } from './delays.mjs';
import { SlowSink } from './SlowSink.mjs';
import { Sink } from './sink.mjs';

const NOWHERE = 'http://bench.invalid/v1';

/**
 * The streams that a subject reads before the measurement, with their text compared completely. The compiler needs tens of
 * thousands of events to settle, and also streams that end.
 */
const WARM_UP = { streams: 20, events: 2_000 };

const measures = { cpu, heap, slowly, check, recorded, delays, calls };

process.once('message', (job) => {
  measures[job.measure](job).then(
    (figures) => process.send({ figures }, () => process.exit()),
    (error) => process.send({ error: messageOf(error) }, () => process.exit()),
  );
});

const messageOf = (error) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

/**
 * Measures the CPU time of reading a stream `repeat` times after a warm-up of {@link WARM_UP}. If the job is `cold`, measures the
 * first stream of a process in which fetch is loaded and nothing was read.
 */
async function cpu(job) {
  const { task, proves, kind } = await subjectOf(job);
  await (job.cold ? loadFetch() : warmUp(job));
  const stream = streamOf({ ...job.stream, kind });
  const sinks = Array.from({ length: job.repeat ?? 1 }, () => new Sink());
  const spent = await cpuOf(async () => {
    for (const sink of sinks) await task({ baseURL: NOWHERE, fetch: fetchOf(stream) }, sink);
  });
  for (const sink of sinks) verify(sink, proves, stream, job.task);
  const events = job.stream.events * sinks.length;
  return { ...spent, events, nsPerEvent: (spent.userMs * 1e6) / events };
}

/** Measures the maximum heap in use while a stream is read, at a hundred points. */
async function heap(job) {
  const { task, proves, kind } = await subjectOf(job);
  await warmUp(job);
  const stream = streamOf({ ...job.stream, kind });
  const every = Math.max(1, Math.ceil(stream.readsUntil(Infinity) / 100));
  const alive = new Alive();
  const sink = new Sink();
  const onRead = (count) => {
    if (count % every === 0) alive.look();
  };
  await task({ baseURL: NOWHERE, fetch: fetchOf(stream, onRead) }, sink);
  alive.look();
  verify(sink, proves, stream);
  return alive.figures();
}

/** Measures the reads ahead of a slow consumer, and the heap they use. */
async function slowly(job) {
  const { task, proves, kind } = await subjectOf(job);
  await warmUp(job);
  const stream = streamOf({ ...job.stream, kind });
  const alive = new Alive();
  let reads = 0;
  let readsAhead = 0;
  const sink = new SlowSink(job.pause, (taken) => {
    readsAhead = Math.max(readsAhead, reads - stream.readsUntil(taken));
    if (taken % (job.pause.every * 20) === 0) alive.look();
  });
  const onRead = (count) => {
    reads = count;
  };
  await task({ baseURL: NOWHERE, fetch: fetchOf(stream, onRead) }, sink);
  verify(sink, proves, stream);
  return { ...alive.figures(), readsAhead };
}

/** Returns the recordings that a subject reads correctly. */
async function check(job) {
  const { task } = await subjectOf(job);
  const right = [];
  for (const recording of recordings()) {
    const stream = replayed(recording, job.read, job.times);
    const sink = new Sink(true);
    const failed = await task({ baseURL: NOWHERE, fetch: fetchOf(stream) }, sink).then(
      () => sink.wrong('text', stream.expected) !== undefined,
      () => true,
    );
    if (!failed) right.push(recording.name);
  }
  return { right };
}

/** Measures the CPU time of reading these recordings, one after the other, `repeat` times. */
async function recorded(job) {
  const { task } = await subjectOf(job);
  const names = new Set(job.names);
  const streams = recordings()
    .filter(({ name }) => names.has(name))
    .map((recording) => replayed(recording, job.read, job.times));
  const loop = async () => {
    for (const stream of streams) {
      const sink = new Sink();
      await task({ baseURL: NOWHERE, fetch: fetchOf(stream) }, sink);
      verify(sink, 'text', stream);
    }
  };
  for (let events = 0; events < WARM_UP.streams * WARM_UP.events; events += eventsIn(streams)) await loop();
  const spent = await cpuOf(async () => {
    for (let i = 0; i < job.repeat; i++) await loop();
  });
  const events = eventsIn(streams) * job.repeat;
  return { ...spent, events, nsPerEvent: (spent.userMs * 1e6) / events, streams: streams.length };
}

/** Measures the CPU time of calls without a network: of `count`, after as many that do not count. */
async function calls({ subject, count }) {
  const { scripted } = await tasksOf(subject);
  const loop = async () => {
    for (let i = 0; i < count; i++) await scripted();
  };
  await loop();
  const spent = await cpuOf(loop);
  return { ...spent, usPerCall: (spent.userMs * 1e3) / count };
}

const eventsIn = (streams) => streams.reduce((sum, { expected }) => sum + expected.payloads, 0);

/** Returns the code of a job's subject, its proof and its kind of stream. */
async function subjectOf({ subject: id, task = 'chunks', stream }) {
  const { speaks, proves } = subjects.find((subject) => subject.id === id);
  const found = (await tasksOf(id))?.[task];
  if (!found) throw new Error(`${id} has no ${task}`);
  return { task: found, kind: speaks ?? stream?.kind, proves: task === 'chunks' ? proves : 'text' };
}

/** Loads the parts of Node that every subject needs: undici takes 40 ms, which one library's import would count and another's not. */
async function loadFetch() {
  const loaded = await fetch('data:,');
  await loaded.text();
}

async function warmUp(job) {
  const { task, proves, kind } = await subjectOf(job);
  const events = Math.min(job.stream.events, WARM_UP.events);
  const stream = streamOf({ ...job.stream, kind, events });
  for (let i = 0; i < WARM_UP.streams; i++) {
    const sink = new Sink(true);
    await task({ baseURL: NOWHERE, fetch: fetchOf(stream) }, sink);
    verify(sink, proves, stream, job.task);
  }
}

function verify(sink, proves, { expected, expectedArguments }, task) {
  const wrong = sink.wrong(proves, task === 'toolCall' ? expectedArguments : expected);
  if (wrong !== undefined) throw new Error(`wrong result: ${wrong}`);
}

/** Measures the CPU time of all threads, including the compiler and the garbage collector. */
async function cpuOf(work) {
  globalThis.gc?.();
  const wall = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { userMs: user / 1000, systemMs: system / 1000, wallMs: performance.now() - wall };
}

/** Measures the heap in use after a full collection, and its growth. */
class Alive {
  #most = 0;
  #before = this.look();

  look() {
    globalThis.gc();
    const { heapUsed } = process.memoryUsage();
    this.#most = Math.max(this.#most, heapUsed);
    return heapUsed;
  }

  figures() {
    return { peakMB: this.#most / 1e6, grownMB: (this.#most - this.#before) / 1e6 };
  }
}
