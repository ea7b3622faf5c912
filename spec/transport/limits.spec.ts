import { defaultLimits } from '../../lib/transport/limits';

describe('defaultLimits', () => {
  it('are the documented values', () => {
    const mebi = 1024 * 1024;
    expect(defaultLimits).toEqual({
      line: 16 * mebi,
      event: 16 * mebi,
      answer: 64 * mebi,
      errorBody: 64 * 1024,
    });
  });
});
