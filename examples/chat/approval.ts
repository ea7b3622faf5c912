import { defer, filter, finalize, map, of, take, tap, type Observable } from 'rxjs';
import type { Verdict } from 'rxjs-chat-completions/tools';

import { hasKeyboard, replyKey$ } from './keyboard';
import type { Screen } from './screen';

/**
 * Prompts the user to allow something, and emits the decision: `y` allows it, any other key denies it.
 *
 * Without a keyboard it is denied, with a reason.
 */
export function approval$(question: string, screen: Screen): Observable<Verdict> {
  return defer(() => {
    if (!hasKeyboard())
      return of({ deny: 'there is no terminal to ask in; --yes runs tools without asking' });
    screen.ask(`${question} [y/N] `);
    let isAnswered = false;
    return replyKey$.pipe(
      filter((typed) => /^[\p{L}\r\n ]/u.test(typed)),
      take(1),
      map((typed) => /^y/i.test(typed)),
      tap((isAllowed) => {
        isAnswered = true;
        screen.info(isAllowed ? 'yes' : 'no');
      }),
      // Ends the line of a question that was stopped.
      finalize(() => isAnswered || screen.info('')),
    );
  });
}
