import { NEVER, VirtualTimeScheduler } from 'rxjs';

import type { ChatCompletionChunk } from '../../../lib/codec/ChatCompletionChunk';
import type { Decoded } from '../../../lib/decode/decode';
import { ChatTimeoutError, RequestError } from '../../../lib/errors';
import { chatTimeout } from '../../../lib/operators/resilience/chatTimeout';
import { marbles } from '../../helpers/marbles';
import { deltaOf, frames } from '../../helpers/frames';

describe('chatTimeout', () => {
  it('errors and unsubscribes from the source when the first event is missing', () => {
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

  it('does not apply "first" after the first event', () => {
    marbles(({ cold, time, expectObservable }) => {
      const source$ = cold(' --h-------l-|', frames);
      const first = time('   ----|        ');
      const expected = '     --h-------l-|';
      expectObservable(source$.pipe(chatTimeout({ first }))).toBe(expected, frames);
    });
  });

  it('errors and unsubscribes from the source when it is idle', () => {
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

  it('does not apply "idle" before the first event', () => {
    marbles(({ cold, time, expectObservable }) => {
      const source$ = cold(' ---------h-l|', frames);
      const idle = time('    ----|        ');
      const expected = '     ---------h-l|';
      expectObservable(source$.pipe(chatTimeout({ idle }))).toBe(expected, frames);
    });
  });

  it('measures idle time from the last event', () => {
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

  it('allows a gap that is one frame shorter than the limit', () => {
    marbles(({ cold, time, expectObservable }) => {
      const source$ = cold(' -h---l---f---|', frames);
      const idle = time('     -----|       ');
      const expected = '     -h---l---f---|';
      expectObservable(source$.pipe(chatTimeout({ idle }))).toBe(expected, frames);
    });
  });

  it('errors when the total time is over its limit, despite activity', () => {
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

  it('does not error when the source completes during a wait', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -h-|', frames);
      const subs = '         ^--!';
      const ms = time('       ---|');
      const expected = '     -h-|';
      expectObservable(source$.pipe(chatTimeout({ first: ms, idle: ms, total: 9 }))).toBe(expected, frames);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('stops its timers when it is unsubscribed', () => {
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

  it('counts usage, an empty text and an undecodable chunk as activity', () => {
    marbles(({ cold, time, expectObservable }) => {
      const source$ = cold(' -h---r---u---L---|', frames);
      const idle = time('     -----|           ');
      const expected = '     -h---r---u---L---|';
      expectObservable(source$.pipe(chatTimeout({ idle }))).toBe(expected, frames);
    });
  });

  it.each(['r', 'z', 'u', 'L', 'E'])('does not count %s as activity under `content`', (empty) => {
    marbles(({ cold, time, expectObservable }) => {
      const source$ = cold(` -h--${empty}----|`, frames);
      const idle = time('     -----|   ');
      const expected = `     -h--${empty}-#   `;
      const result$ = source$.pipe(chatTimeout({ idle, activity: 'content' }));
      expectObservable(result$).toBe(expected, frames, new ChatTimeoutError('idle', idle));
    });
  });

  it.each(['h', 't', 'c', 'o', 'v', 'w'])('counts %s as activity under `content`', (full) => {
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

  it('ends the wait for the first event at any event, also under `content`', () => {
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

  it('schedules nothing for a stream without events when only "idle" is limited', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold<Decoded<ChatCompletionChunk>>('-');
      expectObservable(source$.pipe(chatTimeout({ idle: 4 }))).toBe('-');
    });
  });

  it('schedules its waits with the given scheduler', () => {
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

it.each([30_000, undefined])('throws with %p in place of options', (options) => {
  expect(() => chatTimeout(options as never)).toThrow(
    new RequestError('options must be an object: chatTimeout({ idle: 30_000 })'),
  );
});
