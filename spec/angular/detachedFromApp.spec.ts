import { appOf } from './injector';

import { computed, signal, untracked } from '@angular/core';
import { createWatch, type Watch } from '@angular/core/primitives/signals';
import { Subject } from 'rxjs';

import { injectConversation, provideChatCompletions, type Conversation } from '../../lib/angular';
import type { ConversationStorage } from '../../lib/conversation/ConversationStorage';
import { scriptedTransport, type Script } from '../../lib/testing';
import { conversation, slow, weather } from './conversationApp';
import { recordedZone } from './zone';

describe("a conversation in an app with Angular's zone", () => {
  /** An app with a transport that records whether it is called outside the zone. */
  function zoneApp(script: Script) {
    const { provider, isOutside } = recordedZone();
    const transport = scriptedTransport(script);
    const requests: boolean[] = [];
    const app = appOf([
      provider,
      provideChatCompletions({
        transport: (request) => {
          requests.push(isOutside());
          return transport(request);
        },
      }),
    ]);
    return { app, isOutside, requests };
  }
  const called = { parts: [{ toolCall: { id: 'call-1', name: 'weather', arguments: { city: 'Oslo' } } }] };

  it('sends each request outside of it, also after an approval', () => {
    const { app, requests } = zoneApp([called, 'Well.']);
    const tools = [{ ...weather, needsApproval: true }];
    const chat = app.run(() => injectConversation({ request: { model: 'any' }, tools }));
    chat.send('Weather?');
    chat.approve('call-1');
    expect(chat.content()).toBe('Well.');
    expect(requests).toEqual([true, true]);
  });

  it('sends a request outside of it after a tool whose result comes from inside', () => {
    const { app, requests } = zoneApp([called, 'Well.']);
    const dialog$ = new Subject<string>();
    const tools = [{ ...weather, run: () => dialog$ }];
    const chat = app.run(() => injectConversation({ request: { model: 'any' }, tools }));
    chat.send('Weather?');
    dialog$.next('4');
    dialog$.complete();
    expect(chat.content()).toBe('Well.');
    expect(requests).toEqual([true, true]);
  });

  it('reads and writes the storage outside of it', () => {
    const { app, isOutside } = zoneApp('Hello');
    const calls: boolean[] = [];
    const storage: ConversationStorage = {
      load: () => {
        calls.push(isOutside());
        return null;
      },
      save: () => void calls.push(isOutside()),
    };
    const chat = app.run(() => injectConversation({ request: { model: 'any' }, storage }));
    chat.send('Hi');
    chat.open({ ...storage });
    app.destroy();
    expect(calls).toEqual([true, true, true, true]);
  });
});

describe('a conversation in an effect or a computed', () => {
  it('does not rerun an effect that sends while the answer streams', () => {
    const question = signal('Hi');
    conversation('Hello there', (chat, at, { transport }) => {
      const send = jest.fn(() => chat.send(question()));
      const dirty: Watch[] = [];
      const effect = createWatch(send, (watch) => dirty.push(watch), true);
      effect.run();
      at(1_000, () => expect([chat.status(), dirty]).toEqual(['done', []]));
      at(1_100, () => {
        question.set('And?');
        for (const watch of dirty) watch.run();
      });
      at(2_000, () => {
        expect(send).toHaveBeenCalledTimes(2);
        expect(transport.requests).toHaveLength(2);
      });
    });
  });

  it.each<[string, (chat: Conversation) => void]>([
    ['regenerate', (chat) => chat.regenerate()],
    ['edit', (chat) => chat.edit(chat.messages()[0]!.id, 'Else')],
    ['stop', (chat) => chat.stop()],
    ['reset', (chat) => chat.reset()],
  ])('is not a dependency of an effect that calls %s', (_, act) => {
    conversation('Hello there', (chat, at) => {
      chat.send('Hi');
      const dirty: Watch[] = [];
      const effect = createWatch(
        () => act({ ...chat, messages: signal(untracked(chat.messages)) }),
        (watch) => dirty.push(watch),
        true,
      );
      effect.run();
      at(2_000, () => expect(dirty).toEqual([]));
    });
  });

  it('can be created in a computed, of which its options are no dependency', () => {
    conversation('Hello', (_, at) => {
      const stored = signal<string | null>(null);
      const app = appOf([provideChatCompletions({ transport: slow('Hello') })]);
      const storage = { load: stored, save: () => undefined };
      const created = computed(() =>
        app.run(() => injectConversation({ request: { model: 'any' }, storage })),
      );
      const chat = created();
      chat.send('Hi');
      at(1_000, () => {
        expect(chat.content()).toBe('Hello');
        stored.set('changed');
        expect(created()).toBe(chat);
        app.destroy();
      });
    });
  });
});
