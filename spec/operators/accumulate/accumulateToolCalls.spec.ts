import { concat, EMPTY, from, NEVER, throwError, type Observable } from 'rxjs';
import { TruncatedError } from 'rxjs-chat-completions';
import { finishChunk, textChunk, toolCallChunk } from 'rxjs-chat-completions/testing';

import type { AccumulatedToolCall } from '../../../lib/fold/AccumulatedToolCall';
import { accumulateToolCalls } from '../../../lib/operators/accumulate/accumulateToolCalls';
import { marbles } from '../../helpers/marbles';
import { decoded, frames } from '../../helpers/frames';

const call = (text: string, rest: Partial<AccumulatedToolCall> = {}): AccumulatedToolCall => ({
  id: 'call_0',
  type: 'function',
  name: 'weather',
  arguments: text,
  complete: false,
  ...rest,
});
const oslo = '{"city":"Oslo"}';

describe('accumulateToolCalls', () => {
  it('joins the fragments of a call, which is complete at the finish reason', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -c-d-e-k-u-|', frames);
      const subs = '         ^----------!';
      const expected = '     -w-x-y-z---|';
      expectObservable(source$.pipe(accumulateToolCalls())).toBe(expected, {
        w: [call('')],
        x: [call('{"city":')],
        y: [call(oslo)],
        z: [call(oslo, { complete: true })],
      });
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('emits an empty list at completion without a call', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -r-z-h-t-f-u-|', frames);
      const expected = '     -------------(e|)';
      expectObservable(source$.pipe(accumulateToolCalls())).toBe(expected, { e: [] });
    });
  });

  it('completes a call at "stop" too, which OpenAI sends after a forced one', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -c-f-|', frames);
      const expected = '     -x-y-|';
      const values = { x: [call('')], y: [call('', { complete: true })] };
      expectObservable(source$.pipe(accumulateToolCalls())).toBe(expected, values);
    });
  });

  it('never completes a call of an answer that became too long', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -c-d-x-|', frames);
      const expected = '     -x-y---|';
      const values = { x: [call('')], y: [call('{"city":')] };
      expectObservable(source$.pipe(accumulateToolCalls())).toBe(expected, values);
    });
  });

  it('never completes a call when the answer ends without a reason', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -c-(E|)', frames);
      const expected = '     -x-|';
      expectObservable(source$.pipe(accumulateToolCalls())).toBe(expected, { x: [call('')] });
    });
  });

  it('ignores the end of another choice', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -c-g-|', frames);
      const expected = '     -x---|';
      expectObservable(source$.pipe(accumulateToolCalls())).toBe(expected, { x: [call('')] });
    });
  });

  it('follows another choice with `choice`', () => {
    const other = {
      ...frames,
      o: decoded(toolCallChunk({ name: 'weather', arguments: oslo }, { choice: 1 })),
    };
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -c-o-g-|', other);
      const expected = '     ---x-y-|';
      const values = { x: [call(oslo)], y: [call(oslo, { complete: true })] };
      expectObservable(source$.pipe(accumulateToolCalls({ choice: 1 }))).toBe(expected, values);
    });
  });

  it('emits an empty list at a restart', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -c-R-c-|', frames);
      const expected = '     -x-0-x-|';
      expectObservable(source$.pipe(accumulateToolCalls())).toBe(expected, { x: [call('')], 0: [] });
    });
  });

  it('keeps a call that did not change the same object', () => {
    const second = decoded(toolCallChunk({ index: 1, name: 'time', arguments: {} }));
    const seen: AccumulatedToolCall[][] = [];
    marbles(({ cold, flush }) => {
      cold('-c-s-h-|', { c: frames.c, s: second, h: decoded(textChunk('Hel')) })
        .pipe(accumulateToolCalls())
        .subscribe((calls) => seen.push([...calls]));
      flush();
    });
    expect(seen.map((calls) => calls.map(({ name }) => name))).toEqual([['weather'], ['weather', 'time']]);
    expect(seen[1]?.[0]).toBe(seen[0]?.[0]);
  });

  it.each<[string, Observable<never>]>([
    ['completion', EMPTY],
    ['an error', throwError(() => new TruncatedError())],
  ])('copies a number of calls that is linear in the chunks, and has all of them at %s', (_, end$) => {
    const count = 3_000;
    const chunks = Array.from({ length: count }, (_, index) =>
      decoded(toolCallChunk({ index, id: `${index}`, name: 'time', arguments: {} })),
    );
    const lengths: number[] = [];
    concat(from(chunks), end$)
      .pipe(accumulateToolCalls())
      .subscribe({ next: ({ length }) => lengths.push(length), error: () => undefined });
    expect(lengths.slice(0, 64)).toEqual(Array.from({ length: 64 }, (_, at) => at + 1));
    expect(lengths.at(-1)).toBe(count);
    expect(lengths.reduce((sum, length) => sum + length)).toBeLessThan(70 * count);
  });

  it.each([
    ['', []],
    [', after the end of another choice', [frames.g]],
    [', after a restart', [frames.k, frames.R]],
  ])('emits more than 64 calls of one chunk, and all calls when they are complete%s', (_, before) => {
    const calls = Array.from({ length: 100 }, (_, index) =>
      toolCallChunk({ index, name: 'time', arguments: {} }),
    );
    const together = calls.flatMap(({ choices }) => choices?.[0]?.delta?.tool_calls ?? []);
    const seen: Array<readonly [number, boolean | undefined]> = [];
    const chunk$ = from([
      ...before,
      decoded({ choices: [{ index: 0, delta: { tool_calls: together } }] }),
      decoded(finishChunk('tool_calls')),
    ]);
    concat(chunk$, NEVER)
      .pipe(accumulateToolCalls())
      .subscribe((list) => seen.push([list.length, list.at(-1)?.complete]));
    expect(seen).toEqual([
      [100, false],
      [100, true],
    ]);
  });
});
