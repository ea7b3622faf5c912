import { NEVER, VirtualTimeScheduler } from 'rxjs';

import type { ChatCompletionChunk } from '../../../lib/codec/ChatCompletionChunk';
import type { Decoded } from '../../../lib/decode/decode';
import { TimeoutError } from '../../../lib/errors';
import { chatTimeout } from '../../../lib/operators/resilience/chatTimeout';
import { marbles } from '../../helpers/marbles';
import { deltaOf, said } from '../../helpers/said';

describe('chatTimeout', () => {
  it('fails, and lets go of the source, when the first event does not come', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -------h-|', said);
      const subs = '         ^---!     ';
      const first = time('   ----|     ');
      const expected = '     ----#     ';
      expectObservable(source$.pipe(chatTimeout({ first }))).toBe(
        expected,
        said,
        new TimeoutError('first', first),
      );
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('does not limit the silence after the first event by "first"', () => {
    marbles(({ cold, time, expectObservable }) => {
      const source$ = cold(' --h-------l-|', said);
      const first = time('   ----|        ');
      const expected = '     --h-------l-|';
      expectObservable(source$.pipe(chatTimeout({ first }))).toBe(expected, said);
    });
  });

  it('fails, and lets go of the source, after a silence', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -h-l-------f|', said);
      const subs = '         ^------!     ';
      const idle = time('       ----|     ');
      const expected = '     -h-l---#     ';
      expectObservable(source$.pipe(chatTimeout({ idle }))).toBe(
        expected,
        said,
        new TimeoutError('idle', idle),
      );
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('does not limit the wait for the first event by "idle"', () => {
    marbles(({ cold, time, expectObservable }) => {
      const source$ = cold(' ---------h-l|', said);
      const idle = time('    ----|        ');
      const expected = '     ---------h-l|';
      expectObservable(source$.pipe(chatTimeout({ idle }))).toBe(expected, said);
    });
  });

  it('counts a silence from the last event, whatever came before', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -h--l--h--l------|', said);
      const subs = '         ^-------------!   ';
      const idle = time('              ----|   ');
      const expected = '     -h--l--h--l---#   ';
      expectObservable(source$.pipe(chatTimeout({ idle }))).toBe(
        expected,
        said,
        new TimeoutError('idle', idle),
      );
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('bears a silence that is shorter than the limit by one frame', () => {
    marbles(({ cold, time, expectObservable }) => {
      const source$ = cold(' -h---l---f---|', said);
      const idle = time('     -----|       ');
      const expected = '     -h---l---f---|';
      expectObservable(source$.pipe(chatTimeout({ idle }))).toBe(expected, said);
    });
  });

  it('fails when the whole takes too long, however lively it is', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -h-l-h-l-h-l-|', said);
      const subs = '         ^-----!       ';
      const total = time('   ------|       ');
      const expected = '     -h-l-h#       ';
      expectObservable(source$.pipe(chatTimeout({ total }))).toBe(
        expected,
        said,
        new TimeoutError('total', total),
      );
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('takes completing during a wait for no silence', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -h-|', said);
      const subs = '         ^--!';
      const ms = time('       ---|');
      const expected = '     -h-|';
      expectObservable(source$.pipe(chatTimeout({ first: ms, idle: ms, total: 9 }))).toBe(expected, said);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('stops its timers when it is let go of', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -h---', said);
      const unsub = '        ^--! ';
      const expected = '     -h---';
      expectObservable(source$.pipe(chatTimeout({ first: 9, idle: 9, total: 9 })), unsub).toBe(
        expected,
        said,
      );
      expectSubscriptions(source$.subscriptions).toBe(unsub);
    });
  });

  it('takes usage, an empty text and an unreadable chunk for signs of life', () => {
    marbles(({ cold, time, expectObservable }) => {
      const source$ = cold(' -h---r---u---L---|', said);
      const idle = time('     -----|           ');
      const expected = '     -h---r---u---L---|';
      expectObservable(source$.pipe(chatTimeout({ idle }))).toBe(expected, said);
    });
  });

  it.each(['r', 'z', 'u', 'L', 'E'])('takes %s for none when only content counts', (empty) => {
    marbles(({ cold, time, expectObservable }) => {
      const source$ = cold(` -h--${empty}----|`, said);
      const idle = time('     -----|   ');
      const expected = `     -h--${empty}-#   `;
      const result$ = source$.pipe(chatTimeout({ idle, counts: 'content' }));
      expectObservable(result$).toBe(expected, said, new TimeoutError('idle', idle));
    });
  });

  it.each(['h', 't', 'c', 'o', 'v', 'w'])('takes %s for one when only content counts', (full) => {
    const all = {
      ...said,
      v: deltaOf({ refusal: 'I will not' }),
      w: deltaOf({ function_call: { arguments: '{' } }),
    };
    marbles(({ cold, time, expectObservable }) => {
      const source$ = cold(` -h--${full}----|`, all);
      const idle = time('     -----|   ');
      const expected = `     -h--${full}----|`;
      expectObservable(source$.pipe(chatTimeout({ idle, counts: 'content' }))).toBe(expected, all);
    });
  });

  it('ends the wait for the first event at any event, though only content counts', () => {
    marbles(({ cold, time, expectObservable }) => {
      const source$ = cold(' -r-----h-|', said);
      const first = time('   ----|     ');
      const expected = '     -r-----h-|';
      expectObservable(source$.pipe(chatTimeout({ first, counts: 'content' }))).toBe(expected, said);
    });
  });

  it.each([undefined, Infinity, 2 ** 31, NaN])('sets no limit at %p', (ms) => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -h 3456000s l-|', said);
      const expected = '     -h 3456000s l-|';
      const result$ = source$.pipe(chatTimeout({ first: ms, idle: ms, total: ms }));
      expectObservable(result$).toBe(expected, said);
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
    expect(failed).toHaveBeenCalledWith(new TimeoutError('first', 5_000));
    expect(scheduler.now()).toBe(5_000);
  });

  it('keeps the waits of two subscriptions apart', () => {
    marbles(({ cold, time, expectObservable }) => {
      const source$ = cold<Decoded<ChatCompletionChunk>>('-');
      const first = time('          ----|   ');
      const early = '               ----#   ';
      const late = '                ------# ';
      const result$ = source$.pipe(chatTimeout({ first }));
      expectObservable(result$).toBe(early, undefined, new TimeoutError('first', first));
      expectObservable(result$, '   --^').toBe(late, undefined, new TimeoutError('first', first));
    });
  });
});
