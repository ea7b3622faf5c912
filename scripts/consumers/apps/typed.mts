// A typed app in ES modules: compiled without skipLibCheck, then run.
import type { Either } from 'fp-ts/Either';
import * as t from 'io-ts';
import { lastValueFrom, toArray, type Observable } from 'rxjs';
import {
  accumulateContent,
  chatCompletion$,
  type ChatConfig,
  type ChatRequest,
  type ChunkError,
} from 'rxjs-chat-completions';
import { ChatCompletionChunk } from 'rxjs-chat-completions/codec';
import { openaiResponses, responses } from 'rxjs-chat-completions/dialects';
import { responseFormatOf } from 'rxjs-chat-completions/structured';
import { scriptedFetch } from 'rxjs-chat-completions/testing';
import { startScriptedServer } from 'rxjs-chat-completions/testing/server';

declare const process: { readonly env: Readonly<Record<string, string | undefined>> };

// Both may be unset.
const config: ChatConfig = { baseURL: process.env.STREAM_SERVER, apiKey: process.env.API_KEY };
const request: ChatRequest = { model: 'any', messages: [{ role: 'user', content: 'hello' }] };

const chunk$: Observable<Either<ChunkError, ChatCompletionChunk>> = chatCompletion$(config, request);
const text$: Observable<string> = chunk$.pipe(accumulateContent());
export const isChunk: boolean = ChatCompletionChunk.is({});
export const fetch: typeof globalThis.fetch = scriptedFetch('Hello there');
export const start: (options: { replies: string }) => Promise<{ readonly baseURL: string }> =
  startScriptedServer;

// A declaration of these names types of the package, from an entry point:
export const format = responseFormatOf(t.type({ name: t.string }));
export const openai = { ...openaiResponses, transport: responses() };

// The declarations are resolved and are not `any`:
// @ts-expect-error a number is not a message
chatCompletion$({}, { model: 'any', messages: [1] });
// @ts-expect-error a string is not a number
export const wrong: Observable<number> = text$;

const texts = await lastValueFrom(text$.pipe(toArray()));
console.log(`${texts.length} updates, last: ${texts.at(-1)}`);
