// The flows of a chat in any runtime: streamed, stopped, with a tool, failed and cut off, over each transport that it has.
import * as t from 'io-ts';
import { firstValueFrom, lastValueFrom, of } from 'rxjs';
import { accumulateContent, chatCompletion$, fetchTransport } from 'rxjs-chat-completions';
import { ollamaNative, responses } from 'rxjs-chat-completions/dialects';
import { runTools$, tool } from 'rxjs-chat-completions/tools';

const request = { model: 'any', messages: [{ role: 'user', content: 'hello' }] };
const time = tool({ name: 'time', input: t.type({}), run: () => of('noon') });
const errorOf = (value$) =>
  lastValueFrom(value$).then(
    () => undefined,
    (error) => error,
  );

/** A `fetch` with the limits of Expo's: the URL is a text, there is no Request, and only `getReader` reads the body. */
async function limitedFetch(url, { method, headers, body, signal }) {
  if (typeof url !== 'string') throw new TypeError('the URL must be a text');
  const { status, headers: received, body: stream } = await fetch(url, { method, headers, body, signal });
  return { status, headers: received, body: { getReader: () => stream.getReader() } };
}

/** Runs all flows against a scripted server, which `start` starts with replies; throws at a wrong result. */
export async function checkFlows(start, transports) {
  const all = { ...transports, 'a limited fetch': fetchTransport({ fetch: limitedFetch }) };
  for (const [name, transport] of Object.entries(all)) {
    await checkFlow(start, transport).catch((cause) => {
      throw new Error(`${name}: ${cause.message}`, { cause });
    });
  }
  await checkDialects();
}

async function checkFlow(start, transport) {
  const server = await start({
    replies: [
      'Hello there',
      { parts: ['Hel', { stall: 60_000 }] },
      { parts: [{ toolCall: { name: 'time', arguments: {} } }] },
      'It is noon',
      { status: 500, message: 'no memory' },
      { parts: ['Hel', { cut: 'body' }] },
    ],
  });
  const text$ = chatCompletion$({ baseURL: server.baseURL, transport }, request).pipe(accumulateContent());
  equal(await lastValueFrom(text$), 'Hello there', 'streamed');
  equal(await firstValueFrom(text$), 'Hel', 'stopped');
  const run$ = runTools$((next) => chatCompletion$({ baseURL: server.baseURL, transport }, next), request, [
    time,
  ]);
  const { type, messages } = await lastValueFrom(run$);
  equal(`${type}: ${messages.at(-1).content}`, 'done: It is noon', 'with a tool');
  equal((await errorOf(text$))._tag, 'HttpError', 'failed');
  equal((await errorOf(text$))._tag, 'TruncatedError', 'cut off');
  await server.close();
}

async function checkDialects() {
  const bodyOf = (type, body) => async () => new Response(body, { headers: { 'content-type': type } });
  const record = { message: { role: 'assistant', content: 'Hello' }, done: true, done_reason: 'stop' };
  const native = ollamaNative(
    fetchTransport({ fetch: bodyOf('application/x-ndjson', `${JSON.stringify(record)}\n`) }),
  );
  const events = [
    { type: 'response.output_text.delta', delta: 'Hello' },
    { type: 'response.completed', response: {} },
  ].map((event) => `data: ${JSON.stringify(event)}\n\n`);
  const hosted = responses(fetchTransport({ fetch: bodyOf('text/event-stream', events.join('')) }));
  for (const transport of [native, hosted]) {
    equal(
      await lastValueFrom(chatCompletion$({ transport }, request).pipe(accumulateContent())),
      'Hello',
      'translated',
    );
  }
}

function equal(actual, expected, flow) {
  if (actual !== expected) throw new Error(`${flow}: ${actual} in place of ${expected}`);
}
