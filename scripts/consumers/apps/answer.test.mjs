/* global expect, test */
// A test of an app, with the globals that both test runners define.
import { lastValueFrom, toArray } from 'rxjs';
import { accumulateContent, chatCompletion$ } from 'rxjs-chat-completions';
import { scriptedFetch } from 'rxjs-chat-completions/testing';

const texts = (config) =>
  lastValueFrom(
    chatCompletion$(config, { model: 'any', messages: [{ role: 'user', content: 'hello' }] }).pipe(
      accumulateContent(),
      toArray(),
    ),
  );

test('streams an answer', async () => {
  const streamed = await texts({ baseURL: process.env.STREAM_SERVER });
  console.log(`${streamed.length} updates, last: ${streamed.at(-1)}`);
  expect((await texts({ fetch: scriptedFetch('Hello there') })).at(-1)).toBe('Hello there');
});
