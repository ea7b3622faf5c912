import { bootstrapApplication } from '@angular/platform-browser';

import { defineInspector } from 'rxjs-chat-completions/inspector';

import { App } from './app/app';
import { appConfig } from './app/app.config';

defineInspector();
bootstrapApplication(App, appConfig).catch((error: unknown) => console.error(error));
