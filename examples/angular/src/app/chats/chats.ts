import { Injectable, signal } from '@angular/core';
import { localStorageOf, type ConversationStorage } from 'rxjs-chat-completions/conversation';

/** A saved conversation, as the list shows it. */
export interface SavedChat {
  readonly id: string;
  /** The first words of the user. */
  readonly title: string;
  /** Time of the last question, in milliseconds. */
  readonly changed: number;
}

const TITLES = 'chat-title:';
const CHATS = 'chat:';
const MAX_TITLE = 60;

/**
 * The conversations in the storage of the browser.
 *
 * Each has two keys of its own: one for its title, one for its turns. So two tabs with different conversations never write to the
 * same key, and the list is that of the keys.
 */
@Injectable({ providedIn: 'root' })
export class Chats {
  readonly #list = signal<readonly SavedChat[]>([]);
  readonly #current = signal<string | null>(null);
  readonly #problem = signal<unknown>(null);

  /** The saved conversations, the newest first. */
  readonly list = this.#list.asReadonly();
  /** The conversation that is open; `null` for one that is not saved. */
  readonly current = this.#current.asReadonly();
  /** The error of the last load or write of it. */
  readonly problem = this.#problem.asReadonly();

  /** Reads the list again, which another tab may have changed. */
  refresh(): void {
    this.#attempt(() => {
      const chats = Object.keys(localStorage)
        .filter((key) => key.startsWith(TITLES))
        .flatMap((key) => savedChatIn(key.slice(TITLES.length), localStorage.getItem(key)));
      this.#list.set(chats.sort((a, b) => b.changed - a.changed));
    });
  }

  /** Opens a saved conversation; `null` if there is none with this id. */
  open(id: string | null): ConversationStorage | null {
    const isSaved = this.#list().some((chat) => chat.id === id);
    this.#current.set(isSaved ? id : null);
    this.#problem.set(null);
    return id !== null && isSaved ? localStorageOf(CHATS + id) : null;
  }

  /** Adds a conversation to the list, and opens it; `null` if the browser does not allow it. */
  add(question: string): ConversationStorage | null {
    const id = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
    return this.#save({ id, title: titleOf(question), changed: Date.now() }) ? this.open(id) : null;
  }

  /** Makes the open conversation the newest one. */
  touch(): void {
    const chat = this.#list().find(({ id }) => id === this.#current());
    if (chat !== undefined) this.#save({ ...chat, changed: Date.now() });
  }

  remove(id: string): void {
    this.#attempt(() => {
      localStorage.removeItem(TITLES + id);
      localStorage.removeItem(CHATS + id);
    });
    this.refresh();
  }

  readonly report = (error: unknown): void => this.#problem.set(error);

  #save({ id, title, changed }: SavedChat): boolean {
    const isSaved = this.#attempt(() =>
      localStorage.setItem(TITLES + id, JSON.stringify({ title, changed })),
    );
    if (isSaved) this.refresh();
    return isSaved;
  }

  /** Whether it succeeds: the storage may be full, or not allowed. */
  #attempt(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      this.report(error);
      return false;
    }
  }
}

/** Reads a title; none if something else has written the key. */
function savedChatIn(id: string, text: string | null): readonly SavedChat[] {
  try {
    const { title, changed } = JSON.parse(text ?? '') as SavedChat;
    return [{ id, title: String(title), changed: Number(changed) || 0 }];
  } catch {
    return [];
  }
}

function titleOf(question: string): string {
  const line = question.trim().replace(/\s+/g, ' ');
  return line.length > MAX_TITLE ? `${line.slice(0, MAX_TITLE).trimEnd()}…` : line;
}
