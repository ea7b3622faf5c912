import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import {
  accumulateContent,
  chatCompletion$,
  toEither,
  type ChatConfig,
  type ChatRequest,
} from 'rxjs-chat-completions';
import { relay, type RelayHandler } from 'rxjs-chat-completions/relay';
import { scriptedTransport, type Reply } from 'rxjs-chat-completions/testing';

const question: ChatRequest = { model: 'small', messages: [{ role: 'user', content: 'Hi' }] };

const relayOf = (...replies: readonly Reply[]): RelayHandler => {
  const transport = scriptedTransport(replies);
  return relay({
    answer: ({ request, gate }) => chatCompletion$({ transport, gate }, request),
    authorize: () => 'anna',
    allow: { models: ['small'] },
  });
};

/** A config whose fetch is a relay. */
const through = (handler: RelayHandler): ChatConfig => ({
  baseURL: 'http://relay/api',
  fetch: (input, init) => handler(new Request(input, init)),
});

describe('relay', () => {
  it('streams an answer that chatCompletion$ reads', async () => {
    const text$ = chatCompletion$(through(relayOf('Hello there')), question).pipe(accumulateContent());
    expect(await lastValueFrom(text$)).toBe('Hello there');
  });

  it('has the status of a failure before the first output', async () => {
    const handler = relayOf({ status: 429, message: 'secret words', headers: { 'retry-after': '2' } });
    const last = await firstValueFrom(
      chatCompletion$(through(handler), question).pipe(toEither(), toArray()),
    );
    expect(last).toMatchObject([
      { left: { _tag: 'HttpError', status: 429, retryAfterMs: 2_000, retryable: true } },
    ]);
    expect(JSON.stringify(last)).not.toContain('secret');
  });
});
