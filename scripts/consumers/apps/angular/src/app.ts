import { provideHttpClient, withFetch } from '@angular/common/http';
import { Component, computed, inject, NgZone, type EnvironmentProviders, type Provider } from '@angular/core';
import {
  injectConversation,
  type Conversation,
  provideChatCompletions,
  withHttpClient,
  withRetry,
} from 'rxjs-chat-completions/angular';

/** Set by the page. Undefined during prerendering. */
const { baseURL } = globalThis as { readonly baseURL?: string };

export const providers: readonly (Provider | EnvironmentProviders)[] = [
  provideHttpClient(withFetch()),
  provideChatCompletions(() => ({ baseURL }), withHttpClient(), withRetry()),
];

/** Two conversations: one through `HttpClient`, as in the app's config, and one through `fetch`. */
@Component({
  selector: 'app-root',
  template: `
    @for (chat of [byHttpClient, byFetch]; track chat) {
      <section>
        <button (click)="ask(chat)"></button>
        <p [class]="chat.status()">{{ chat.content() }}</p>
        @if (chat.error(); as error) {
          <p role="alert">{{ error.message }}</p>
        }
        @if (isHeldUp()) {
          <p role="alert">the zone waits for the answer</p>
        }
      </section>
    }
  `,
})
export class App {
  readonly byHttpClient = injectConversation({ request: { model: 'any' } });
  readonly byFetch = injectConversation({ request: { model: 'any' }, config: () => ({ baseURL }) });

  private readonly zone = inject(NgZone);

  ask(chat: Conversation): void {
    // zone.js does not patch the events of jsdom.
    this.zone.run(() => chat.send('Hello'));
  }

  private wasHeldUp = false;
  /** With zone.js an app is stable while an answer streams, as reads and frames are outside the zone. */
  readonly isHeldUp = computed(() => {
    const isStreaming = [this.byHttpClient, this.byFetch].some(({ content }) => content() !== '');
    return (this.wasHeldUp ||= isStreaming && this.zone.hasPendingMacrotasks);
  });
}
