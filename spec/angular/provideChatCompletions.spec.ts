import { appOf } from './injector';

import { inject, InjectionToken } from '@angular/core';
import { lastValueFrom, toArray } from 'rxjs';

import { accumulateContent } from '../../lib/operators/accumulate/accumulateContent';
import { scriptedFetch, scriptedTransport } from '../../lib/testing';
import {
  CHAT_COMPLETIONS_CONFIG,
  injectChatCompletions,
  provideChatCompletions,
  withFetch,
  withRetry,
} from '../../lib/angular';
import { ConfigOfClass } from '../helpers/ConfigOfClass';

const hi = { model: 'any', messages: [{ role: 'user', content: 'Hi' }] } as const;

describe('provideChatCompletions', () => {
  it('provides the calls, bound to its config', async () => {
    const transport = scriptedTransport('Hello there');
    const app = appOf([provideChatCompletions({ baseURL: 'https://llm.example.com/v1', transport })]);
    const chat = app.run(injectChatCompletions);
    await expect(lastValueFrom(chat.chatCompletion$(hi).pipe(accumulateContent()))).resolves.toBe(
      'Hello there',
    );
    await expect(lastValueFrom(chat.completion$(hi))).resolves.toMatchObject({
      choices: [{ message: { content: 'Hello there' } }],
    });
    await expect(lastValueFrom(chat.models$())).resolves.toMatchObject([{ id: 'scripted' }]);
    await expect(lastValueFrom(chat.embeddings$({ model: 'any', input: 'a' }))).resolves.toHaveProperty(
      'data',
    );
    expect(transport.requests.map(({ url }) => url)).toEqual([
      'https://llm.example.com/v1/chat/completions',
      'https://llm.example.com/v1/chat/completions',
      'https://llm.example.com/v1/models',
      'https://llm.example.com/v1/embeddings',
    ]);
  });

  it('calls a config function once, in an injection context', () => {
    const address = new InjectionToken<string>('address');
    const config = jest.fn(() => ({ baseURL: inject(address) }));
    const app = appOf([{ provide: address, useValue: '/v1' }, provideChatCompletions(config)]);
    app.run(injectChatCompletions);
    expect(app.run(() => inject(CHAT_COMPLETIONS_CONFIG))).toEqual({ baseURL: '/v1' });
    expect(config).toHaveBeenCalledTimes(1);
  });

  it('sends nothing before a subscription', () => {
    const transport = scriptedTransport('Hello');
    const chat = appOf([provideChatCompletions({ transport })]).run(injectChatCompletions);
    void chat.chatCompletion$(hi);
    expect(transport.requests).toEqual([]);
  });
});

describe('withFetch', () => {
  it('sends with that fetch', async () => {
    const fetch = scriptedFetch('Hello');
    const chat = appOf([provideChatCompletions({}, withFetch(fetch))]).run(injectChatCompletions);
    await lastValueFrom(chat.chatCompletion$(hi));
    expect(fetch.requests).toHaveLength(1);
  });

  it('keeps the fields that the config has from its class', async () => {
    const fetch = scriptedFetch('Hello');
    const app = appOf([provideChatCompletions(new ConfigOfClass(), withFetch(fetch))]);
    await lastValueFrom(app.run(injectChatCompletions).chatCompletion$(hi));
    expect(fetch.requests).toMatchObject([{ url: 'http://llm.example.com/v1/chat/completions' }]);
  });

  it('replaces a transport set before', async () => {
    const transport = scriptedTransport('by the transport');
    const app = appOf([provideChatCompletions({ transport }, withFetch(scriptedFetch('by fetch')))]);
    const text$ = app.run(injectChatCompletions).chatCompletion$(hi).pipe(accumulateContent());
    await expect(lastValueFrom(text$)).resolves.toBe('by fetch');
  });
});

describe('withRetry', () => {
  const soon = { policy: () => 0 };

  it('retries every kind of call', async () => {
    let calls = 0;
    const transport = scriptedTransport(() => (calls++ % 2 === 0 ? { status: 503 } : 'Hello'));
    const chat = appOf([provideChatCompletions({ transport }, withRetry(soon))]).run(injectChatCompletions);
    await expect(lastValueFrom(chat.chatCompletion$(hi).pipe(accumulateContent()))).resolves.toBe('Hello');
    await expect(lastValueFrom(chat.completion$(hi))).resolves.toHaveProperty('choices');
  });

  it('restarts a stream with `restart`, and never another call', async () => {
    const script = [{ parts: ['Hel', { cut: 'socket' }] }, 'Hello', { status: 503 }, 'Hello'] as const;
    const transport = scriptedTransport(script);
    const chat = appOf([provideChatCompletions({ transport }, withRetry({ ...soon, restart: true }))]).run(
      injectChatCompletions,
    );
    const texts = await lastValueFrom(chat.chatCompletion$(hi).pipe(accumulateContent(), toArray()));
    expect(texts).toEqual(['Hel', '', 'Hello']);
    await expect(lastValueFrom(chat.completion$(hi).pipe(toArray()))).resolves.toHaveLength(1);
  });

  it('is off by default', async () => {
    const transport = scriptedTransport([{ status: 503 }, 'Hello']);
    const chat = appOf([provideChatCompletions({ transport })]).run(injectChatCompletions);
    await expect(lastValueFrom(chat.completion$(hi))).rejects.toMatchObject({ status: 503 });
  });
});
