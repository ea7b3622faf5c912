import { isResponseHead } from '../../lib/transport/transport';
import { bytesOf } from '../helpers/reads';

describe('isResponseHead', () => {
  it('is true for the head and false for the reads after it', () => {
    expect(isResponseHead({ status: 200, headers: {} })).toBe(true);
    for (const read of [bytesOf('status'), new Uint8Array(), Buffer.from('status')])
      expect(isResponseHead(read)).toBe(false);
  });
});
