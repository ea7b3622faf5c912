import { mergeApplicationConfig } from '@angular/core';
import { bootstrapApplication, type BootstrapContext } from '@angular/platform-browser';
import { provideServerRendering } from '@angular/ssr';

import { App } from './app/app';
import { appConfig } from './app/app.config';

/** Prerenders the page, so that it is visible before the scripts are loaded. */
const bootstrap = (context: BootstrapContext) =>
  bootstrapApplication(
    App,
    mergeApplicationConfig(appConfig, { providers: [provideServerRendering()] }),
    context,
  );

export default bootstrap;
