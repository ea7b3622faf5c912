// The workloads, as data. A job is one measurement of one subject in a separate process. Each round runs every job of a
// workload once, and ratios are computed within a round.
import { bundled } from './measure/bundle.mjs';
import { isPeer, subjects } from './subjects/index.mjs';

const KB16 = 16 * 1024;

/** The import of the library for `measure/importing.mjs`. */
const BUILT = '../../dist/bundled/index.js';

/**
 * `rounds` is the most rounds of a workload, `atLeast` the fewest: a process that has just started gives a figure that scatters.
 *
 * @param scale - Factor for the length of streams, 1 by default.
 * @param peers - Whether peers are measured.
 * @param older - Whether the current Node is older than the newest that all peers support.
 */
export function workloadsOf({ scale = 1, peers = true, older = false } = {}) {
  const all = subjects.filter((subject) => peers || !isPeer(subject));
  const general = all.filter(({ only }) => only === undefined);
  const including = (...ids) => general.filter(({ id }) => ids.includes(id));
  const excluding = (...ids) => general.filter(({ id }) => !ids.includes(id));

  /** Scales a number of events. A stream of more than 20,000 consists of blocks of 20,000. */
  const events = (full) => {
    const scaled = Math.max(500, Math.round(full * scale));
    return scaled > 20_000 ? Math.ceil(scaled / 20_000) * 20_000 : scaled;
  };
  const stream = (kind, length, read = KB16) => ({ kind, events: events(length), read });

  /** Subjects that read the same stream. */
  const streamed = (name, title, stream, who = general, more = {}) => ({
    name,
    title,
    jobs: who.map(({ id }) => ({ key: id, measure: 'cpu', subject: id, stream, ...more })),
  });

  /**
   * Subjects that fold a stream to one value, beside the cost of the stream alone. This library and the floor read streams of
   * several lengths, short ones more often, so that the total length is the same.
   */
  const folded = (name, title, task, who, kind, lengths) => {
    const longest = lengths.at(-1);
    const plain = including('L2', 'library').map(({ id }) => ({
      key: `${id} chunks`,
      measure: 'cpu',
      subject: id,
      stream: stream(kind, longest),
    }));
    const folds = who.flatMap((subject) =>
      (isPeer(subject) ? [longest] : lengths).map((length) => ({
        key: `${subject.id} ${length}`,
        measure: 'cpu',
        subject: subject.id,
        task,
        stream: stream(kind, length),
        repeat: Math.round(events(longest) / events(length)),
      })),
    );
    return { name, title, base: 'L2 chunks', jobs: [...plain, ...folds] };
  };

  const recorded = (name, title, more) => ({
    name,
    title,
    ...more,
    jobs: excluding('L0', 'L1', 'ollama').map(({ id }) => ({
      key: id,
      measure: 'recorded',
      subject: id,
      read: KB16,
      times: more.times,
      repeat: Math.ceil(more.repeat * scale),
    })),
  });

  /** Streams of four seconds at 12.5 ms an event, so that all streams overlap. */
  const paced = Math.max(80, Math.ceil(320 * scale));
  const delayed = (streams, more) => ({
    name: `delay-${streams}`,
    title: `delay over loopback, ${streams === 1 ? '1 stream' : `${streams} streams at once`}`,
    rounds: 3,
    jobs: [...excluding('L0', 'L1', 'L3'), ...all.filter(({ only }) => only === 'delay')].map(({ id }) => ({
      key: id,
      measure: 'delays',
      subject: id,
      streams: Math.ceil(streams * scale),
      ...more,
    })),
  });

  const lengths = [1_000, 10_000, 100_000];
  const makers = including('library', 'xsai', 'openai-stream', 'langchain', 'ai-sdk');
  const joiners = including('L2', 'library', 'xsai', 'openai', 'openai-stream', 'langchain', 'ai-sdk');
  const calling = general.filter(({ id }) => bundled.includes(id));

  return [
    streamed('reads-16k', '100,000 chunks, reads of 16 KB', stream('content', 100_000)),
    streamed('reads-event', '100,000 chunks, one event a read', stream('content', 100_000, 'event')),
    {
      ...streamed('reads-7', '100,000 chunks, reads of 7 bytes', stream('content', 100_000, 7)),
      rounds: 3,
    },
    recorded('recorded', 'recorded streams, a call each', { whose: 'library', times: 1, repeat: 10 }),
    peers &&
      recorded('recorded-common', 'those recorded streams that all subjects read right', {
        whose: 'all',
        times: 1,
        repeat: 10,
      }),
    recorded('recorded-long', 'recorded streams, each repeated twenty times in one call', {
      whose: 'library',
      times: 20,
      repeat: 1,
    }),
    {
      ...streamed(
        'cold',
        'the first 1,000 chunks of a process, with fetch loaded',
        stream('content', 1_000),
        // L3 imports its codec with its first stream.
        excluding('L3'),
        { cold: true },
      ),
      atLeast: 5,
    },
    {
      ...streamed(
        'tool-call-cold',
        'the first tool call of a process, of 1,000 fragments, with fetch loaded',
        stream('toolCall', 1_000),
        joiners,
        { cold: true, task: 'toolCall' },
      ),
      atLeast: 5,
    },
    streamed('unlike', '100,000 chunks, none like the one before', stream('unlike', 100_000)),
    streamed('parsed', '100,000 chunks, each of which is parsed', stream('parsed', 100_000)),
    folded('text', 'the complete text', 'text', joiners, 'content', lengths),
    folded('completion', 'the complete completion', 'completion', makers, 'content', lengths),
    folded('state', 'the state of a chat view', 'state', including('library'), 'content', lengths),
    folded(
      'tool-call',
      'one tool call of 20,000 fragments',
      'toolCall',
      joiners,
      'toolCall',
      [2_000, 20_000],
    ),
    { ...streamed('million', '1,000,000 events, CPU', stream('content', 1_000_000)), rounds: 3 },
    {
      name: 'million-heap',
      title: '1,000,000 events, heap',
      rounds: 1,
      jobs: general.map(({ id }) => ({
        key: id,
        measure: 'heap',
        subject: id,
        stream: stream('content', 1_000_000),
      })),
    },
    {
      name: 'slow-consumer',
      title: 'a consumer that waits 2 ms after every 100 of 100,000 chunks',
      rounds: 1,
      jobs: all
        .filter(({ waits }) => waits)
        .map(({ id, needs }) => ({
          key: id,
          measure: 'slowly',
          subject: id,
          needs,
          pause: { every: 100, ms: 2 },
          stream: stream('content', 100_000),
        })),
    },
    {
      name: 'call',
      title: 'a call of one chunk, by a transport that has the response at once',
      jobs: [{ key: 'library', measure: 'calls', subject: 'library', count: Math.ceil(20_000 * scale) }],
    },
    delayed(1, { events: paced, firsts: Math.ceil(200 * scale) }),
    // 100 events an answer: the load of a server.
    delayed(200, { events: Math.max(50, Math.ceil(100 * scale)), interval: 20, firsts: 0 }),
    {
      name: 'import',
      title: 'importing, over an empty process',
      jobs: [
        { key: 'empty', measure: 'import', modules: [] },
        { key: 'dependencies', measure: 'import', modules: ['rxjs', 'io-ts', 'fp-ts/lib/Either.js'] },
        ...excluding('openai-stream')
          .filter(({ id, packages }) => packages !== undefined || id === 'library')
          .map(({ id, packages = [BUILT] }) => ({ key: id, measure: 'import', modules: packages })),
      ],
    },
    {
      name: 'bundle',
      title: 'one streaming call in a bundle, minified and gzipped',
      rounds: 1,
      jobs: [
        {
          key: 'library, own code',
          measure: 'bundle',
          subject: 'library',
          external: ['rxjs', 'io-ts', 'fp-ts', '#fp-ts/*'],
        },
        { key: 'library, beside RxJS', measure: 'bundle', subject: 'library', external: ['rxjs'] },
        ...calling.map(({ id }) => ({ key: id, measure: 'bundle', subject: id })),
      ],
    },
    older && {
      ...streamed(
        'older-node',
        '100,000 chunks, reads of 16 KB, on an older Node',
        stream('content', 100_000),
        general.filter(({ runs20 }) => runs20),
      ),
      older,
    },
  ].filter(Boolean);
}
