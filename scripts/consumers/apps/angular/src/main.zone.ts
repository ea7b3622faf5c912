import { provideZoneChangeDetection } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';

import { App, providers } from './app';

bootstrapApplication(App, {
  providers: [provideZoneChangeDetection({ eventCoalescing: true }), ...providers],
}).catch((error: unknown) => console.error(error));
