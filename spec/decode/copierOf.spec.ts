import fc from 'fast-check';

import { copierOf } from '../../lib/decode/copierOf';

describe('copierOf', () => {
  it('copies objects of any number of shapes', () => {
    for (let i = 0; i < 200; i += 1) {
      const object = { [`field ${i}`]: i, nested: {} };
      const copy = copierOf(object)(object);
      expect(copy).not.toBe(object);
      expect(copy).toStrictEqual(object);
      expect(copy.nested).toBe(object.nested);
    }
  });

  it('returns a function that copies any other object as well', () => {
    fc.assert(
      fc.property(fc.object(), fc.object(), (like, object) => {
        const copy = copierOf(like)(object);
        expect(Object.entries(copy)).toEqual(Object.entries(object));
        expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
      }),
    );
  });
});
