/* global console, process */
// The same app in CommonJS.
const { Observable, lastValueFrom, toArray } = require('rxjs');
const { HttpError, accumulateContent, chatCompletion$ } = require('rxjs-chat-completions');
const { scriptedFetch } = require('rxjs-chat-completions/testing');
const { startScriptedServer } = require('rxjs-chat-completions/testing/server');

const text$ = (config) =>
  chatCompletion$(config, { model: 'any', messages: [{ role: 'user', content: 'hello' }] }).pipe(
    accumulateContent(),
  );

async function main() {
  const texts = await lastValueFrom(text$({ baseURL: process.env.STREAM_SERVER }).pipe(toArray()));
  console.log(`${texts.length} updates, last: ${texts.at(-1)}`);

  if (!(text$({}) instanceof Observable)) throw new Error('the Observable is of another rxjs');

  const refused = scriptedFetch({ status: 404, words: 'no such model' });
  const error = await lastValueFrom(text$({ fetch: refused })).catch((error) => error);
  if (!(error instanceof HttpError)) throw new Error('the error is of another copy', { cause: error });

  const server = await startScriptedServer({ replies: 'Hello there' });
  const served = await lastValueFrom(text$({ baseURL: server.baseURL }));
  await server.close();
  if (served !== 'Hello there') throw new Error(`the scripted server said ${served}`);
}

void main();
