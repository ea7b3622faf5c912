import { of } from 'rxjs';

import { deferCounted } from '../../lib/rx/deferCounted';

describe('deferCounted', () => {
  it('passes the number of each subscription, from 1', () => {
    const numbers: number[] = [];
    const create = jest.fn((subscription: number) => of(subscription));
    const counted$ = deferCounted(create);
    expect(create).not.toHaveBeenCalled();
    for (const source$ of [counted$, counted$, deferCounted(create)]) {
      source$.subscribe((subscription) => numbers.push(subscription));
    }
    expect(numbers).toEqual([1, 2, 1]);
  });
});
