import { accumulateContent, chatCompletion$, ReadGate, ChatTimeoutError } from 'rxjs-chat-completions';
import { bytesOf, head200 } from 'rxjs-chat-completions/testing';

import { marbles } from '../helpers/marbles';

const request = { model: 'any', messages: [] };

describe('ReadGate', () => {
  it('is open until it is held, and opens when the last hold is released', () => {
    const gate = new ReadGate();
    const states: boolean[] = [];
    gate.isOpen$.subscribe((isOpen) => states.push(isOpen));
    const [first, second] = [gate.hold(), gate.hold()];
    expect(gate.isOpen).toBe(false);
    first();
    first();
    expect(gate.isOpen).toBe(false);
    second();
    expect(gate.isOpen).toBe(true);
    expect(states).toEqual([false, true]);
  });

  it('emits at each change', () => {
    const gate = new ReadGate();
    const states: boolean[] = [];
    gate.isOpen$.subscribe((isOpen) => states.push(isOpen));
    gate.hold()();
    gate.hold()();
    expect(states).toEqual([false, true, false, true]);
  });

  it('does not count a pause by the consumer as idle time', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const gate = new ReadGate();
      const wire$ = cold('h-a 30ms b', { h: head200, a: bytesOf('Hel'), b: bytesOf('lo') });
      const timeouts = { idle: 10 };
      let release = (): void => undefined;
      hot('               ---h 20ms o').subscribe((turn) => {
        if (turn === 'h') release = gate.hold();
        else release();
      });
      const text$ = chatCompletion$({ transport: () => wire$, gate, timeouts }, request).pipe(
        accumulateContent(),
      );
      expectObservable(text$).toBe(
        '--x 30ms y 9ms #',
        { x: 'Hel', y: 'Hello' },
        new ChatTimeoutError('idle', 10),
      );
    });
  });

  it('does not count a pause by the consumer as waiting for the first event', () => {
    marbles(({ cold, expectObservable }) => {
      const gate = new ReadGate();
      const release = gate.hold();
      cold('20ms a').subscribe(release);
      const wire$ = cold('h', { h: head200 });
      const text$ = chatCompletion$({ transport: () => wire$, gate, timeouts: { first: 10 } }, request);
      expectObservable(text$).toBe('30ms #', undefined, new ChatTimeoutError('first', 10));
    });
  });
});
