import {
  provideBrowserGlobalErrorListeners,
  provideZonelessChangeDetection,
  type ApplicationConfig,
} from '@angular/core';
import { provideClientHydration } from '@angular/platform-browser';

export const appConfig: ApplicationConfig = {
  // The user chooses the server, so the conversation takes its config. An app with a fixed server calls
  // `provideChatCompletions({ baseURL: '/v1' })` here.
  providers: [
    provideBrowserGlobalErrorListeners(),
    // The default since Angular 21.
    provideZonelessChangeDetection(),
    provideClientHydration(),
  ],
};
