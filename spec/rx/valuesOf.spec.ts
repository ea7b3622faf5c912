import {
  from,
  lastValueFrom,
  of,
  Subject,
  toArray,
  type Observable,
  type Observer,
  type Subscription,
} from 'rxjs';

import { valuesOf } from '../../lib/rx/valuesOf';

const valuesIn = (value$: Observable<unknown>): Promise<unknown[]> => lastValueFrom(value$.pipe(toArray()));

/** An Observable that is not one of RxJS. */
class Foreign {
  subscribe(observer: Partial<Observer<number>>): Subscription {
    return from([1, 2]).subscribe(observer);
  }

  [(Symbol.observable as symbol | undefined) ?? '@@observable'](): this {
    return this;
  }
}

describe('valuesOf', () => {
  it.each<[string, unknown]>([
    ['a string', 'ab'],
    ['a list', [1, 2]],
    ['an empty list', []],
    ['a number', 0],
    ['false', false],
    ['null', null],
    ['undefined', undefined],
    ['a function', () => 7],
    ['bytes', new Uint8Array([1, 2])],
    ['a Map', new Map([['a', 1]])],
    ['an object', { celsius: 7 }],
    ['an object with the fields of an iterator and a list', { next: 'page 2', then: 'stop', length: 2 }],
  ])('emits %s as one value', async (_, value) => {
    expect(await valuesIn(valuesOf(value))).toEqual([value]);
  });

  it.each<[string, () => unknown]>([
    ['an Observable', () => of(1, 2)],
    ['an Observable of another library', () => new Foreign()],
    [
      'a web stream of a browser without async iterables',
      () => {
        const read$ = new ReadableStream<number>({
          start(controller) {
            controller.enqueue(1);
            controller.enqueue(2);
            controller.close();
          },
        });
        return { getReader: () => read$.getReader() };
      },
    ],
    [
      'a generator',
      function* () {
        yield 1;
        yield 2;
      },
    ],
    [
      'an async generator',
      async function* () {
        yield 1;
        yield await Promise.resolve(2);
      },
    ],
  ])('emits the values of %s', async (_, create) => {
    expect(await valuesIn(valuesOf(create()))).toEqual([1, 2]);
  });

  it('emits the value of a promise, of any object with `then`', async () => {
    expect(await valuesIn(valuesOf(Promise.resolve([1])))).toEqual([[1]]);
    const thenable = { then: (resolve: (value: number) => void) => resolve(1) } as PromiseLike<number>;
    expect(await valuesIn(valuesOf(thenable))).toEqual([1]);
  });

  it('subscribes to a Subject, which has the method of a generator too', () => {
    const subject = new Subject<number>();
    const got: number[] = [];
    valuesOf(subject).subscribe((value) => got.push(value));
    subject.next(1);
    expect(got).toEqual([1]);
  });
});
