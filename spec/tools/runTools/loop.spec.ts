import { delay, EMPTY, lastValueFrom, map, NEVER, of, toArray } from 'rxjs';

import { runTools$ } from '../../../lib/tools/runTools';
import type { AnyTool } from '../../../lib/tools/tool';
import { marbles } from '../../helpers/marbles';
import { brief, calling, saying, sends } from '../../helpers/toolEvents';
import {
  afterTurn,
  answered,
  briefly,
  eventsOf,
  l,
  repliesIn,
  request,
  runs,
  t$,
  taking,
  w,
  w7,
  withoutInput,
  type Chunk,
} from '../../helpers/toolRuns';

describe('runTools$', () => {
  it('runs the calls of a turn in parallel once it has ended, and sends the next request when all have results', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const [callW, callL, finish] = calling(w, l) as [Chunk, Chunk, Chunk];
      const [text, stop] = saying('t') as [Chunk, Chunk];
      const one$ = cold('      -w-l-f|                   ', { w: callW, l: callL, f: finish });
      const runL$ = cold('           -----0-5-9|         ');
      const runW$ = cold('           -----------7|       ');
      const whileL = '         ------^---------!         ';
      const whileW = '         ------^-----------!       ';
      const two$ = cold('                        -----t-f|', { t: text, f: stop });
      const whileTwo = '       ------------------^-------!';
      const expected = '       sc-c-c(eWL)0-5-9R7(Qs)-c-c(nD|)';
      const values = {
        s: 'ask 1',
        c: 'chunk',
        e: 'end 1',
        W: 'w?',
        L: 'l?',
        R: 'l = 9',
        Q: 'w = 7',
        n: 'end 2',
        D: 'answered',
      };
      const progress = { 0: 'l: 0', 5: 'l: 5', 9: 'l: 9', 7: 'w: 7' };
      const event$ = runTools$(sends(one$, two$), request, [
        taking('w', () => runW$),
        taking('l', () => runL$),
      ]);
      expectObservable(
        event$.pipe(
          withoutInput(),
          map((event) => (event.type === 'step-start' ? 'ask' : brief(event))),
        ),
      ).toBe(expected, { ...values, ...progress, s: 'ask' });
      expectSubscriptions(runL$.subscriptions).toBe(whileL);
      expectSubscriptions(runW$.subscriptions).toBe(whileW);
      expectSubscriptions(two$.subscriptions).toBe(whileTwo);
    });
  });

  it('does nothing before it is subscribed to, and starts again for each subscription', async () => {
    const send = sends(of(...calling(w)), t$, of(...calling(w)), t$);
    const run$ = runTools$(send, request, [w7]);
    expect(send.requests).toHaveLength(0);
    await lastValueFrom(run$);
    await lastValueFrom(run$);
    expect(send.requests.map(({ messages }) => messages.length)).toEqual([1, 3, 1, 3]);
  });

  it('ends tools and approvals in the tick in which it is unsubscribed from', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const run$ = cold('       ----------|');
      const approval$ = cold('  -----------', { y: true });
      const unsub = '           ----!      ';
      const whileOpen = '       ^---!      ';
      const tools = [taking('w', () => run$), taking('l', () => of(1), { needsApproval: true })];
      const event$ = runTools$(sends(of(...calling(w, l))), request, tools, { approve: () => approval$ });
      expectObservable(
        event$.pipe(
          withoutInput(),
          map(() => 'x'),
        ),
        unsub,
      ).toBe('(xxxxxxxx)', { x: 'x' });
      expectSubscriptions(run$.subscriptions).toBe(whileOpen);
      expectSubscriptions(approval$.subscriptions).toBe(whileOpen);
    });
  });

  it('ends a request in the tick in which it is unsubscribed from', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const answer$ = cold('    ----------|');
      const unsub = '           ----!      ';
      const whileOpen = '       ^---!      ';
      expectObservable(runTools$(sends(answer$ as never), request, []).pipe(briefly()), unsub).toBe('a', {
        a: 'ask 1',
      });
      expectSubscriptions(answer$.subscriptions).toBe(whileOpen);
    });
  });

  it('aborts the signal of a tool only if it is unsubscribed from', async () => {
    const signals: AbortSignal[] = [];
    const slow = taking('w', (_, { signal }) => (signals.push(signal), NEVER));
    const quick = taking('l', (_, { signal }) => (signals.push(signal), [1]));
    runTools$(sends(of(...calling(l, w))), request, [slow, quick])
      .subscribe()
      .unsubscribe();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
    await lastValueFrom(runTools$(sends(of(...calling(l)), t$), request, [quick]));
    expect(signals[2]?.aborted).toBe(false);
  });

  it('emits nothing after it is unsubscribed from, whatever a tool does', async () => {
    const got: string[] = [];
    let late = (): void => undefined;
    const stubborn = taking('w', () => new Promise<number>((resolve) => (late = () => resolve(7))));
    const run = runTools$(sends(of(...calling(w))), request, [stubborn]).subscribe((event) =>
      got.push(brief(event)),
    );
    run.unsubscribe();
    const before = got.length;
    late();
    await Promise.resolve();
    expect(got).toHaveLength(before);
  });

  it.each<[string, AnyTool['run'], string[]]>([
    ['an Observable', () => of(1, 2), ['w: 1', 'w: 2', 'w = 2']],
    ['an Observable without a value', () => EMPTY, ['w = ']],
    ['a list, which is one value', () => [1, 2], ['w: 1,2', 'w = 1,2']],
    ['a string, which is one value', () => 'ab', ['w: ab', 'w = ab']],
    ['a number', () => 7, ['w: 7', 'w = 7']],
    ['nothing', () => undefined, ['w: undefined', 'w = undefined']],
    [
      'a generator',
      function* () {
        yield 1;
        yield 2;
      },
      ['w: 1', 'w: 2', 'w = 2'],
    ],
  ])('takes a tool that gives %s', (_, run, results) => {
    runs(runTools$(sends(of(...calling(w)), t$), request, [taking('w', run)]), [
      ...afterTurn,
      'w?',
      ...results,
      ...answered,
    ]);
  });

  it.each<[string, AnyTool['run'], string[]]>([
    ['a promise', () => Promise.resolve(1), ['w: 1', 'w = 1']],
    [
      'an async generator',
      async function* () {
        yield 1;
        yield await Promise.resolve(2);
      },
      ['w: 1', 'w: 2', 'w = 2'],
    ],
    ['a promise that is rejected', () => Promise.reject(new Error('no')), ['w ! ToolFailed']],
  ])('takes a tool that gives %s', async (_, run, results) => {
    const events = await eventsOf(runTools$(sends(of(...calling(w)), t$), request, [taking('w', run)]));
    expect(events.map(brief)).toEqual([...afterTurn, 'w?', ...results, ...answered]);
  });

  it('replies in the order of the calls, whichever ends first', async () => {
    const slow = taking('w', () => of('slow').pipe(delay(2)));
    const send = sends(of(...calling(w, l, w)), t$);
    await lastValueFrom(runTools$(send, request, [slow, taking('l', () => of('quick'))]));
    expect(repliesIn(send.requests[1]?.messages)).toEqual(['slow', 'quick', 'slow']);
  });

  it('runs at most `concurrency` calls at a time', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const run$ = cold('--7|');
      const event$ = runTools$(sends(of(...calling(w, w, w)), t$), request, [taking('w', () => run$)], {
        concurrency: 2,
      });
      expectObservable(
        event$.pipe(
          withoutInput(),
          map(() => 0),
          toArray(),
          map(({ length }) => length),
        ),
      ).toBe('------(n|)', { n: 20 });
      expectSubscriptions(run$.subscriptions).toBe(['^--!', '^--!', '---^--!']);
    });
  });

  it('passes the call and the conversation before it to a tool', async () => {
    const seen: unknown[] = [];
    const spy = taking('w', (input, { id, step, messages }) => [
      seen.push([input, id, step, messages.length]),
    ]);
    await lastValueFrom(
      runTools$(sends(of(...calling(w)), of(...calling({ ...w, id: 'd' })), t$), request, [spy]),
    );
    expect(seen).toEqual([
      [{}, 'c0', 1, 1],
      [{}, 'd', 2, 3],
    ]);
  });
});
