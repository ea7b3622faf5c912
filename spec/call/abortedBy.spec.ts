import { getEventListeners } from 'node:events';

import { NEVER, type Observable, of, Subject } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import type { ChatConfig } from '../../lib/call/config';
import { AbortedError } from '../../lib/errors';
import type { Bytes, ResponseHead } from '../../lib/transport/transport';
import { frames } from '../helpers/frames';
import { marbles } from '../helpers/marbles';
import { sending } from '../helpers/sending';
import { wire } from '../helpers/wire';

const request = { model: 'any', messages: [] };

/** A stream as it is sent. */
const stream = '--H-h-l-f-D|';

describe('the signal of a call', () => {
  /** A call that is aborted in a frame; listeners to the signal are counted at its end. */
  function aborted(frame: number, apiKey?: ChatConfig['apiKey']) {
    const controller = new AbortController();
    const { signal } = controller;
    const at = (cold: (marbles: string) => Observable<unknown>): void => {
      cold(`${'-'.repeat(frame)}x`).subscribe(() => controller.abort(new Error('enough')));
    };
    return { at, config: { signal, apiKey }, listeners: () => getEventListeners(signal, 'abort').length };
  }

  it.each([
    ['while the head is awaited', 1, '-#', '^!'],
    ['after the head', 3, '---#', '^--!'],
    ['after some text', 5, '----h#', '^----!'],
  ])('ends the call %s, and unsubscribes from the answer', (_, frame, expected, subs) => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const { at, config, listeners } = aborted(frame);
      const answer$ = cold(stream, wire);
      at(cold);
      const result$ = chatCompletion$({ ...config, transport: () => answer$ }, request);
      expectObservable(result$).toBe(expected, frames, new AbortedError());
      expectSubscriptions(answer$.subscriptions).toBe(subs);
      flush();
      expect(listeners()).toBe(0);
    });
  });

  it('ends the call while the key is awaited', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const key$ = cold('---k', { k: 'sk-1' });
      const { at, config, listeners } = aborted(2, () => key$);
      const { sent, transport } = sending(NEVER);
      at(cold);
      expectObservable(chatCompletion$({ ...config, transport }, request)).toBe(
        '--#',
        frames,
        new AbortedError(),
      );
      expectSubscriptions(key$.subscriptions).toBe('^-!');
      flush();
      expect(sent).toEqual([]);
      expect(listeners()).toBe(0);
    });
  });

  it('ends the call before a request if it is already aborted', () => {
    const apiKey = jest.fn(() => of('sk-1'));
    marbles(({ expectObservable, flush }) => {
      const { sent, transport } = sending(NEVER);
      const signal = AbortSignal.abort();
      expectObservable(chatCompletion$({ signal, apiKey, transport }, request)).toBe(
        '#',
        frames,
        new AbortedError(),
      );
      flush();
      expect(apiKey).not.toHaveBeenCalled();
      expect(sent).toEqual([]);
    });
  });

  it('is listened to only until the call completes, fails or is unsubscribed from', () => {
    const { signal } = new AbortController();
    const listeners = (): number => getEventListeners(signal, 'abort').length;
    const config = { signal, transport: () => answer$ };
    const answer$ = new Subject<ResponseHead | Bytes>();
    const subscribe = () => chatCompletion$(config, request).subscribe({ error: () => undefined });
    expect(listeners()).toBe(0);

    const subscriptions = [subscribe(), subscribe()];
    expect(listeners()).toBe(1);
    subscriptions[0]?.unsubscribe();
    expect(listeners()).toBe(1);
    subscriptions[1]?.unsubscribe();
    expect(listeners()).toBe(0);

    subscribe();
    [wire.H, wire.f, wire.D].forEach((part) => answer$.next(part));
    expect(listeners()).toBe(0);

    subscribe();
    expect(listeners()).toBe(1);
    answer$.error(new Error('reset'));
    expect(listeners()).toBe(0);
  });

  it('changes nothing when it is aborted after the end', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const { at, config } = aborted(12);
      const answer$ = cold(' --H-h-l-f-D---|', wire);
      const subs = '         ^-------------!';
      const expected = '     ----h-l-f-|';
      at(cold);
      expectObservable(chatCompletion$({ ...config, transport: () => answer$ }, request)).toBe(
        expected,
        frames,
      );
      expectSubscriptions(answer$.subscriptions).toBe(subs);
    });
  });

  it('is the cause of the error', () => {
    const failed = jest.fn<undefined, [AbortedError]>();
    const reason = new Error('enough');
    chatCompletion$({ signal: AbortSignal.abort(reason) }, request).subscribe({ error: failed });
    expect(failed.mock.calls[0]?.[0].cause).toBe(reason);
  });
});
