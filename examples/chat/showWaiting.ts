import { ignoreElements, merge, take, tap, timer, type MonoTypeOperatorFunction } from 'rxjs';

import type { Screen } from './screen';

/** The part of a screen that shows what the program waits for. */
export type StatusScreen = Pick<Screen, 'live' | 'info' | 'status'>;

/** Milliseconds before the program shows that it is waiting. */
const NOTICE_MS = 300;

/** Mirrors the first value of the source, and shows a text while that is late. */
export const showWaiting =
  <T>(text: string, screen: StatusScreen): MonoTypeOperatorFunction<T> =>
  (source$) => {
    const notice$ = timer(NOTICE_MS).pipe(
      tap(() => (screen.live ? screen.status(text) : screen.info(text))),
      ignoreElements(),
    );
    const clear = (): void => screen.status('');
    return merge(source$, notice$).pipe(take(1), tap({ next: clear, error: clear }));
  };
