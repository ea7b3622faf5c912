import { NEVER, VirtualTimeScheduler } from 'rxjs';

import type { ChatCompletionChunk } from '../../../lib/codec/ChatCompletionChunk';
import type { Decoded } from '../../../lib/decode/decode';
import { ChatTimeoutError } from '../../../lib/errors';
import { chatTimeout } from '../../../lib/operators/resilience/chatTimeout';
import { marbles } from '../../helpers/marbles';
import { deltaOf, frames } from '../../helpers/said';

describe('chatTimeout', () => {
  it('fails, and lets go of the source, when the first event does not come', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -------h-|', frames);
      const subs = '         ^---!     ';
      const first = time('   ----|     ');
      const expected = '     ----#     ';
      expectObservable(source$.pipe(chatTimeout({ first }))).toBe(
        expected,
        frames,
        new ChatTimeoutError('first', first),
      );
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('does not limit the silence after the first event by "first"', () => {
    marbles(({ cold, time, expectObservable }) => {
      const source$ = cold(' --h-------l-|', frames);
      const first = time('   ----|        ');
      const expected = '     --h-------l-|';
      expectObservable(source$.pipe(chatTimeout({ first }))).toBe(expected, frames);
    });
  });

  it('fails, and lets go of the source, after a silence', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -h-l-------f|', frames);
      const subs = '         ^------!     ';
      const idle = time('       ----|     ');
      const expected = '     -h-l---#     ';
      expectObservable(source$.pipe(chatTimeout({ idle }))).toBe(
        expected,
        frames,
        new ChatTimeoutError('idle', idle),
      );
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('does not limit the wait for the first event by "idle"', () => {
    marbles(({ cold, time, expectObservable }) => {
      const source$ = cold(' ---------h-l|', frames);
      const idle = time('    ----|        ');
      const expected = '     ---------h-l|';
      expectObservable(source$.pipe(chatTimeout({ idle }))).toBe(expected, frames);
    });
  });

  it('counts a silence from the last event, whatever came before', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -h--l--h--l------|', frames);
      const subs = '         ^-------------!   ';
      const idle = time('              ----|   ');
      const expected = '     -h--l--h--l---#   ';
      expectObservable(source$.pipe(chatTimeout({ idle }))).toBe(
        expected,
        frames,
        new ChatTimeoutError('idle', idle),
      );
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('bears a silence that is shorter than the limit by one frame', () => {
    marbles(({ cold, time, expectObservable }) => {
      const source$ = cold(' -h---l---f---|', frames);
      const idle = time('     -----|       ');
      const expected = '     -h---l---f---|';
      expectObservable(source$.pipe(chatTimeout({ idle }))).toBe(expected, frames);
    });
  });

  it('fails when the whole takes too long, however lively it is', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -h-l-h-l-h-l-|', frames);
      const subs = '         ^-----!       ';
      const total = time('   ------|       ');
      const expected = '     -h-l-h#       ';
      expectObservable(source$.pipe(chatTimeout({ total }))).toBe(
        expected,
        frames,
        new ChatTimeoutError('total', total),
      );
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('takes completing during a wait for no silence', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -h-|', frames);
      const subs = '         ^--!';
      const ms = time('       ---|');
      const expected = '     -h-|';
      expectObservable(source$.pipe(chatTimeout({ first: ms, idle: ms, total: 9 }))).toBe(expected, frames);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('stops its timers when it is let go of', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -h---', frames);
      const unsub = '        ^--! ';
      const expected = '     -h---';
      expectObservable(source$.pipe(chatTimeout({ first: 9, idle: 9, total: 9 })), unsub).toBe(
        expected,
        frames,
      );
      expectSubscriptions(source$.subscriptions).toBe(unsub);
    });
  });

  it('takes usage, an empty text and an unreadable chunk for signs of life', () => {
    marbles(({ cold, time, expectObservable }) => {
      const source$ = cold(' -h---r---u---L---|', frames);
      const idle = time('     -----|           ');
      const expected = '     -h---r---u---L---|';
      expectObservable(source$.pipe(chatTimeout({ idle }))).toBe(expected, frames);
    });
  });

  it.each(['r', 'z', 'u', 'L', 'E'])('takes %s for none when only content counts', (empty) => {
    marbles(({ cold, time, expectObservable }) => {
      const source$ = cold(` -h--${empty}----|`, frames);
      const idle = time('     -----|   ');
      const expected = `     -h--${empty}-#   `;
      const result$ = source$.pipe(chatTimeout({ idle, activity: 'content' }));
      expectObservable(result$).toBe(expected, frames, new ChatTimeoutError('idle', idle));
    });
  });

  it.each(['h', 't', 'c', 'o', 'v', 'w'])('takes %s for one when only content counts', (full) => {
    const all = {
      ...frames,
      v: deltaOf({ refusal: 'I will not' }),
      w: deltaOf({ function_call: { arguments: '{' } }),
    };
    marbles(({ cold, time, expectObservable }) => {
      const source$ = cold(` -h--${full}----|`, all);
      const idle = time('     -----|   ');
      const expected = `     -h--${full}----|`;
      expectObservable(source$.pipe(chatTimeout({ idle, activity: 'content' }))).toBe(expected, all);
    });
  });

  it('ends the wait for the first event at any event, though only content counts', () => {
    marbles(({ cold, time, expectObservable }) => {
      const source$ = cold(' -r-----h-|', frames);
      const first = time('   ----|     ');
      const expected = '     -r-----h-|';
      expectObservable(source$.pipe(chatTimeout({ first, activity: 'content' }))).toBe(expected, frames);
    });
  });

  it.each([undefined, Infinity, 2 ** 31, NaN])('sets no limit at %p', (ms) => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -h 3456000s l-|', frames);
      const expected = '     -h 3456000s l-|';
      const result$ = source$.pipe(chatTimeout({ first: ms, idle: ms, total: ms }));
      expectObservable(result$).toBe(expected, frames);
    });
  });

  it('leaves nothing to do for a stream that never begins, when only silence is limited', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold<Decoded<ChatCompletionChunk>>('-');
      expectObservable(source$.pipe(chatTimeout({ idle: 4 }))).toBe('-');
    });
  });

  it('waits by the scheduler it is given', () => {
    const scheduler = new VirtualTimeScheduler();
    const failed = jest.fn();
    NEVER.pipe(chatTimeout({ first: 5_000, scheduler })).subscribe({ error: failed });
    expect(failed).not.toHaveBeenCalled();
    scheduler.flush();
    expect(failed).toHaveBeenCalledWith(new ChatTimeoutError('first', 5_000));
    expect(scheduler.now()).toBe(5_000);
  });

  it('keeps the waits of two subscriptions apart', () => {
    marbles(({ cold, time, expectObservable }) => {
      const source$ = cold<Decoded<ChatCompletionChunk>>('-');
      const first = time('          ----|   ');
      const early = '               ----#   ';
      const late = '                ------# ';
      const result$ = source$.pipe(chatTimeout({ first }));
      expectObservable(result$).toBe(early, undefined, new ChatTimeoutError('first', first));
      expectObservable(result$, '   --^').toBe(late, undefined, new ChatTimeoutError('first', first));
    });
  });
});
