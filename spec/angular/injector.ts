// Angular's packages are partially compiled; this import compiles the rest.
import '@angular/compiler';

import {
  createEnvironmentInjector,
  Injector,
  runInInjectionContext,
  type EnvironmentInjector,
  type EnvironmentProviders,
  type Provider,
  PLATFORM_ID,
} from '@angular/core';

/** Creates an app without a page: an injector. */
export function appOf(
  providers: readonly (Provider | EnvironmentProviders)[],
  platform: 'browser' | 'server' = 'browser',
): { readonly run: <T>(inside: () => T) => T; readonly destroy: () => void } {
  const parent = Injector.create({ providers: [{ provide: PLATFORM_ID, useValue: platform }] });
  /* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- of Angular's own making */
  const app = createEnvironmentInjector([...providers], parent as EnvironmentInjector);
  return { run: (inside) => runInInjectionContext(app, inside), destroy: () => app.destroy() };
}
