import { PlatformLocation } from '@angular/common';
import { HttpBackend, HttpClient, HttpXhrBackend } from '@angular/common/http';
import { inject } from '@angular/core';

import { changeConfig } from '../call/changeConfig';
import { pageUrl, parseUrl } from '../request/url';
import { httpClientTransport } from './httpClientTransport';
import type { ChatFeature } from './provideChatCompletions';

/**
 * Sends requests with Angular's `HttpClient`, so interceptors and `HttpTestingController` apply to them.
 *
 * Costs more than `fetch`: Angular keeps the full text of a response, and passes all of it on with every read. On
 * Angular 20 and 21 the app needs `provideHttpClient(withFetch())`, with `HttpClient`'s own `withFetch`. The older backend
 * streams too, but exists only in a browser. During server-side rendering a relative `baseURL` belongs to the URL of the page, and
 * interceptors see one that begins with `/` as in the browser.
 *
 * @example A token from an interceptor
 * ```ts
 * import { provideHttpClient, withFetch, withInterceptors, type HttpInterceptorFn } from '@angular/common/http';
 * import type { ApplicationConfig } from '@angular/core';
 * import { provideChatCompletions, withHttpClient } from 'rxjs-chat-completions/angular';
 *
 * const withToken: HttpInterceptorFn = (request, next) =>
 *   next(request.clone({ setHeaders: { authorization: 'Bearer of-this-app' } }));
 *
 * export const appConfig: ApplicationConfig = {
 *   providers: [
 *     provideHttpClient(withFetch(), withInterceptors([withToken])),
 *     provideChatCompletions({ baseURL: '/api/v1' }, withHttpClient()),
 *   ],
 * };
 * ```
 */
export const withHttpClient = (): ChatFeature => ({
  configure: (config) => {
    const redirect = inject(HttpBackend, { optional: true }) instanceof HttpXhrBackend ? 'follow' : 'manual';
    const page = pageUrl() === undefined ? inject(PlatformLocation, { optional: true })?.href : undefined;
    const { baseURL = '' } = config;
    const isRelative = baseURL !== '' && parseUrl(baseURL) === undefined;
    const resolved = isRelative ? parseUrl(baseURL, page) : undefined;
    return changeConfig(config, {
      baseURL: resolved?.href ?? config.baseURL,
      transport: httpClientTransport(inject(HttpClient), {
        redirect,
        // That of the page: `//host` is another one.
        ...(resolved && page && { origin: new URL(page).origin }),
      }),
    });
  },
});
