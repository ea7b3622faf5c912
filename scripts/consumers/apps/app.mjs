// An app in ES modules, with every entry point.
import http from 'node:http';

import { Observable, lastValueFrom, toArray } from 'rxjs';
import { HttpError, accumulateContent, chatCompletion$ } from 'rxjs-chat-completions';
import { nodeTransport } from 'rxjs-chat-completions/node';
import { scriptedFetch } from 'rxjs-chat-completions/testing';
import { startScriptedServer } from 'rxjs-chat-completions/testing/server';

import { checkFlows } from './flows.mjs';

const text$ = (config) =>
  chatCompletion$(config, { model: 'any', messages: [{ role: 'user', content: 'hello' }] }).pipe(
    accumulateContent(),
  );

const texts = await lastValueFrom(text$({ baseURL: process.env.STREAM_SERVER }).pipe(toArray()));
console.log(`${texts.length} updates, last: ${texts.at(-1)}`);

if (!(text$({}) instanceof Observable)) throw new Error('the Observable is of another rxjs');

const refused = scriptedFetch({ status: 404, message: 'no such model' });
const error = await lastValueFrom(text$({ fetch: refused })).catch((error) => error);
if (!(error instanceof HttpError))
  throw new Error('the error is of another copy of the package', { cause: error });

const server = await startScriptedServer({ replies: 'Hello there' });
const transports = { fetch: undefined, node: nodeTransport() };
for (const [name, transport] of Object.entries(transports)) {
  const served = await lastValueFrom(text$({ baseURL: server.baseURL, transport }));
  if (served !== 'Hello there')
    throw new Error(`unexpected answer of the scripted server by ${name}: ${served}`);
}

// As tools do that mock or trace the requests of Node.
const { request } = http;
let traced = 0;
http.request = (...given) => {
  traced += 1;
  return request(...given);
};
await lastValueFrom(text$({ baseURL: server.baseURL, transport: transports.node }));
http.request = request;
if (traced !== 1) throw new Error('nodeTransport calls another http.request than that of the module');
await server.close();

await checkFlows(startScriptedServer, transports);
