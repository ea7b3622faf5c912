import { delay, lastValueFrom, map, of, tap, toArray, type Observable } from 'rxjs';

import type { Message } from '../../../lib/request/Message';
import type { ToolEvent } from '../../../lib/tools/events';
import { runTools$ } from '../../../lib/tools/runTools';
import { toRunState } from '../../../lib/tools/toRunState';
import { marbles } from '../../helpers/marbles';
import { brief, calling, faultsOf, sends } from '../../helpers/toolEvents';
import {
  briefly,
  callsIn,
  doneOf,
  eventsOf,
  l,
  repliesIn,
  request,
  t$,
  taking,
  w,
  w7,
  type Chunk,
} from '../../helpers/toolRuns';

describe('runTools$: suspended and resumed', () => {
  const slow = taking('slow', () => of('done').pipe(delay(3)));
  const asking = taking('w', () => of(7), { needsApproval: true });
  const turn = (): Observable<Chunk> =>
    of(
      ...calling(
        { name: 'slow', arguments: {} },
        w,
        { name: 'x', arguments: {} },
        { name: 'slow', arguments: {} },
      ),
    );

  it('ends with what is pending, and waits for what runs', () => {
    marbles(({ expectObservable }) => {
      const event$ = runTools$(sends(turn()), request, [slow, asking], {
        approve: () => of('suspend' as const),
      });
      expectObservable(event$.pipe(briefly(), toArray())).toBe('---(a|)', {
        a: [
          'ask 1',
          'chunk',
          'chunk',
          'chunk',
          'chunk',
          'chunk',
          'end 1',
          'x ! UnknownTool',
          'slow?',
          'w?',
          'w may?',
          'slow: done',
          'slow = done',
          'suspended',
        ],
      });
    });
  });

  it('waits for no other approval', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const never$ = cold('   ------');
      const later$ = cold('   --s', { s: 'suspend' as const });
      const event$ = runTools$(sends(of(...calling(w, l))), request, [asking, { ...asking, name: 'l' }], {
        approve: ({ name }) => (name === 'w' ? never$ : later$) as Observable<'suspend'>,
      });
      expectObservable(
        event$.pipe(
          toArray(),
          map((all) => brief(all.at(-1) as ToolEvent)),
        ),
      ).toBe('--(a|)', { a: 'suspended' });
      expectSubscriptions(never$.subscriptions).toBe('^-!');
    });
  });

  it('continues from its messages: finished calls do not run again, and replies are in order', async () => {
    let ran = 0;
    const tools = [taking('slow', () => of(`done ${(ran += 1)}`)), asking];
    const first = await doneOf(
      runTools$(sends(turn()), request, tools, { approve: () => of('suspend' as const), concurrency: 1 }),
    );
    expect(first.reason).toBe('suspended');
    expect(first.pending).toMatchObject([
      { id: 'c1', step: 1, name: 'w', input: {} },
      { id: 'c3', step: 1, name: 'slow', input: {} },
    ]);
    const messages = JSON.parse(JSON.stringify(first.messages)) as readonly Message[];
    const send = sends(t$);
    const steps: number[] = [];
    const toolsOf = (step: number): typeof tools => {
      steps.push(step);
      return tools;
    };
    const events = await eventsOf(
      runTools$(send, { ...request, messages }, toolsOf, { approve: () => of(true) }),
    );
    expect(steps).toEqual([0, 1]);
    expect(events[0]).toMatchObject({ type: 'resumed', step: 0 });
    expect(events.map(brief)).toEqual([
      'resumed',
      'w?',
      'w may?',
      'w may',
      'w: 7',
      'w = 7',
      'slow?',
      'slow: done 2',
      'slow = done 2',
      'ask 1',
      'chunk',
      'chunk',
      'end 1',
      'answered',
    ]);
    expect(repliesIn(send.requests[0]?.messages)).toEqual([
      'done 1',
      '7',
      'There is no tool named "x". The tools are: slow, w.',
      'done 2',
    ]);
    expect(faultsOf(send.requests[0]?.messages ?? [])).toEqual([]);
    expect(ran).toBe(2);
  });

  it.each<[string, readonly string[], readonly string[], readonly string[]]>([
    ['ids of an earlier turn', ['c', 'd'], ['c'], ['done c', 'ran']],
    ['equal ids', ['e', 'e'], ['e'], ['done e', 'ran']],
    ['no ids', ['', ''], [''], ['done ', 'ran']],
    ['two replies to one id', ['e', 'f'], ['e', 'e'], ['done e', 'ran']],
  ])('runs only calls without a reply in a history with %s', async (_, ids, replied, told) => {
    const called = (all: readonly string[]): Message => ({
      role: 'assistant',
      tool_calls: all.map((id) => ({ id, type: 'function', function: { name: 'w', arguments: '{}' } })),
    });
    const replies = (all: readonly string[]): Message[] =>
      all.map((id) => ({ role: 'tool', tool_call_id: id, content: `done ${id}` }));
    const messages = [
      ...request.messages,
      called(['c']),
      ...replies(['c']),
      called(ids),
      ...replies(replied),
    ];
    let ran = 0;
    const send = sends(t$);
    const event$ = runTools$(send, { ...request, messages }, [
      taking('w', () => {
        ran += 1;
        return of('ran');
      }),
    ]);
    let resumed: readonly Message[] = [];
    const states = await lastValueFrom(
      event$.pipe(
        tap((event) => {
          if (event.type === 'resumed') resumed = event.messages;
        }),
        toRunState(),
      ),
    );
    expect(ran).toBe(1);
    expect(callsIn(resumed)).toEqual(callsIn(states.messages));
    expect(repliesIn(send.requests[0]?.messages)).toEqual(['done c', ...told]);
    expect(faultsOf(send.requests[0]?.messages ?? [])).toEqual([]);
    expect(states.messages.slice(0, -1)).toEqual(send.requests[0]?.messages);
  });

  it.each<[string, unknown, string]>([
    ['an object, as Ollama has them', { city: 'Oslo' }, '{"city":"Oslo"}'],
    ['an empty list, as PHP has them', [], '{}'],
    ['null', null, '{}'],
    ['an empty text in a string', '""', '{}'],
    ['null in a string', '"null"', '{}'],
  ])('reads the arguments of a history: %s', async (_, written, sent) => {
    const call = {
      id: 'c',
      type: 'function',
      function: { name: 'w', arguments: written as string },
    } as const;
    const messages: readonly Message[] = [...request.messages, { role: 'assistant', tool_calls: [call] }];
    const send = sends(t$);
    await lastValueFrom(runTools$(send, { ...request, messages }, [w7]));
    expect(send.requests[0]?.messages.slice(-2)).toMatchObject([
      { tool_calls: [{ function: { arguments: sent } }] },
      { role: 'tool', content: '7' },
    ]);
  });

  it('forces no call again when it continues', async () => {
    const first = await doneOf(
      runTools$(sends(of(...calling(w))), request, [asking], { approve: () => of('suspend' as const) }),
    );
    const send = sends(t$);
    await lastValueFrom(
      runTools$(send, { ...request, messages: first.messages, tool_choice: 'required' }, [asking], {
        approve: () => of(true),
      }),
    );
    expect(send.requests[0]).not.toHaveProperty('tool_choice');
  });

  it('puts replies before later messages', async () => {
    const first = await doneOf(
      runTools$(sends(of(...calling(w))), request, [asking], { approve: () => of('suspend' as const) }),
    );
    const send = sends(t$);
    const messages: readonly Message[] = [...first.messages, { role: 'user', content: 'Go on.' }];
    await lastValueFrom(runTools$(send, { ...request, messages }, [asking], { approve: () => of(true) }));
    expect(send.requests[0]?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'user']);
  });

  it.each([null, {}, '[]'])('takes a history of another client, which has %j for no calls', async (none) => {
    const messages = [
      ...request.messages,
      { role: 'assistant', content: 'Hello', tool_calls: none },
      { role: 'user', content: 'Hi again' },
    ] as unknown as Message[];
    expect((await doneOf(runTools$(sends(t$), { ...request, messages }, [w7]))).reason).toBe('answered');
  });

  it('may be suspended again', async () => {
    const later = { approve: () => of('suspend' as const) };
    const first = await doneOf(runTools$(sends(of(...calling(w))), request, [asking], later));
    const again = await doneOf(runTools$(sends(), { ...request, messages: first.messages }, [asking], later));
    expect(again).toMatchObject({ reason: 'suspended', steps: 0, messages: first.messages });
  });
});
