import { catchError, from, lastValueFrom, map, of, type Observable } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { completion$ } from '../../lib/call/completion';
import { ollamaNative } from '../../lib/dialects/ollama/ollamaNative';
import { responses } from '../../lib/dialects/responses/responses';
import { isChatError } from '../../lib/errors';
import { accumulateContent } from '../../lib/operators/accumulate/accumulateContent';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import type { Transport } from '../../lib/transport/transport';
import { bytesOf } from '../helpers/reads';

type Dialect = (transport: Transport) => Transport;

const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] };
const body =
  (type: string, text: string): Transport =>
  () =>
    from([{ status: 200, headers: { 'content-type': type } }, bytesOf(text)]);

const streamed = (dialect: Dialect, type: string, text: string): Observable<string> =>
  chatCompletion$({ transport: dialect(body(type, text)) }, request).pipe(accumulateContent());
const complete = (dialect: Dialect, json: unknown): Observable<string> =>
  completion$({ transport: dialect(body('application/json', JSON.stringify(json))) }, request).pipe(
    map(({ choices }) => (choices[0]?.message?.content ?? '') as string),
  );

const VALUES: readonly unknown[] = [null, false, true, 0, 1.5, '', 'x', [], {}, [null], [{}], undefined];

/** Returns a value with each of its fields replaced in turn by each of the values. */
function* mutated(value: unknown): Generator {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, field] of Object.entries(value)) {
    const put = (other: unknown): unknown => {
      const copy = Array.isArray(value) ? value.slice() : { ...value };
      return Object.assign(copy, { [name]: other });
    };
    for (const other of VALUES) yield put(other);
    for (const other of mutated(field)) yield put(other);
  }
}

const call = { id: 'a', function: { index: 0, name: 'w', arguments: { city: 'Oslo' } } };
const records = [
  {
    model: 'm',
    created_at: '2026-08-21T18:48:22Z',
    message: { content: 'Hel', thinking: 'So' },
    done: false,
  },
  { message: { content: 'lo', tool_calls: [call] }, done: false, logprobs: [{ token: 'lo', logprob: -1 }] },
  { message: { content: '' }, done: true, done_reason: 'stop', eval_count: 1, eval_duration: 1 },
];
const ollamaRecord = { message: { content: 'Hello', tool_calls: [call] }, done: true, done_reason: 'stop' };

const items = [
  { type: 'reasoning', id: 'r', summary: [{ type: 'summary_text', text: 'So' }], encrypted_content: 'z' },
  {
    type: 'message',
    id: 'm',
    content: [{ type: 'output_text', text: 'Hello', annotations: [{ type: 'url' }] }],
  },
  { type: 'function_call', id: 'f', call_id: 'c', name: 'w', arguments: '{}' },
];
const response = {
  id: 'r',
  status: 'completed',
  incomplete_details: null,
  error: null,
  usage: { input_tokens: 1 },
};
const events = [
  { type: 'response.created', response },
  { type: 'response.output_item.added', output_index: 0, item: items[0] },
  { type: 'response.output_item.done', output_index: 0, item: items[0] },
  { type: 'response.output_text.delta', output_index: 1, delta: 'Hello', logprobs: [{ token: 'Hello' }] },
  { type: 'response.output_text.annotation.added', output_index: 1, annotation: { type: 'url' } },
  { type: 'response.output_item.done', output_index: 1, item: items[1] },
  { type: 'response.output_item.added', output_index: 2, item: items[2] },
  { type: 'response.function_call_arguments.delta', output_index: 2, delta: '{}' },
  { type: 'response.completed', response },
];

const lines = (json: unknown): string =>
  (json as unknown[]).map((each) => `${JSON.stringify(each)}\n`).join('');
const frames = (json: unknown): string =>
  (json as unknown[]).map((each) => `data: ${JSON.stringify(each)}\n\n`).join('');

const KINDS: ReadonlyArray<readonly [string, unknown, (json: unknown) => Observable<string>]> = [
  ['a stream of Ollama', records, (json) => streamed(ollamaNative, 'application/x-ndjson', lines(json))],
  ['a response of Ollama', ollamaRecord, (json) => complete(ollamaNative, json)],
  ['a stream of the Responses API', events, (json) => streamed(responses, 'text/event-stream', frames(json))],
  ['a response of the Responses API', { ...response, output: items }, (json) => complete(responses, json)],
];

/** Returns the text, or the tag of the error. */
const outcome = (text$: Observable<string>): Promise<string> =>
  lastValueFrom(
    text$.pipe(catchError((error: unknown) => of(isChatError(error) ? error._tag : String(error)))),
  );

describe.each(KINDS)('%s', (_, json, read) => {
  it('is read', async () => {
    expect(await outcome(read(json))).toBe('Hello');
  });

  it('with another value in a field is no broken connection', async () => {
    let tried = 0;
    for (const other of mutated(json)) {
      const found = await outcome(read(other));
      if (/^(ConnectionError|TypeError|RequestError)/.test(found))
        throw new Error(`${found}: ${JSON.stringify(other)}`);
      tried += 1;
    }
    expect(tried).toBeGreaterThan(50);
  });
});

it.each([null, '', {}, false])('an error %j beside a message of Ollama is none', async (error) => {
  const withError = records.map((record) => ({ ...record, error }));
  expect(await outcome(streamed(ollamaNative, 'application/x-ndjson', lines(withError)))).toBe('Hello');
  expect(await outcome(complete(ollamaNative, { ...ollamaRecord, error }))).toBe('Hello');
});
