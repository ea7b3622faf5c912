import type { ConversationStorage } from './ConversationStorage';

/**
 * Returns an entry of the browser's `localStorage` as the storage of one conversation.
 *
 * Reads and writes are synchronous, so a write in `pagehide` still succeeds. Give each conversation a key of its own, so that tabs
 * do not overwrite each other. Browsers allow about five million characters per site, and throw beyond that.
 *
 * @param key - The key of the entry.
 *
 * @example
 * ```ts
 * import { injectConversation } from 'rxjs-chat-completions/angular';
 * import { localStorageOf } from 'rxjs-chat-completions/conversation';
 *
 * export const openChat = () =>
 *   injectConversation({ request: { model: 'llama3.2' }, storage: localStorageOf('chat') });
 * ```
 */
export const localStorageOf = (key: string): ConversationStorage => ({
  load: () => storageOfPage().getItem(key),
  save: (text) => storageOfPage().setItem(key, text),
});

/** @throws Error outside a page, such as in Node or in a worker. */
function storageOfPage(): Storage {
  if (typeof localStorage === 'undefined')
    throw new Error('there is no localStorage here, only in a page: pass a ConversationStorage of your own');
  return localStorage;
}
