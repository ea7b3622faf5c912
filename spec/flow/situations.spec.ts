import { concat, defer, lastValueFrom, NEVER, of, type Observable } from 'rxjs';
import {
  bytesOf,
  doneFrame,
  errorFrame,
  finishChunk,
  head200,
  rawFrame,
  responseHead,
  toolCallChunk,
  type ServerFrame,
} from 'rxjs-chat-completions/testing';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import type { ChatConfig } from '../../lib/call/config';
import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import type { Decoded } from '../../lib/decode/decode';
import { accumulateCompletion } from '../../lib/operators/accumulate/accumulateCompletion';
import { accumulateContent } from '../../lib/operators/accumulate/accumulateContent';
import { shareCompletion } from '../../lib/operators/flow/shareCompletion';
import { fallbackTo } from '../../lib/operators/resilience/fallbackTo';
import { hedge$ } from '../../lib/operators/resilience/hedge';
import { defaultPolicy, type RetryPolicy } from '../../lib/operators/resilience/policies';
import { retryChat } from '../../lib/operators/resilience/retryChat';
import { toChatState } from '../../lib/state/toChatState';
import type { Bytes, ResponseHead } from '../../lib/transport/transport';

type Response = Observable<ResponseHead | Bytes>;

/** A call whose requests get these responses, the last one again and again; `sent` holds the key of each. */
function calls(...responses: readonly Response[]) {
  const sent: Array<string | undefined> = [];
  const call$ = (config: ChatConfig = {}): Observable<Decoded<ChatCompletionChunk>> =>
    chatCompletion$(
      {
        ...config,
        transport: ({ headers }) =>
          defer(() => {
            sent.push(headers['authorization']);
            return responses[Math.min(sent.length, responses.length) - 1] ?? NEVER;
          }),
      },
      { model: 'any', messages: [{ role: 'user', content: 'Hi' }] },
    );
  return { sent, call$ };
}

const stream = (...frames: readonly ServerFrame[]): Response => of(head200, bytesOf(...frames));
const refused = (status: number, body: object): Response =>
  of(
    responseHead(status, { 'content-type': 'application/json' }),
    new TextEncoder().encode(JSON.stringify(body)),
  );
const delta = (fields: object): ServerFrame => ({
  choices: [{ index: 0, delta: fields, finish_reason: null }],
});

/** Chunks before the output: Azure's filter results and a role. */
const opening = [{ choices: [], prompt_filter_results: [] }, delta({ role: 'assistant', content: '' })];
const good = stream(...opening, 'Hello', finishChunk('stop'), doneFrame());
const overloaded = stream(...opening, errorFrame('The engine is currently overloaded', { code: 503 }));
const soon: RetryPolicy = () => 0;

describe('a server that fails after its opening', () => {
  it('is retried', async () => {
    const { call$, sent } = calls(overloaded, good);
    const text = await lastValueFrom(call$().pipe(retryChat({ policy: soon }), accumulateContent()));
    expect([text, sent.length]).toEqual(['Hello', 2]);
  });

  it('is replaced by another', async () => {
    const { call$ } = calls(overloaded);
    const text = await lastValueFrom(call$().pipe(fallbackTo(calls(good).call$()), accumulateContent()));
    expect(text).toBe('Hello');
  });
});

it('a server that is idle after its opening loses a hedge', async () => {
  const stuck = calls(concat(stream(...opening), NEVER));
  const hedged$ = hedge$([stuck.call$(), calls(good).call$()], { after: 1 });
  expect(await lastValueFrom(hedged$.pipe(accumulateContent()))).toBe('Hello');
});

it('an answer without output is retried under onEmpty: fail', async () => {
  const { call$, sent } = calls(stream(...opening, finishChunk('stop'), doneFrame()), good);
  const text$ = call$().pipe(retryChat({ policy: soon, onEmpty: 'fail' }), accumulateContent());
  expect([await lastValueFrom(text$), sent.length]).toEqual(['Hello', 2]);
});

it('an expired token is replaced, and the request is sent again, once', async () => {
  const expired = refused(401, { error: { message: 'token expired', code: 'token_expired' } });
  const { call$, sent } = calls(expired, good);
  let token = 'stale';
  const policy: RetryPolicy = (failed) => {
    if (failed.error._tag !== 'HttpError' || failed.error.status !== 401) return defaultPolicy(failed);
    token = 'fresh';
    return failed.attempt === 1 ? 0 : null;
  };
  const text$ = call$({ apiKey: () => of(token) }).pipe(retryChat({ policy }), accumulateContent());
  expect(await lastValueFrom(text$)).toBe('Hello');
  expect(sent).toEqual(['Bearer stale', 'Bearer fresh']);
});

it('retries below a share wait for nothing, send nothing and end with the error of the request', async () => {
  const { call$, sent } = calls(refused(503, { error: { message: 'busy' } }), good);
  const onRetry = jest.fn();
  const text$ = call$().pipe(accumulateContent(), shareCompletion());
  const retried$ = text$.pipe(retryChat({ count: 9, policy: soon, onRetry }));
  await expect(lastValueFrom(retried$)).rejects.toMatchObject({ status: 503 });
  expect([sent.length, onRetry.mock.calls.length]).toEqual([1, 0]);
});

it('an answer without text is the empty text', async () => {
  const { call$ } = calls(
    stream(toolCallChunk({ name: 'weather', arguments: {} }), finishChunk('tool_calls'), doneFrame()),
  );
  expect(await lastValueFrom(call$().pipe(accumulateContent()))).toBe('');
});

it('images in the answer are kept in order, large ones too, and a state shows them', async () => {
  const image = (data: string): ServerFrame =>
    delta({ images: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } }] });
  const { call$ } = calls(
    stream(...opening, image('A'), image('B'.repeat(5_000_000)), finishChunk('stop'), doneFrame()),
  );
  const state = await lastValueFrom(call$().pipe(toChatState()));
  expect(state.status).toBe('done');
  expect(state.images.map(({ image_url }) => image_url?.url?.length)).toEqual([23, 5_000_022]);
  const { choices } = await lastValueFrom(call$().pipe(accumulateCompletion()));
  expect(choices[0]?.message).toMatchObject({ images: state.images });
});

it('a stream that a gateway frames twice fails with the frame in its message', async () => {
  const { call$ } = calls(stream(rawFrame('data: data: {"choices":[]}\n\ndata: data: [DONE]\n\n')));
  const state = await lastValueFrom(call$().pipe(toChatState()));
  expect(state.status).toBe('failed');
  expect(state.error?.message).toContain('data: {"choices":[]}');
});
