import { right } from 'fp-ts/Either';
import * as t from 'io-ts';
import { of, type Observable } from 'rxjs';
import { textChunk, usageChunk } from 'rxjs-chat-completions/testing';

import { runTools$ } from '../../../lib/tools/runTools';
import { calledTool, repeats, usageOver } from '../../../lib/tools/stopWhen';
import { calling, faultsOf, saying, sends } from '../../helpers/toolEvents';
import { doneOf, request, taking, w, w7, type Chunk } from '../../helpers/toolRuns';

describe('runTools$: when it ends', () => {
  const forEver = (): ReturnType<typeof sends> => {
    const turns = Array.from({ length: 40 }, (_, n) => of(...calling({ ...w, id: `id${n}` })));
    return sends(...turns);
  };

  it('stops after ten turns, the replies in the conversation', async () => {
    const send = forEver();
    const { reason, steps, messages } = await doneOf(runTools$(send, request, [w7]));
    expect([reason, steps, messages.length, send.requests.length]).toEqual(['max-steps', 10, 21, 10]);
    expect(faultsOf(messages)).toEqual([]);
  });

  it('requests no tools for the turn that has none', async () => {
    const steps: number[] = [];
    const toolsOf = (step: number): (typeof w7)[] => {
      steps.push(step);
      return [w7];
    };
    const send = sends(of(...calling(w)), of(...saying('At last.')));
    await doneOf(runTools$(send, request, toolsOf, { maxSteps: 1, atMaxSteps: 'answer' }));
    expect(steps).toEqual([1]);
  });

  it('sends one more request without tools, with `atMaxSteps: answer`', async () => {
    const send = sends(of(...calling(w)), of(...calling({ ...w, id: 'd' })), of(...saying('At last.')));
    const { reason, steps, messages } = await doneOf(
      runTools$(send, request, [w7], { maxSteps: 2, atMaxSteps: 'answer' }),
    );
    expect([reason, steps]).toEqual(['max-steps', 3]);
    expect(send.requests[2]).not.toHaveProperty('tools');
    expect(messages.at(-1)).toEqual({ role: 'assistant', content: 'At last.' });
  });

  it('runs no call of a turn without tools', async () => {
    const send = sends(of(...calling(w)), of(right(textChunk('No.')), ...calling(w)));
    const { reason, messages } = await doneOf(
      runTools$(send, request, [w7], { maxSteps: 1, atMaxSteps: 'answer' }),
    );
    expect([reason, messages.at(-1)]).toEqual(['max-steps', { role: 'assistant', content: 'No.' }]);
  });

  it('stops a model that repeats the same call', async () => {
    const { reason, steps } = await doneOf(
      runTools$(forEver(), request, [w7], { maxSteps: Infinity, stopWhen: repeats(3) }),
    );
    expect([reason, steps]).toEqual(['stopped', 3]);
  });

  it('stops once a tool has succeeded', async () => {
    const answer = taking('answer', () => of(1), { input: t.type({ n: t.number }) });
    const call = (n: unknown, id: string): Observable<Chunk> =>
      of(...calling({ name: 'answer', arguments: { n }, id }));
    const { reason, steps } = await doneOf(
      runTools$(sends(call('one', 'a'), call(1, 'b')), request, [answer], { stopWhen: calledTool('answer') }),
    );
    expect([reason, steps]).toEqual(['stopped', 2]);
  });

  it('stops once it has used more tokens than allowed', async () => {
    const turn = (id: string): Observable<Chunk> => of(...calling({ ...w, id }), right(usageChunk(30, 10)));
    const { reason, steps } = await doneOf(
      runTools$(sends(turn('a'), turn('b'), turn('c')), request, [w7], { stopWhen: usageOver(79) }),
    );
    expect([reason, steps]).toEqual(['stopped', 2]);
  });

  it('runs a thousand turns that take no time', async () => {
    const turns = Array.from({ length: 1_000 }, (_, n) => of(...calling({ ...w, id: `id${n}` })));
    const { steps } = await doneOf(runTools$(sends(...turns), request, [w7], { maxSteps: 1_000 }));
    expect(steps).toBe(1_000);
  });
});
