import { ChangeDetectionStrategy, Component, computed, inject, output } from '@angular/core';

import { ChatSession } from '../chat/chat-session';
import { Chats } from '../chats/chats';
import { messageOfUnsaved } from '../chats/unsaved';
import { Settings } from '../settings/settings';

/** The notices above the composer: the scenario, and the problems of the storage and of the server. */
@Component({
  selector: 'app-notices',
  template: `
    @if (session.scenario(); as playing) {
      <p class="notice">
        <b>{{ playing.name }}.</b> {{ playing.hint }}
      </p>
    }
    @if (chats.problem(); as problem) {
      <p class="notice problem" role="alert">
        {{ messageOf(problem) }}
        @if (chats.current(); as id) {
          <button type="button" (click)="session.open(id)">Load it again</button>
        }
      </p>
    }
    @if (serverProblem(); as problem) {
      <p class="notice problem" role="alert">
        {{ problem.message }}
        <button type="button" (click)="settings.recheck()">Check again</button>
        <button type="button" (click)="adjusted.emit()">Server settings</button>
      </p>
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Notices {
  readonly session = inject(ChatSession);
  readonly chats = inject(Chats);
  readonly settings = inject(Settings);
  readonly messageOf = messageOfUnsaved;
  readonly adjusted = output();

  /** The error of the server's check, unless a failed answer reports it. */
  readonly serverProblem = computed(() => {
    const { chat } = this.session;
    return chat.error() === null && chat.retry() === null ? this.settings.check().error : null;
  });
}
