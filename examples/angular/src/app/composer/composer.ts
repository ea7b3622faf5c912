import {
  ChangeDetectionStrategy,
  Component,
  effect,
  ElementRef,
  inject,
  output,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import type { ConversationEntry, ConversationMessage } from 'rxjs-chat-completions/angular';

import { Attachments } from '../attachments/attachments';
import { messageWith, readImage } from '../attachments/images';
import { ChatSession } from '../chat/chat-session';
import { Draft } from './draft';
import { isComposing } from './is-composing';
import { Notices } from './notices';

/** Writes, edits and sends the next message. One that is sent while an answer streams is queued. */
@Component({
  selector: 'app-composer',
  imports: [Attachments, Notices],
  templateUrl: './composer.html',
  styleUrl: './composer.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Composer {
  readonly session = inject(ChatSession);
  readonly draft = inject(Draft);
  readonly adjusted = output();
  readonly imageProblem = signal<string | null>(null);
  private readonly field = viewChild.required<ElementRef<HTMLTextAreaElement>>('field');

  constructor() {
    effect(() => {
      if (!this.draft.queued() || this.session.working()) return;
      // After a failure the user decides.
      untracked(() => (this.session.chat.error() === null ? this.send() : this.draft.queued.set(false)));
    });
  }

  focus(): void {
    this.field().nativeElement.focus();
  }

  send(event?: Event): void {
    event?.preventDefault();
    if (!this.draft.sendable()) return;
    if (this.session.working()) return this.draft.queued.set(true);
    const text = this.draft.text().trim();
    const message = messageWith(text, this.draft.images());
    const editing = this.draft.editing();
    this.draft.clear();
    this.imageProblem.set(null);
    this.session.send(message, text || 'An image', editing);
    this.focus();
  }

  /** Attaches images that the user chooses or pastes. */
  attach(files: FileList | null | undefined): void {
    this.imageProblem.set(null);
    for (const file of files ?? []) {
      readImage(file).then(
        (url) => this.draft.images.update((images) => [...images, url]),
        ({ message }: Error) => this.imageProblem.set(message),
      );
    }
  }

  edit(entry: ConversationMessage): void {
    this.draft.edit(entry);
    this.focus();
  }

  cancelEdit(): void {
    if (this.draft.editing() === null) return;
    this.draft.cancelEdit();
    this.focus();
  }

  stop(): void {
    this.session.stop();
    this.focus();
  }

  /** Stops the answer, or else cancels the edit. */
  escape(): void {
    if (this.session.working()) this.stop();
    else this.cancelEdit();
  }

  onKeydown(event: KeyboardEvent): void {
    if (event.key === 'Enter' && !event.shiftKey && !isComposing(event)) this.send(event);
    if (event.key === 'ArrowUp' && this.draft.text() === '') {
      const question = this.session.shown().filter(isQuestion).at(-1);
      if (question) {
        event.preventDefault();
        this.edit(question);
      }
    }
  }
}

const isQuestion = (entry: ConversationEntry): entry is ConversationMessage => entry.role === 'user';
