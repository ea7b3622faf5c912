import { assertInInjectionContext, inject, NgZone } from '@angular/core';
import { Observable } from 'rxjs';

/**
 * Subscribes outside Angular's zone, for apps with zone.js, and emits there too.
 *
 * Inside the zone each network read and each animation frame starts change detection for the full app, however rarely
 * `perFrame` emits, and the app is not stable before the answer has ended. Values emitted outside the zone are still
 * rendered when a signal, `toSignal` or the `async` pipe takes them; a plain field does not update the view. Without zone.js
 * it changes nothing. {@link injectConversation} uses it.
 *
 * @returns An operator of this injection context. Keep it, and put it last: below `perFrame`, inside `switchMap`.
 *
 * @example
 * ```ts
 * import { Component } from '@angular/core';
 * import { toSignal } from '@angular/core/rxjs-interop';
 * import { Subject, switchMap } from 'rxjs';
 * import { perFrame, toChatState } from 'rxjs-chat-completions';
 * import { injectChatCompletions, outsideAngular } from 'rxjs-chat-completions/angular';
 *
 * @Component({ selector: 'app-answer', template: `{{ answer()?.content }}` })
 * export class AnswerComponent {
 *   private readonly chat = injectChatCompletions();
 *   private readonly outside = outsideAngular();
 *   readonly question$ = new Subject<string>();
 *
 *   readonly answer = toSignal(
 *     this.question$.pipe(
 *       switchMap((content) =>
 *         this.chat
 *           .chatCompletion$({ model: 'llama3.2', messages: [{ role: 'user', content }] })
 *           .pipe(toChatState(), perFrame(), this.outside),
 *       ),
 *     ),
 *   );
 * }
 * ```
 */
export function outsideAngular(): <T>(source$: Observable<T>) => Observable<T> {
  assertInInjectionContext(outsideAngular);
  // An injector without an app has none.
  const zone = inject(NgZone, { optional: true });
  return (source$) =>
    zone
      ? new Observable((subscriber) => zone.runOutsideAngular(() => source$.subscribe(subscriber)))
      : source$;
}
