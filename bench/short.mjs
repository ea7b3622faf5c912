// npm run bench -- --short: does everything still work, and does nothing cost more the longer a stream gets?
//
// It judges no speed, which a busy machine would fail. It fails when code throws, when a subject gives a wrong result, or
// when an event of a long stream costs several times what one of a short stream does.
import { Failed, measured } from './measure/inProcess.mjs';

/** An event of a stream fifty times as long may cost so many times as much; a quadratic cost alone would make it fifty. */
const BOUND = 3;

/** A machine that is busy with something else gets another try. */
const TRIES = 3;

const KB16 = 16 * 1024;
const SHORT = 2_000;
const LONG = 100_000;

const linear = [
  { subject: 'library', task: 'chunks', stream: { kind: 'content', read: KB16 } },
  { subject: 'library', task: 'chunks', stream: { kind: 'content', read: 'event' } },
  { subject: 'library', task: 'chunks', stream: { kind: 'unlike', read: KB16 } },
  { subject: 'library', task: 'text', stream: { kind: 'content', read: KB16 } },
  { subject: 'library', task: 'completion', stream: { kind: 'content', read: KB16 } },
  { subject: 'library', task: 'state', stream: { kind: 'content', read: KB16 } },
  { subject: 'library', task: 'toolCall', stream: { kind: 'toolCall', read: KB16 } },
];

const right = [
  ...['L0', 'L1', 'L2', 'L3'].map((subject) => ({ subject, stream: { kind: 'content', read: KB16 } })),
  { subject: 'library', stream: { kind: 'content', read: 7 } },
];

/** @returns The exit code: 0 when all is well. */
export async function short(node) {
  let failures = 0;
  const say = (failed, words) => {
    if (failed) failures++;
    process.stdout.write(`${failed ? 'FAILED' : 'ok'}  ${words}\n`);
  };
  const attempt = async (name, work) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      say(true, `${name}: ${error.message}`);
    }
  };

  for (const job of right) {
    const name = `${job.subject}, ${readOf(job)}`;
    await attempt(name, async () => {
      await measured({ ...job, measure: 'cpu', stream: { ...job.stream, events: 1_000 } }, node);
      say(false, `${name}: right`);
    });
  }
  for (const job of linear) {
    const name = `${job.subject} ${job.task}, ${job.stream.kind}, ${readOf(job)}`;
    await attempt(name, async () => {
      const growth = await growthOf(job, node);
      say(growth > BOUND, `${name}: an event of ${LONG} costs ${growth.toFixed(2)} times one of ${SHORT}`);
    });
  }
  process.stdout.write(failures === 0 ? 'All is well.\n' : `${failures} failed.\n`);
  return failures === 0 ? 0 : 1;
}

const readOf = ({ stream: { read } }) => (read === 'event' ? 'one event a read' : `reads of ${read} bytes`);

/** What an event of a long stream costs, to one of a short stream; the least of some tries if it seems too much. */
async function growthOf(job, node) {
  let least = Infinity;
  for (let i = 0; i < TRIES && least > BOUND; i++) {
    const [few, many] = [SHORT, LONG].map((events) => ({
      ...job,
      measure: 'cpu',
      stream: { ...job.stream, events },
      repeat: events === SHORT ? 10 : 1,
    }));
    const shortly = await measured(few, node);
    const long = await measured(many, node);
    least = Math.min(least, long.nsPerEvent / shortly.nsPerEvent);
  }
  return least;
}
