// Angular's packages are compiled on the way; this is what does it.
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

/** An app without a page, for what needs an injector alone. */
export function appOf(
  providers: readonly (Provider | EnvironmentProviders)[],
  platform: 'browser' | 'server' = 'browser',
): { readonly run: <T>(inside: () => T) => T; readonly destroy: () => void } {
  const parent = Injector.create({ providers: [{ provide: PLATFORM_ID, useValue: platform }] });
  /* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- of Angular's own making */
  const app = createEnvironmentInjector([...providers], parent as EnvironmentInjector);
  return { run: (inside) => runInInjectionContext(app, inside), destroy: () => app.destroy() };
}
