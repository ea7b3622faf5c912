const usage = { input_tokens: 9, output_tokens: 2, total_tokens: 11 };
const response = { id: 'resp_1', model: 'any', status: 'completed', usage };
const message = { role: 'assistant', content: 'Hello' };
const answer = {
  model: 'any',
  message,
  done: true,
  done_reason: 'stop',
  load_duration: 1e6,
  eval_count: 2,
  eval_duration: 4e7,
};
const models = { models: [{ name: 'llama3.2:latest', size: 2_019_393_189 }] };

const events = (...list: readonly object[]): string =>
  list.map((each) => `data: ${JSON.stringify(each)}\n\n`).join('');

/** Bodies of the calls that the scripted model has no replies for, by the end of their path. */
const BODIES: ReadonlyArray<readonly [end: string, type: string, body: string]> = [
  ['/api/chat', 'application/x-ndjson', `${JSON.stringify(answer)}\n`],
  ['/api/tags', 'application/json', JSON.stringify(models)],
  ['/api/ps', 'application/json', JSON.stringify(models)],
  ['/api/pull', 'application/x-ndjson', '{"status":"pulling manifest"}\n{"status":"success"}\n'],
  [
    '/responses',
    'text/event-stream',
    events(
      { type: 'response.created', response },
      { type: 'response.output_text.delta', delta: 'Hello' },
      { type: 'response.completed', response },
    ),
  ],
];

/** Returns a fetch that answers calls of other protocols with a greeting, and passes all others on. */
export const dialectFetch =
  (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
  (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input, 'http://page.invalid');
    const found = BODIES.find(([end]) => pathname.endsWith(end));
    if (found === undefined) return fetch(input, init);
    const [, type, body] = found;
    return Promise.resolve(new Response(body, { headers: { 'content-type': type } }));
  };
