import { throwError } from 'rxjs';

import { comparable, marbles } from './marbles';

class Refused extends Error {
  override readonly name = 'Refused';
  constructor(readonly status: number) {
    super('refused');
  }
}

class Lost extends Error {
  override readonly name = 'Lost';
  constructor(readonly status: number) {
    super('refused');
  }
}

function streamFailsWith(actual: Error, expected: Error): () => void {
  return () => {
    marbles(({ expectObservable }) => {
      expectObservable(throwError(() => actual)).toBe('#', undefined, expected);
    });
  };
}

function streamEmits(actual: unknown, expected: unknown): () => void {
  return () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('a', { a: actual })).toBe('a', { a: expected });
    });
  };
}

describe('marbles', () => {
  it('compares errors of one class by their fields', () => {
    streamFailsWith(new Refused(500), new Refused(500))();
  });

  it('fails for errors that differ in a field', () => {
    expect(streamFailsWith(new Refused(500), new Refused(501))).toThrow(/501/);
  });

  it('fails for errors that differ in their class', () => {
    expect(streamFailsWith(new Refused(500), new Lost(500))).toThrow(/Lost/);
  });

  it('ignores the cause of an error', () => {
    streamFailsWith(new Error('failed', { cause: new Error('reset') }), new Error('failed'))();
  });

  it('compares the errors inside values', () => {
    streamEmits({ seen: [new Refused(500)] }, { seen: [new Refused(500)] })();
    expect(streamEmits({ seen: [new Refused(500)] }, { seen: [new Refused(501)] })).toThrow(/501/);
  });

  it('compares fields with a symbol as their key', () => {
    const mark = Symbol.for('mark');
    expect(streamEmits({ [mark]: 'restarted' }, { [mark]: 'ended' })).toThrow(/ended/);
  });

  it('fails when a subscription ends at another frame', () => {
    const run = (): void => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const source$ = cold('-a|');
        expectObservable(source$).toBe('-a|');
        expectSubscriptions(source$.subscriptions).toBe('^--!');
      });
    };
    expect(run).toThrow();
  });
});

describe('comparable', () => {
  it('follows a value that contains itself', () => {
    const error: Error & { self?: unknown } = new Error('loop');
    error.self = error;
    const copy = comparable(error) as { self: unknown };
    expect(copy.self).toBe(copy);
  });

  it('keeps an instance of a class as it is', () => {
    const bytes = new Uint8Array([1, 2]);
    expect(comparable({ bytes })).toEqual({ bytes });
    expect((comparable({ bytes }) as { bytes: unknown }).bytes).toBe(bytes);
  });
});
