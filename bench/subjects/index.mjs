/**
 * The subjects of the measurements.
 *
 * - `file`: its code, imported in its own process only. It exports `tasks` by id: `chunks` passes the text of each chunk
 *   to the sink, the others pass the result at the end.
 * - `proves`: the part of a stream that is verified for the measurement to count; see `measure/sink.mjs`.
 * - `validates`: the validator of chunks, if there is one.
 * - `speaks`: the protocol, if it differs from the others.
 * - `waits`: whether a consumer can apply backpressure.
 * - `needs`: a name that the library may not export yet.
 * - `only`: the single workload of the subject, or `delay` for those over a socket.
 * - `packages`: the packages of a peer.
 * - `runs20`: whether it supports Node 20.
 */
export const subjects = [
  { id: 'L0', title: 'L0, reads and drops', file: 'floors.mjs', proves: 'bytes', runs20: true },
  { id: 'L1', title: 'L1, cuts lines', file: 'floors.mjs', proves: 'payloads', runs20: true },
  {
    id: 'L2',
    title: 'L2, lines and JSON.parse',
    file: 'floors.mjs',
    proves: 'chunks',
    waits: true,
    runs20: true,
  },
  {
    id: 'L3',
    title: 'L3, L2 and plain io-ts',
    file: 'floors.mjs',
    proves: 'chunks',
    validates: 'io-ts',
    runs20: true,
  },
  {
    id: 'library',
    title: 'this library',
    file: 'library.mjs',
    proves: 'chunks',
    validates: 'io-ts',
    runs20: true,
  },
  {
    id: 'library-node',
    title: 'this library, nodeTransport',
    file: 'library.mjs',
    proves: 'chunks',
    validates: 'io-ts',
    only: 'delay',
  },
  {
    id: 'library-pull',
    title: 'this library, toAsyncIterable',
    file: 'library.mjs',
    proves: 'chunks',
    validates: 'io-ts',
    waits: true,
    only: 'slow-consumer',
  },
  {
    id: 'library-concatMapGated',
    title: 'this library, concatMapGated',
    file: 'library.mjs',
    proves: 'chunks',
    validates: 'io-ts',
    waits: true,
    only: 'slow-consumer',
  },
  {
    id: 'library-concatMap',
    title: 'this library, plain concatMap',
    file: 'library.mjs',
    proves: 'chunks',
    validates: 'io-ts',
    waits: true,
    only: 'slow-consumer',
  },
  {
    id: 'eventsource-parser',
    title: 'eventsource-parser, JSON.parse',
    file: 'eventsourceParser.mjs',
    packages: ['eventsource-parser'],
    proves: 'chunks',
  },
  {
    id: 'ollama',
    title: 'ollama, its own API',
    file: 'ollama.mjs',
    packages: ['ollama'],
    proves: 'chunks',
    speaks: 'ollama',
    waits: true,
    runs20: true,
  },
  {
    id: 'xsai',
    title: 'xsai',
    file: 'xsai.mjs',
    packages: ['@xsai/stream-text'],
    proves: 'text',
    waits: true,
    runs20: true,
  },
  {
    id: 'openai',
    title: 'openai create()',
    file: 'openai.mjs',
    packages: ['openai'],
    proves: 'chunks',
    waits: true,
  },
  {
    id: 'openai-stream',
    title: 'openai .stream()',
    file: 'openai.mjs',
    packages: ['openai'],
    proves: 'chunks',
    waits: true,
  },
  {
    id: 'langchain',
    title: 'LangChain ChatOpenAI',
    file: 'langchain.mjs',
    packages: ['@langchain/openai'],
    proves: 'text',
    waits: true,
  },
  {
    id: 'ai-sdk',
    title: 'Vercel AI SDK',
    file: 'aiSdk.mjs',
    packages: ['ai', '@ai-sdk/openai-compatible'],
    proves: 'text',
    validates: 'zod',
    waits: true,
  },
];

export const isPeer = ({ packages }) => packages !== undefined;

export async function tasksOf(id) {
  const { file } = subjects.find((subject) => subject.id === id);
  const { tasks } = await import(`./${file}`);
  return tasks[id];
}
