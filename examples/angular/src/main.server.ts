import { mergeApplicationConfig } from '@angular/core';
import { bootstrapApplication, type BootstrapContext } from '@angular/platform-browser';
import { provideServerRendering } from '@angular/ssr';

import { App } from './app/app';
import { appConfig } from './app/app.config';

/** Renders the page when it is built, so that it is there before the scripts are. */
const bootstrap = (context: BootstrapContext) =>
  bootstrapApplication(
    App,
    mergeApplicationConfig(appConfig, { providers: [provideServerRendering()] }),
    context,
  );

export default bootstrap;
