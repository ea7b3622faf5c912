import { firstValueFrom, last } from 'rxjs';
import { chatCompletion$, retryChat, toChatState } from 'rxjs-chat-completions';
import { scriptedFetch } from 'rxjs-chat-completions/testing';

it('retries an HTTP error, and receives reasoning and text', async () => {
  const fetch = scriptedFetch([
    { status: 503, message: 'Loading model', headers: { 'retry-after-ms': '1' } },
    { parts: [{ reasoning: 'A greeting.' }, { text: ['Hel', 'lo'] }], usage: [9, 2] },
  ]);

  const state$ = chatCompletion$(
    { fetch },
    { model: 'any', messages: [{ role: 'user', content: 'Hi' }] },
  ).pipe(retryChat(), toChatState(), last());

  expect(await firstValueFrom(state$)).toMatchObject({
    status: 'done',
    content: 'Hello',
    reasoning: 'A greeting.',
    usage: { total_tokens: 11 },
  });
  expect(fetch.requests).toHaveLength(2);
  expect(fetch.requests[0]?.body).toMatchObject({ messages: [{ content: 'Hi' }] });
});
