import { provideZonelessChangeDetection } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';

import { App, providers } from './app';

bootstrapApplication(App, { providers: [provideZonelessChangeDetection(), ...providers] }).catch(
  (error: unknown) => console.error(error),
);
