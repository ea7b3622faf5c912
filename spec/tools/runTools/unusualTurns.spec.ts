import { right } from 'fp-ts/Either';
import { defer, from, lastValueFrom, map, of, throwError, toArray, type Observable } from 'rxjs';
import { finishChunk, toolCallChunk, toolCallChunks } from 'rxjs-chat-completions/testing';

import { markedChunk } from '../../../lib/codec/mark';
import { retryChat } from '../../../lib/operators/resilience/retryChat';
import { partialInputs } from '../../../lib/tools/partialInputs';
import { runTools$ } from '../../../lib/tools/runTools';
import { httpError } from '../../helpers/httpError';
import { marbles } from '../../helpers/marbles';
import { calling, faultsOf, sends } from '../../helpers/toolEvents';
import {
  afterTurn,
  answered,
  briefly,
  l,
  request,
  runs,
  t$,
  taking,
  w,
  w7,
  type Chunk,
} from '../../helpers/toolRuns';

describe('runTools$: unusual turns', () => {
  it('takes a request that was parsed from JSON with null for no tools', async () => {
    const send = sends(t$);
    await lastValueFrom(runTools$(send, { ...request, tools: null as never }, [w7]));
    expect(send.requests[0]?.tools).toHaveLength(1);
  });

  it('runs a tool named like a property of every object', () => {
    for (const name of ['constructor', '__proto__', 'toString']) {
      runs(
        runTools$(sends(of(...calling({ name, arguments: {} })), t$), request, [taking(name, () => of(7))]),
        [...afterTurn, `${name}?`, `${name}: 7`, `${name} = 7`, ...answered],
      );
    }
  });

  it('runs no tool of a turn that starts again', () => {
    const restart = right(markedChunk({ kind: 'restarted', attempt: 2 }));
    const send = sends(of(right(toolCallChunk(w)), restart, ...calling(l)), t$);
    runs(runTools$(send, request, [w7, taking('l', () => of(1))]), [
      'ask 1',
      'chunk',
      'chunk',
      'chunk',
      'chunk',
      'end 1',
      'l?',
      'l: 1',
      'l = 1',
      ...answered,
    ]);
  });

  it('runs the tools of earlier turns once, if a later turn is sent again', () => {
    marbles(({ expectObservable, flush }) => {
      let ran = 0;
      let asked = 0;
      const busy = httpError({ status: 503, serverMessage: 'busy', retryable: true });
      const send = (): Observable<Chunk> =>
        defer(() => {
          asked += 1;
          if (asked === 2) return throwError(() => busy);
          return asked === 1 ? of(...calling(w)) : t$;
        });
      const counting = taking('w', () => of((ran += 1)));
      const event$ = runTools$(() => send().pipe(retryChat({ random: () => 0.5 })), request, [counting]);
      expectObservable(
        event$.pipe(
          briefly(),
          toArray(),
          map((all) => all.slice(5)),
        ),
      ).toBe('250ms (a|)', {
        a: ['w: 1', 'w = 1', ...answered],
      });
      flush();
      expect([ran, asked]).toEqual([1, 3]);
    });
  });

  it('takes a thousand calls in one turn', async () => {
    let ran = 0;
    const calls = Array.from({ length: 1_000 }, (_, n) => ({ ...w, id: `id${n}` }));
    const send = sends(of(...calling(...calls)), t$);
    await lastValueFrom(runTools$(send, request, [taking('w', () => of((ran += 1)))]));
    expect(ran).toBe(1_000);
    expect(faultsOf(send.requests[1]?.messages ?? [])).toEqual([]);
  });

  it('reads arguments of 1 MB in 20,000 deltas', async () => {
    const text = JSON.stringify({
      list: Array.from({ length: 20_000 }, (_, n) => `entry number ${n} of a long list of many more`),
    });
    const pieces = text.match(/.{1,50}/gs) ?? [];
    const chunks = toolCallChunks({ name: 'w', arguments: text, id: 'c0' }, pieces).map((chunk) =>
      right(chunk),
    );
    let size = 0;
    const spy = taking('w', (input: { readonly list: readonly string[] }) => [(size = input.list.length)]);
    await lastValueFrom(
      runTools$(sends(from([...chunks, right(finishChunk('tool_calls'))]), t$), request, [spy], {
        partialInputs,
      }),
    );
    expect(pieces.length).toBeGreaterThan(19_000);
    expect(size).toBe(20_000);
  });
});
