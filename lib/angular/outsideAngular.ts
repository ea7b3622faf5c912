import { assertInInjectionContext, inject, NgZone } from '@angular/core';
import { Observable } from 'rxjs';

/**
 * Subscribes outside Angular's zone, for apps with zone.js; what comes is passed on there too.
 *
 * Inside the zone each read of the network and each frame that is waited for is a reason to check the whole app, however
 * seldom `perFrame` passes anything on, and the app is not stable before the answer has ended. What comes outside is
 * drawn all the same where a signal, `toSignal` or the `async` pipe takes it, and is not where a plain field does. Without
 * zone.js it changes nothing. {@link injectConversation} does this by itself.
 *
 * @returns An operator of this injection context, to be kept and put last: below `perFrame`, inside `switchMap`.
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
  // Nobody provides one to an injector without an app.
  const zone = inject(NgZone, { optional: true });
  return (source$) =>
    zone
      ? new Observable((subscriber) => zone.runOutsideAngular(() => source$.subscribe(subscriber)))
      : source$;
}
