import { appOf } from './injector';

import { DOCUMENT, ErrorHandler } from '@angular/core';
import { TestScheduler } from 'rxjs/testing';

import { injectConversation, provideChatCompletions, type Conversation } from '../../lib/angular';
import type { ConversationStorage } from '../../lib/conversation/ConversationStorage';
import { scriptedTransport } from '../../lib/testing';
import { conversation } from './conversationApp';

describe('a conversation with a storage', () => {
  /** A storage in memory. */
  const memory = (text: string | null = null) => {
    const held = { text };
    const storage: ConversationStorage = {
      load: () => held.text,
      save: (next) => void (held.text = next),
    };
    return { held, storage };
  };
  const shown = (chat: Conversation): readonly string[] =>
    chat.messages().map((entry) => `${entry.role}: ${entry.content}`);

  it('continues the stored conversation, in which an answer that was in flight is stopped', () => {
    const { held, storage } = memory();
    let closed: string | null = null;
    conversation(
      { parts: ['Hello', { stall: 5_000 }] },
      (chat, at, { destroy }) => {
        chat.send('Hi');
        at(1_500, () => {
          // As if the browser had ended here.
          closed = held.text;
          destroy();
          expect(held.text).toContain('"status":"stopped"');
        });
      },
      { storage },
    );
    expect(closed).toContain('"status":"streaming"');
    held.text = closed;
    conversation(
      'Still here',
      (chat, at, { transport }) => {
        expect(shown(chat)).toEqual(['user: Hi', 'assistant: Hello']);
        expect(chat.status()).toBe('stopped');
        chat.send('There?');
        at(2_000, () => {
          expect(transport.requests[0]?.body).toMatchObject({
            messages: [{}, { content: 'Hello' }, { content: 'There?' }],
          });
          expect(held.text).toContain('Still here');
        });
      },
      { storage },
    );
  });

  it('starts with the messages of the options if the storage is empty, and does not save them alone', () => {
    const { held, storage } = memory();
    const messages = [{ role: 'system', content: 'Be brief.' }] as const;
    conversation(
      'Hello',
      (chat, at) => {
        expect(shown(chat)).toEqual(['system: Be brief.']);
        at(2_000, () => expect(held.text).toBeNull());
      },
      { storage, messages },
    );
  });

  it('opens another storage: stops and saves the one, and continues the other', () => {
    const first = memory();
    const second = memory();
    conversation(
      'Hello there',
      (chat, at, { transport }) => {
        chat.send('One');
        at(150, () => {
          chat.open(second.storage);
          expect(transport.requests[0]?.aborted).toBe(true);
          expect(first.held.text).toContain('Hello');
          expect(shown(chat)).toEqual([]);
          chat.send('Two');
        });
        at(2_000, () => {
          expect(second.held.text).toContain('Hello there');
          chat.open(first.storage);
          expect(shown(chat)).toEqual(['user: One', 'assistant: Hello']);
          chat.open(null);
          expect(shown(chat)).toEqual([]);
          chat.send('Three');
        });
        at(4_000, () => {
          expect(chat.status()).toBe('done');
          expect(first.held.text).not.toContain('Three');
          expect(second.held.text).not.toContain('Three');
        });
      },
      { storage: first.storage },
    );
  });

  it('reports a full storage, and a change by another tab, and continues', () => {
    const { held, storage } = memory();
    const onStorageError = jest.fn();
    let isFull = true;
    const save: ConversationStorage['save'] = (text) => {
      if (isFull) throw new Error('QuotaExceededError');
      return storage.save(text);
    };
    conversation(
      'Hello',
      (chat, at) => {
        chat.send('Hi');
        at(1_500, () => {
          expect(onStorageError.mock.lastCall).toMatchObject([{ message: 'QuotaExceededError' }]);
          isFull = false;
          chat.send('Again');
        });
        at(4_000, () => {
          expect(held.text).toContain('Again');
          held.text = 'of another tab';
          chat.send('More');
        });
        at(8_000, () => {
          expect(onStorageError.mock.lastCall).toMatchObject([{ _tag: 'StorageConflict' }]);
          expect(held.text).toBe('of another tab');
          expect(chat.status()).toBe('done');
        });
      },
      { storage: { ...storage, save }, onStorageError },
    );
  });

  it("reports to the app's ErrorHandler by default, and saves when the page is hidden", () => {
    const page = Object.assign(new EventTarget(), { defaultView: new EventTarget() });
    const handleError = jest.fn();
    const app = appOf([
      { provide: DOCUMENT, useValue: page },
      { provide: ErrorHandler, useValue: { handleError } },
      provideChatCompletions({ transport: scriptedTransport('Hello', { delayMs: 1_000_000 }) }),
    ]);
    const { held, storage } = memory();
    const chat = app.run(() => injectConversation({ request: { model: 'any' }, storage }));
    chat.send('Hi');
    expect(held.text).toBeNull();
    page.defaultView.dispatchEvent(new Event('pagehide'));
    expect(held.text).toContain('"waiting"');
    held.text = 'not JSON';
    chat.open(storage);
    expect(handleError.mock.lastCall).toMatchObject([{ _tag: 'BadJson' }]);
    app.destroy();
    expect(held.text).toBe('not JSON');
  });

  describe('an answer whose connection breaks', () => {
    /** Sends, breaks the connection after 200 ms, and looks after a time in milliseconds. */
    function broken(
      isLeaving: boolean,
      ms: number,
      look: (chat: Conversation, window: EventTarget, text: () => string | null) => void,
    ): void {
      const { held, storage } = memory();
      const window = new EventTarget();
      const scheduler = new TestScheduler(() => undefined);
      scheduler.run(({ flush }) => {
        const app = appOf([
          { provide: DOCUMENT, useValue: Object.assign(new EventTarget(), { defaultView: window }) },
          provideChatCompletions({
            transport: scriptedTransport({ parts: ['Hello', { cut: 'socket' }] }, { delayMs: 100 }),
          }),
        ]);
        const chat = app.run(() => injectConversation({ request: { model: 'any' }, storage }));
        chat.send('Hi');
        if (isLeaving) window.dispatchEvent(new Event('beforeunload'));
        scheduler.schedule(() => look(chat, window, () => held.text), ms);
        flush();
        app.destroy();
      });
    }

    it('is stored as in flight if the user leaves the page', () => {
      expect.assertions(1);
      broken(true, 500, (_, window, text) => {
        window.dispatchEvent(new Event('pagehide'));
        expect(text()).toContain('"status":"streaming"');
      });
    });

    it.each([false, true])('fails if the page stays, after a cancelled beforeunload: %p', (isLeaving) => {
      expect.assertions(1);
      broken(isLeaving, 10_000, (chat, _, text) => {
        expect([chat.content(), chat.error()?._tag, text()?.includes('"failed"')]).toEqual([
          'Hello',
          'ConnectionError',
          true,
        ]);
      });
    });
  });

  it('is not read during server rendering', () => {
    const storage = { load: jest.fn(), save: jest.fn() };
    conversation(
      'Hello',
      (chat) => {
        chat.open(storage);
        expect(chat.messages()).toEqual([]);
      },
      { storage },
      'server',
    );
    expect(storage.load).not.toHaveBeenCalled();
  });
});
