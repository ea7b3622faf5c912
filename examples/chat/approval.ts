import { defer, filter, map, of, scan, take, tap, type Observable } from 'rxjs';
import type { Verdict } from 'rxjs-chat-completions/tools';

import { hasKeyboard, replyKey$ } from './keyboard';
import type { Screen } from './screen';

/**
 * Prompts the user to allow something, and emits the decision: `y` and Enter allow it, any other line denies it.
 *
 * A single key is not enough: it may belong to a question that the user is typing for later. Without a keyboard it is denied,
 * with a reason.
 */
export function approval$(question: string, screen: Screen): Observable<Verdict> {
  return defer(() => {
    if (!hasKeyboard())
      return of({ deny: 'there is no terminal to ask in; --yes runs tools without asking' });
    screen.ask(`${question} [y/N] `);
    const endLine = (): void => screen.info('');
    return replyKey$.pipe(
      tap((typed) => screen.echo(typed.replace(/[\r\n]/g, ''))),
      scan((line, typed) => line + typed, ''),
      filter((line) => /[\r\n]/.test(line)),
      take(1),
      map((line) => /^y(?:es)?$/i.test(line.trim())),
      // Before the result of the tool is printed, and when the question is stopped.
      tap({ next: endLine, unsubscribe: endLine }),
    );
  });
}
