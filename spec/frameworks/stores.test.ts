// Angular's packages are partially compiled; this import compiles the rest.
import '@angular/compiler';

import assert from 'node:assert/strict';
import { it } from 'node:test';

import {
  createEnvironmentInjector,
  ErrorHandler,
  Injector,
  runInInjectionContext,
  ɵINJECTOR_SCOPE,
  type EnvironmentInjector,
} from '@angular/core';
import { provideEffects } from '@ngrx/effects';
import { createReducer, on, provideStore, Store } from '@ngrx/store';
import { applyMiddleware, legacy_createStore as createStore } from 'redux';
import { createEpicMiddleware } from 'redux-observable';
import { firstValueFrom } from 'rxjs';
import { provideChatCompletions } from 'rxjs-chat-completions/angular';
import { branchOf } from 'rxjs-chat-completions/conversation';
import { scriptedFetch } from 'rxjs-chat-completions/testing';

import { ChatStore } from './recipes/a-conversation-in-a-signal-store-of-ngrx';
import { chatEvent, chatReducer } from './recipes/a-conversation-in-ngrx';
import { answer$, answerChanged, questionSent } from './recipes/ngrx';
import { answerEpic } from './recipes/redux-observable';
import { until } from './until';

globalThis.fetch = scriptedFetch('Hello');

/** Creates an app without a page. Its injector is a root, for services that are provided there. */
const appOf = (providers: Parameters<typeof createEnvironmentInjector>[0]): EnvironmentInjector =>
  createEnvironmentInjector(
    [
      { provide: ɵINJECTOR_SCOPE, useValue: 'root' },
      { provide: ErrorHandler, useClass: ErrorHandler },
      ...providers,
    ],
    Injector.create({ providers: [] }) as EnvironmentInjector,
  );

it('NgRx runs an answer as an effect', async () => {
  const app = appOf([
    provideStore({
      answer: createReducer(
        '',
        on(answerChanged, (_, { answer }) => answer.content),
      ),
    }),
    provideEffects({ answer$ }),
    provideChatCompletions({}),
  ]);
  const store = app.get(Store<{ readonly answer: string }>);
  store.dispatch(questionSent({ question: 'Hi' }));
  await until(async () => (await firstValueFrom(store.select('answer'))) === 'Hello');
  app.destroy();
});

it('NgRx reduces a conversation', async () => {
  const app = appOf([provideStore({ chat: chatReducer })]);
  const store = app.get(Store<{ readonly chat: ReturnType<typeof chatReducer> }>);
  store.dispatch(chatEvent({ event: { type: 'send', content: 'Hi' } }));
  const chat = await firstValueFrom(store.select('chat'));
  assert.deepEqual(
    branchOf(chat).map(({ kind }) => kind),
    ['user', 'assistant'],
  );
  app.destroy();
});

it('a signal store of NgRx runs a conversation', async () => {
  const app = appOf([{ provide: ChatStore, useClass: ChatStore }]);
  const store = runInInjectionContext(app, () => app.get(ChatStore));
  store.run({ type: 'send', content: 'Hi' });
  await until(() => {
    const last = store.branch().at(-1);
    return last?.kind === 'assistant' && last.run.status === 'done' && last.run.content === 'Hello';
  });
  app.destroy();
});

it('redux-observable runs an answer as an epic', async () => {
  const epics = createEpicMiddleware<{ type: string; payload?: unknown }>();
  const store = createStore(
    (state: unknown, action: { type: string; payload?: unknown }) =>
      action.type === 'chat/answerChanged' ? action.payload : state,
    applyMiddleware(epics),
  );
  epics.run(answerEpic);
  store.dispatch({ type: 'chat/questionSent', payload: 'Hi' });
  await until(() => (store.getState() as { readonly content?: string } | undefined)?.content === 'Hello');
});
