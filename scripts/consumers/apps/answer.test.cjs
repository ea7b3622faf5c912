/* global console, expect, process, test */
// The same test in CommonJS.
const { lastValueFrom, toArray } = require('rxjs');
const { accumulateContent, chatCompletion$ } = require('rxjs-chat-completions');
const { scriptedFetch } = require('rxjs-chat-completions/testing');

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
