import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  inject,
  signal,
  viewChild,
} from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { fromEvent, merge, tap } from 'rxjs';

import { Bar } from './bar/bar';
import { ChatSession } from './chat/chat-session';
import { Messages } from './chat/messages';
import { ChatList } from './chats/chat-list';
import { Chats } from './chats/chats';
import { Composer } from './composer/composer';
import { isComposing } from './composer/is-composing';
import { InspectorPanel } from './inspector/inspector-panel';
import { isNarrow, isWide } from './layout';
import { SettingsDialog } from './settings/settings-dialog';

/** The page: a conversation, with the list of others, the inspector and the settings. */
@Component({
  selector: 'app-root',
  imports: [Bar, ChatList, Composer, InspectorPanel, Messages, SettingsDialog],
  templateUrl: './app.html',
  styleUrl: './app.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '(document:keydown.escape)': 'escape($event)' },
})
export class App {
  readonly session = inject(ChatSession);
  readonly #chats = inject(Chats);

  readonly inspecting = signal(true);
  /** Whether the settings are open. */
  readonly adjusting = signal(false);
  /** Whether the list of conversations is shown. */
  readonly listing = signal(false);

  private readonly bar = viewChild.required(Bar);
  private readonly composer = viewChild.required(Composer);
  private readonly panel = viewChild.required(InspectorPanel);

  constructor() {
    const destroyed = inject(DestroyRef);
    afterNextRender(() => {
      this.inspecting.set(!isNarrow());
      this.#chats.refresh();
      this.listing.set(isWide() && this.#chats.list().length > 0);
      this.session.openNamed();
      // On a phone it would open the keyboard.
      if (!isNarrow()) this.composer().focus();
      merge(
        fromEvent(window, 'hashchange').pipe(tap(() => this.session.openNamed())),
        // Another tab has changed the list.
        fromEvent(window, 'storage').pipe(tap(() => this.#chats.refresh())),
      )
        .pipe(takeUntilDestroyed(destroyed))
        .subscribe();
    });
  }

  /** Starts a conversation. */
  start(): void {
    this.session.reset();
    this.composer().focus();
  }

  /** Opens a saved conversation; `null` for a new one. */
  openChat(id: string | null): void {
    if (isNarrow()) this.listing.set(false);
    this.session.open(id);
    this.composer().focus();
  }

  /** Closes the list where it covers the conversation. */
  closeList(event: Event): void {
    if (!isNarrow()) return;
    event.stopPropagation();
    this.listing.set(false);
    this.bar().focusChats();
  }

  /** Shows or hides the inspector. Where it covers the conversation, it gets the focus. */
  inspect(isShown: boolean): void {
    this.inspecting.set(isShown);
    if (isShown && isNarrow()) this.panel().focus();
  }

  closeInspector(): void {
    this.inspecting.set(false);
    this.bar().focusInspector();
  }

  escape(event: Event): void {
    // Escape closes the dialog, or cancels the composition of an input method.
    if (this.adjusting() || isComposing(event as KeyboardEvent)) return;
    this.composer().escape();
  }
}
