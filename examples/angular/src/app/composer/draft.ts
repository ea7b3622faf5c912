import { computed, Injectable, signal } from '@angular/core';
import type { ConversationMessage } from 'rxjs-chat-completions/angular';

import { imagesIn } from '../attachments/images';

/** The next message of the user: a new one, or an edited one. */
@Injectable({ providedIn: 'root' })
export class Draft {
  readonly text = signal('');
  /** The images, as data URLs. */
  readonly images = signal<readonly string[]>([]);
  /** The entry that is being edited. */
  readonly editing = signal<number | null>(null);
  /** Whether it is sent when the answer ends. */
  readonly queued = signal(false);
  readonly sendable = computed(() => this.text().trim() !== '' || this.images().length > 0);

  edit({ id, content, message }: ConversationMessage): void {
    this.editing.set(id);
    this.text.set(content);
    this.images.set(imagesIn(message));
  }

  cancelEdit(): void {
    if (this.editing() !== null) this.clear();
  }

  clear(): void {
    this.editing.set(null);
    this.text.set('');
    this.images.set([]);
  }
}
