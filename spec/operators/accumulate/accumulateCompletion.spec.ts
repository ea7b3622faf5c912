import type { ChatCompletion } from '../../../lib/codec/ChatCompletion';
import { accumulateCompletion } from '../../../lib/operators/accumulate/accumulateCompletion';
import { marbles } from '../../helpers/marbles';
import { frames } from '../../helpers/frames';

/** Fields around every chunk, as in a completion that is not streamed. */
const envelope = { id: 'chatcmpl-1', object: 'chat.completion', created: 1_790_000_000, model: 'scripted' };
const answer = (content: string | null, finish_reason: string | null = null, index = 0) => ({
  index,
  message: { role: 'assistant', content },
  finish_reason,
});
const usage = { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 };

describe('accumulateCompletion', () => {
  it('emits the completion so far at each chunk that adds to it', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -h-l-f-u-|', frames);
      const subs = '         ^--------!';
      const expected = '     -w-x-y-z-|';
      expectObservable(source$.pipe(accumulateCompletion())).toBe(expected, {
        w: { ...envelope, choices: [answer('Hel')] },
        x: { ...envelope, choices: [answer('Hello')] },
        y: { ...envelope, choices: [answer('Hello', 'stop')] },
        z: { ...envelope, choices: [answer('Hello', 'stop')], usage },
      });
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('holds all choices, in the order of their index', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -o-h-g-|', frames);
      const expected = '     -x-y-z-|';
      expectObservable(source$.pipe(accumulateCompletion())).toBe(expected, {
        x: { ...envelope, choices: [answer('Moi', null, 1)] },
        y: { ...envelope, choices: [answer('Hel'), answer('Moi', null, 1)] },
        z: { ...envelope, choices: [answer('Hel'), answer('Moi', 'stop', 1)] },
      });
    });
  });

  it('reads usage from a chunk without choices', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -u-|', frames);
      const expected = '     -x-|';
      expectObservable(source$.pipe(accumulateCompletion())).toBe(expected, {
        x: { ...envelope, choices: [], usage },
      });
    });
  });

  it('keeps null without text', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -z-|', frames);
      const expected = '     -x-|';
      const x = { object: 'chat.completion', choices: [answer(null)] };
      expectObservable(source$.pipe(accumulateCompletion())).toBe(expected, { x });
    });
  });

  it('is empty again after a restart', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -h-R-l-|', frames);
      const expected = '     -x-0-y-|';
      expectObservable(source$.pipe(accumulateCompletion())).toBe(expected, {
        x: { ...envelope, choices: [answer('Hel')] },
        0: { object: 'chat.completion', choices: [] },
        y: { ...envelope, choices: [answer('lo')] },
      });
    });
  });

  it('emits nothing for an end without a reason', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -h-(E|)', frames);
      const expected = '     -x-|';
      const x = { ...envelope, choices: [answer('Hel')] };
      expectObservable(source$.pipe(accumulateCompletion())).toBe(expected, { x });
    });
  });

  it('keeps a choice that did not change the same object', () => {
    const seen: ChatCompletion[] = [];
    marbles(({ cold, flush }) => {
      cold('-o-h-l-|', frames)
        .pipe(accumulateCompletion())
        .subscribe((completion) => seen.push(completion));
      flush();
    });
    expect(seen).toHaveLength(3);
    expect(seen[2]?.choices[1]).toBe(seen[0]?.choices[0]);
    expect(seen[0]?.choices).toHaveLength(1);
  });
});
