import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  inject,
  Injector,
  output,
  signal,
} from '@angular/core';

import { Chats } from './chats';

/** The list of saved conversations: opens, adds and deletes one. */
@Component({
  selector: 'app-chat-list',
  templateUrl: './chat-list.html',
  styleUrl: './chat-list.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '(keydown.arrowdown)': 'move($event, 1)', '(keydown.arrowup)': 'move($event, -1)' },
})
export class ChatList {
  readonly chats = inject(Chats);
  readonly #host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  readonly #injector = inject(Injector);

  /** The id of a conversation to open; `null` for a new one. */
  readonly opened = output<string | null>();
  readonly removed = output<string>();
  /** The conversation whose deletion waits for confirmation. */
  readonly removing = signal<string | null>(null);

  confirm(id: string): void {
    this.removing.set(id);
    this.#focus('.keep');
  }

  keep(id: string): void {
    this.removing.set(null);
    this.#focus(`[data-remove="${CSS.escape(id)}"]`);
  }

  remove(id: string): void {
    this.removing.set(null);
    this.removed.emit(id);
    this.#focus('.new');
  }

  /** Moves the focus between the conversations. */
  move(event: Event, by: number): void {
    const buttons = [...this.#host.querySelectorAll<HTMLElement>('.new, .open')];
    const place = buttons.indexOf(event.target as HTMLElement);
    if (place < 0) return;
    event.preventDefault();
    buttons[Math.min(Math.max(place + by, 0), buttons.length - 1)]?.focus();
  }

  /** Moves the focus to an element of the next view. */
  #focus(selector: string): void {
    afterNextRender(() => this.#host.querySelector<HTMLElement>(selector)?.focus(), {
      injector: this.#injector,
    });
  }
}
