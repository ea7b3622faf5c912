import { throwError, type Observable } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import type { keepCompiled } from '../../lib/call/keepCompiled';
import type { ChatConfig } from '../../lib/call/config';

/** Loads a copy of the module, which keeps one stream for the life of a process. */
function loaded(): typeof keepCompiled {
  let keep: typeof keepCompiled | undefined;
  jest.isolateModules(() => {
    ({ keepCompiled: keep } = jest.requireActual<{ keepCompiled: typeof keepCompiled }>(
      '../../lib/call/keepCompiled',
    ));
  });
  if (keep === undefined) throw new Error('the module did not load');
  return keep;
}

describe('keepCompiled', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('opens one stream after the second, which emits nothing and waits for nothing', () => {
    const keep = loaded();
    const seen: string[] = [];
    const stream = (config: ChatConfig): Observable<unknown> => {
      seen.push('opened');
      const chunk$ = chatCompletion$(config, { model: '', messages: [] });
      chunk$.subscribe({
        next: () => seen.push('chunk'),
        error: () => seen.push('error'),
        complete: () => seen.push('complete'),
      });
      return chunk$;
    };
    keep(stream);
    expect(seen).toEqual([]);
    keep(stream);
    keep(stream);
    jest.runAllTimers();
    expect(seen).toEqual(['opened']);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('ignores the error of a stream that cannot be opened', () => {
    const keep = loaded();
    keep(() => throwError(() => new Error('no TextDecoder')));
    keep(() => throwError(() => new Error('no TextDecoder')));
    expect(() => jest.runAllTimers()).not.toThrow();
  });
});
