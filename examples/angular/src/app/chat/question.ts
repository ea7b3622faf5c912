import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import type { ConversationMessage } from 'rxjs-chat-completions/angular';

import { imagesIn } from '../attachments/images';

/** One question of the user, with its images. */
@Component({
  selector: 'app-question',
  template: `
    @if (images().length > 0) {
      <div class="images">
        @for (url of images(); track $index) {
          <img [src]="url" [alt]="'Image ' + ($index + 1)" />
        }
      </div>
    }
    <div class="question" [class.editing]="editing()">
      <p>{{ text() }}</p>
      @if (entry(); as entry) {
        <button type="button" class="quiet" (click)="edited.emit(entry)">Edit</button>
      }
    </div>
  `,
  styleUrl: './question.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Question {
  readonly text = input.required<string>();
  /** The entry of the conversation; `null` for one that cannot be edited. */
  readonly entry = input<ConversationMessage | null>(null);
  readonly editing = input(false);
  readonly edited = output<ConversationMessage>();
  readonly images = computed(() => {
    const entry = this.entry();
    return entry === null ? [] : imagesIn(entry.message);
  });
}
