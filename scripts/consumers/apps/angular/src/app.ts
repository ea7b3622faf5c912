import { provideHttpClient, withFetch } from '@angular/common/http';
import { Component, type EnvironmentProviders, type Provider } from '@angular/core';
import {
  injectConversation,
  provideChatCompletions,
  withHttpClient,
  withRetry,
} from 'rxjs-chat-completions/angular';

/** Set by the page that has the app. */
declare const baseURL: string;

export const providers: readonly (Provider | EnvironmentProviders)[] = [
  provideHttpClient(withFetch()),
  provideChatCompletions(() => ({ baseURL }), withHttpClient(), withRetry()),
];

/** Two conversations: one by `HttpClient`, as the app's config says, and one by `fetch`. */
@Component({
  selector: 'app-root',
  template: `
    @for (chat of [byHttpClient, byFetch]; track chat) {
      <section>
        <button (click)="chat.send('Hello')"></button>
        <p [class]="chat.status()">{{ chat.content() }}</p>
        @if (chat.error(); as error) {
          <p role="alert">{{ error.message }}</p>
        }
      </section>
    }
  `,
})
export class App {
  readonly byHttpClient = injectConversation({ request: { model: 'any' } });
  readonly byFetch = injectConversation({ request: { model: 'any' }, config: () => ({ baseURL }) });
}
