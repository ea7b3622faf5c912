// A service of an Angular app, compiled by TypeScript alone.
import '@angular/compiler';
import {
  createEnvironmentInjector,
  Injector,
  runInInjectionContext,
  type EnvironmentInjector,
} from '@angular/core';
import { lastValueFrom, toArray } from 'rxjs';
import { accumulateContent, type ChatRequest } from 'rxjs-chat-completions';
import {
  injectChatCompletions,
  provideChatCompletions,
  type ChatClient,
} from 'rxjs-chat-completions/angular';

declare const process: { readonly env: Readonly<Record<string, string | undefined>> };

const request: ChatRequest = { model: 'any', messages: [{ role: 'user', content: 'hello' }] };

const injector = createEnvironmentInjector(
  [provideChatCompletions(() => ({ baseURL: process.env.STREAM_SERVER ?? '' }))],
  Injector.NULL as EnvironmentInjector,
);
const chat: ChatClient = runInInjectionContext(injector, injectChatCompletions);
const texts: string[] = await lastValueFrom(
  chat.chatCompletion$(request).pipe(accumulateContent(), toArray()),
);
console.log(`${texts.length} updates, last: ${texts.at(-1)}`);
