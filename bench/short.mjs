// npm run bench -- --short: checks that all subjects work and that their cost is linear.
//
// It does not measure speed, which depends on the load of the machine. It fails when code throws, when a result is wrong, or
// when an event of a long stream costs several times as much as one of a short stream.
import { Failed, measure } from './measure/inProcess.mjs';

/** Limit for the cost of an event in a stream fifty times as long. Quadratic cost would be a factor of fifty. */
const BOUND = 3;

/** Number of attempts, as the machine may be busy. */
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

/** Runs the checks and returns the exit code. */
export async function runShort(node) {
  let failures = 0;
  const report = (failed, text) => {
    if (failed) failures++;
    process.stdout.write(`${failed ? 'FAILED' : 'ok'}  ${text}\n`);
  };
  const attempt = async (name, work) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      report(true, `${name}: ${error.message}`);
    }
  };

  for (const job of right) {
    const name = `${job.subject}, ${readOf(job)}`;
    await attempt(name, async () => {
      await measure({ ...job, measure: 'cpu', stream: { ...job.stream, events: 1_000 } }, node);
      report(false, `${name}: correct`);
    });
  }
  for (const job of linear) {
    const name = `${job.subject} ${job.task}, ${job.stream.kind}, ${readOf(job)}`;
    await attempt(name, async () => {
      const growth = await measureGrowth(job, node);
      report(growth > BOUND, `${name}: an event of ${LONG} costs ${growth.toFixed(2)} times one of ${SHORT}`);
    });
  }
  process.stdout.write(failures === 0 ? 'All checks passed.\n' : `${failures} failed.\n`);
  return failures === 0 ? 0 : 1;
}

const readOf = ({ stream: { read } }) => (read === 'event' ? 'one event a read' : `reads of ${read} bytes`);

/** Returns the cost of an event in a long stream as a multiple of that in a short one; the minimum of several attempts. */
async function measureGrowth(job, node) {
  let least = Infinity;
  for (let i = 0; i < TRIES && least > BOUND; i++) {
    const [few, many] = [SHORT, LONG].map((events) => ({
      ...job,
      measure: 'cpu',
      stream: { ...job.stream, events },
      repeat: events === SHORT ? 10 : 1,
    }));
    const shortly = await measure(few, node);
    const long = await measure(many, node);
    least = Math.min(least, long.nsPerEvent / shortly.nsPerEvent);
  }
  return least;
}
