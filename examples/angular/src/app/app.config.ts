import {
  provideBrowserGlobalErrorListeners,
  provideZonelessChangeDetection,
  type ApplicationConfig,
} from '@angular/core';
import { provideClientHydration } from '@angular/platform-browser';

export const appConfig: ApplicationConfig = {
  // The server is a setting of this page, so the conversation is given its config; where an app has one server,
  // `provideChatCompletions({ baseURL: '/v1' })` stands here.
  providers: [
    provideBrowserGlobalErrorListeners(),
    // The default since Angular 21; 20 must be told.
    provideZonelessChangeDetection(),
    provideClientHydration(),
  ],
};
