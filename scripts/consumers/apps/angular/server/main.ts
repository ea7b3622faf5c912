// The app on a server that prerenders it, without requests to a model.
import { provideZonelessChangeDetection } from '@angular/core';
import { bootstrapApplication, type BootstrapContext } from '@angular/platform-browser';
import { provideRouter, type Routes } from '@angular/router';
import { provideServerRendering, RenderMode, withRoutes } from '@angular/ssr';

import { App, providers } from '../src/app';

const routes: Routes = [{ path: '', children: [] }];

export default (context: BootstrapContext) =>
  bootstrapApplication(
    App,
    {
      providers: [
        provideZonelessChangeDetection(),
        provideRouter(routes),
        provideServerRendering(withRoutes([{ path: '', renderMode: RenderMode.Prerender }])),
        ...providers,
      ],
    },
    context,
  );
