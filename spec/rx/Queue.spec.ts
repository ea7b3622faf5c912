import '../helpers/properties';

import fc from 'fast-check';

import { Queue } from '../../lib/rx/Queue';

describe('Queue', () => {
  it('returns values in the order they were added, whatever is added and removed between', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('push', 'shift', 'clear')), (steps) => {
        const queue = new Queue<number>();
        const model: number[] = [];
        steps.forEach((step, n) => {
          if (step === 'push') {
            queue.push(n);
            model.push(n);
          } else if (step === 'shift') {
            expect(queue.shift()).toBe(model.shift());
          } else {
            queue.clear();
            model.length = 0;
          }
          expect(queue.length).toBe(model.length);
        });
      }),
    );
  });
});
