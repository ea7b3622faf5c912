// The same typed app in CommonJS.
import either = require('fp-ts/Either');
import rxjs = require('rxjs');
import api = require('rxjs-chat-completions');
import codec = require('rxjs-chat-completions/codec');
import testing = require('rxjs-chat-completions/testing');
import testingServer = require('rxjs-chat-completions/testing/server');

declare const process: { readonly env: Readonly<Record<string, string | undefined>> };

const config: api.ChatConfig = { baseURL: process.env.STREAM_SERVER ?? '' };
const request: api.ChatRequest = { model: 'any', messages: [{ role: 'user', content: 'hello' }] };

const chunk$: rxjs.Observable<either.Either<api.ChunkError, api.ChatCompletionChunk>> = api.chatCompletion$(
  config,
  request,
);
const text$: rxjs.Observable<string> = chunk$.pipe(api.accumulateContent());
const isChunk: boolean = codec.ChatCompletionChunk.is({});
const fetch: typeof globalThis.fetch = testing.scriptedFetch('Hello there');
const start: (options: { replies: string }) => Promise<{ readonly baseURL: string }> =
  testingServer.startScriptedServer;

// The declarations are resolved and are not `any`:
// @ts-expect-error a number is not a message
api.chatCompletion$({}, { model: 'any', messages: [1] });
// @ts-expect-error a string is not a number
const wrong: rxjs.Observable<number> = text$;

rxjs.lastValueFrom(text$.pipe(rxjs.toArray())).then((texts) => {
  console.log(`${texts.length} updates, last: ${texts.at(-1)}`);
});

export = { isChunk, fetch, start, wrong };
