import '../../helpers/properties';

import fc from 'fast-check';
import { concat, concatMap, from, map, of, Subject, throwError, timer, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';

import { concatMapGated } from '../../../lib/operators/flow/concatMapGated';
import { toAsyncIterable } from '../../../lib/operators/flow/toAsyncIterable';
import { COMPLETE, concatItems } from '../../../lib/rx/concatItems';
import { ReadGate } from '../../../lib/transport/ReadGate';

const lost = new Error('lost');
const full = new Error('full');

/** Records values and the end; a notification after the end fails the spec. */
function recorded(value$: Observable<unknown>, seen: unknown[]): void {
  value$.subscribe({
    next: (value) => seen.push(value),
    error: (error: unknown) => seen.push(error),
    complete: () => seen.push('complete'),
  });
}

const end = fc.constantFrom('complete' as const, 'error' as const);
const gap = fc.nat(5);

describe('concatMapGated', () => {
  /** A value of the source: the time before it, and the work for it. */
  const work = fc.record({
    gap,
    delays: fc.array(gap, { maxLength: 3 }),
    fails: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
  });

  it('loses nothing and emits nothing after the end, whatever the schedule', () => {
    fc.assert(
      fc.property(fc.array(work, { maxLength: 8 }), gap, end, (works, last, ending) => {
        const seen: unknown[] = [];
        const gate = new ReadGate();
        new TestScheduler(() => undefined).run(({ flush }) => {
          const source$ = concat(
            from(works).pipe(concatMap((each, index) => after(each.gap, index))),
            after(last, 0).pipe(concatMap(() => (ending === 'error' ? throwError(() => lost) : []))),
          );
          const project = (index: number): Observable<unknown> =>
            concat(
              from(works[index]!.delays).pipe(concatMap((delay, place) => after(delay, `${index}.${place}`))),
              works[index]!.fails ? throwError(() => full) : [],
            );
          recorded(source$.pipe(concatMapGated(project, gate)), seen);
          flush();
        });
        const failing = works.findIndex(({ fails }) => fails);
        const done = failing < 0 ? works : works.slice(0, failing + 1);
        expect(seen).toEqual([
          ...done.flatMap(({ delays }, index) => delays.map((_, place) => `${index}.${place}`)),
          failing >= 0 ? full : ending === 'error' ? lost : 'complete',
        ]);
        expect(gate.isOpen).toBe(true);
      }),
    );
  });
});

/** Emits a value after a time; synchronously after none. */
const after = <T>(ms: number, value: T): Observable<T> =>
  ms === 0 ? of(value) : timer(ms).pipe(map(() => value));

describe('concatItems', () => {
  const item = fc.oneof({ weight: 12, arbitrary: fc.nat(9) }, fc.constantFrom(lost, COMPLETE));
  const batch = fc.array(item, { maxLength: 4 });
  /** Events of the source: reads and its end; `nested` of them while the value before is emitted. */
  const script = fc.record({ reads: fc.array(batch, { maxLength: 6 }), ending: end, nested: fc.nat(7) });

  it('emits what the source sent before its end, in order, also when a consumer causes it', () => {
    fc.assert(
      fc.property(script, ({ reads, ending, nested }) => {
        const source$ = new Subject<readonly (number | Error | typeof COMPLETE)[]>();
        const events = [
          ...reads.map((read) => (): void => source$.next(read)),
          (): void => (ending === 'error' ? source$.error(full) : source$.complete()),
        ];
        let left = nested;
        const seen: unknown[] = [];
        recorded(
          source$.pipe(
            concatItems((read: readonly (number | Error | typeof COMPLETE)[]) => read),
            map((value) => {
              for (; left > 0; left -= 1) events.shift()?.();
              return value;
            }),
          ),
          seen,
        );
        while (events.length > 0) events.shift()?.();

        const items = [...reads.flat(), ending === 'error' ? full : COMPLETE];
        const last = items.findIndex((each) => typeof each !== 'number');
        expect(seen).toEqual(items.slice(0, last + 1).map((each) => (each === COMPLETE ? 'complete' : each)));
      }),
    );
  });
});

describe('toAsyncIterable', () => {
  it('resolves every request in order: the values, the end, and nothing after it', async () => {
    const steps = fc.array(fc.constantFrom('value' as const, 'request' as const), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(steps, end, async (order, ending) => {
        const source$ = new Subject<number>();
        const gate = new ReadGate();
        const iterator = toAsyncIterable(source$, gate)[Symbol.asyncIterator]();
        const requests: Array<Promise<unknown>> = [];
        const request = (): void => {
          requests.push(iterator.next().catch((error: unknown) => error));
        };
        let sent = 0;
        for (const step of order) {
          if (step === 'value') source$.next(sent++);
          else request();
          expect(gate.isOpen).toBe(requests.length > sent);
        }
        if (ending === 'error') source$.error(lost);
        else source$.complete();
        while (requests.length < sent + 3) request();

        const done = { done: true, value: undefined };
        const ended = ending === 'error' ? lost : done;
        const values = Array.from({ length: sent }, (_, value) => ({ done: false, value }));
        const rest = Array.from({ length: requests.length - sent - 1 }, () => done);
        expect(await Promise.all(requests)).toEqual([...values, ended, ...rest]);
        expect(gate.isOpen).toBe(true);
      }),
    );
  });

  it('holds the gate again when opening it emits at once', async () => {
    const gate = new ReadGate();
    const source$ = new Subject<number>();
    let sent = 0;
    gate.isOpen$.subscribe((isOpen) => {
      if (isOpen && source$.observed) source$.next((sent += 1));
    });
    const iterator = toAsyncIterable(source$, gate)[Symbol.asyncIterator]();
    expect(await iterator.next()).toEqual({ done: false, value: 1 });
    expect([gate.isOpen, sent]).toEqual([false, 1]);
    expect(await iterator.next()).toEqual({ done: false, value: 2 });
    expect([gate.isOpen, sent]).toEqual([false, 2]);
  });
});
