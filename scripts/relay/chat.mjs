// The relay that the recipes of docs/frameworks.md import as `./chat`, in front of the runner's model.
import { chatCompletion$, fetchTransport } from 'rxjs-chat-completions';
import { relay } from 'rxjs-chat-completions/relay';

const { MODEL, TRANSPORT } = process.env;
const transport =
  TRANSPORT === 'node:http' ? (await import('rxjs-chat-completions/node')).nodeTransport() : fetchTransport();

/** Reports its memory to the runner. */
const memory = () => new Response(JSON.stringify(process.memoryUsage()));

export const chat = relay({
  answer: ({ request, gate }) => chatCompletion$({ baseURL: MODEL, gate, transport }, request),
  authorize: ({ headers }) =>
    headers.get('authorization') === 'Bearer memory' ? memory() : headers.get('authorization'),
  allow: { models: ['slow', 'paced', 'short'] },
  limits: { streamsPerUser: 100_000 },
  onError: (error) => console.error(error),
});
