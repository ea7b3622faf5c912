import { getEventListeners } from 'node:events';

import { onAbort } from '../../lib/rx/onAbort';

describe('onAbort', () => {
  it('adds one listener for all subscribers, and removes it after the last', () => {
    const { signal } = new AbortController();
    const subscriptions = Array.from({ length: 20 }, () => onAbort(signal).subscribe());
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    subscriptions.forEach((subscription) => subscription.unsubscribe());
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    onAbort(signal).subscribe();
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  });

  it('emits to all subscribers in the tick of the abort', () => {
    const controller = new AbortController();
    let emitted = 0;
    for (let i = 0; i < 20; i += 1) onAbort(controller.signal).subscribe(() => (emitted += 1));
    controller.abort();
    expect(emitted).toBe(20);
  });

  it('does not emit at the abort of another signal', () => {
    const [one, two] = [new AbortController(), new AbortController()];
    let emitted = 0;
    onAbort(one.signal).subscribe(() => (emitted += 1));
    two.abort();
    expect(emitted).toBe(0);
  });
});
