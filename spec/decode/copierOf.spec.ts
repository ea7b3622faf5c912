import fc from 'fast-check';

import { copierOf } from '../../lib/decode/copierOf';

describe('copierOf', () => {
  it('remembers no names of megabytes', () => {
    // The first spec: the places are still free.
    const keys = jest.spyOn(Map.prototype, 'set');
    const object = { ['x'.repeat(1_000_000)]: 1 };
    expect(copierOf(object)(object)).toStrictEqual(object);
    expect(keys).not.toHaveBeenCalled();
    keys.mockRestore();
  });

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
