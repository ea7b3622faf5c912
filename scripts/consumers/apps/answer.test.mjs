/* global expect, test */
// A test of somebody's app, for the test runners; their globals, so that one file does for both.
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
  const streamed = await texts({ baseURL: process.env.ANSWERING_SERVER });
  console.log(`${streamed.length} updates, at last: ${streamed.at(-1)}`);
  expect((await texts({ fetch: scriptedFetch('Hello there') })).at(-1)).toBe('Hello there');
});
