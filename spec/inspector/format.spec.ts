import fc from 'fast-check';

import { formatBytes, formatCount } from '../../lib/inspector/view/show/format';

describe('formatCount', () => {
  it('has a comma between thousands, as toLocaleString has', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (count) => expect(formatCount(count)).toBe(count.toLocaleString('en'))),
    );
  });
});

describe('formatBytes', () => {
  it('has a unit of a thousand', () => {
    expect([0, 999, 1_000, 168_540, 16_000_000].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '168.5 kB',
      '16.0 MB',
    ]);
  });
});
