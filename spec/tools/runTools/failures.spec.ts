import { left, right } from 'fp-ts/Either';
import * as t from 'io-ts';
import { lastValueFrom, Observable, of, throwError } from 'rxjs';
import { textChunk } from 'rxjs-chat-completions/testing';

import { BadJson, TruncatedError } from '../../../lib/errors';
import { runTools$ } from '../../../lib/tools/runTools';
import type { RunToolsOptions } from '../../../lib/tools/RunToolsOptions';
import type { AnyTool } from '../../../lib/tools/tool';
import { marbles } from '../../helpers/marbles';
import { brief, calling, faultsOf, saying, sends } from '../../helpers/toolEvents';
import {
  answered,
  briefly,
  eventsOf,
  repliesIn,
  request,
  runs,
  t$,
  taking,
  w,
  w7,
  type Chunk,
} from '../../helpers/toolRuns';

describe('runTools$: failures', () => {
  const replyTo = async (
    tools: readonly AnyTool[],
    call: { name: string; arguments: unknown },
    options?: RunToolsOptions,
  ): Promise<unknown> => {
    const send = sends(of(...calling(call)), t$);
    await lastValueFrom(runTools$(send, request, tools, options));
    expect(faultsOf(send.requests[1]?.messages ?? [])).toEqual([]);
    return repliesIn(send.requests[1]?.messages)[0];
  };
  const city = taking('city', () => of('ok'), { input: t.type({ city: t.string }) });

  it.each<[string, readonly AnyTool[], { name: string; arguments: unknown }, string, string]>([
    [
      'a tool that is not there',
      [w7, city],
      { name: 'x', arguments: {} },
      'x ! UnknownTool',
      'There is no tool named "x". The tools are: w, city.',
    ],
    [
      'a tool that every object has',
      [w7],
      { name: 'constructor', arguments: {} },
      'constructor ! UnknownTool',
      'There is no tool named "constructor". The tools are: w.',
    ],
    [
      'arguments that are not JSON',
      [w7],
      { name: 'w', arguments: '{"city": Os' },
      'w ! BadJson',
      'The arguments are not JSON: {"city": Os',
    ],
    [
      'arguments that do not fit',
      [city],
      { name: 'city', arguments: { city: 5 } },
      'city ! SchemaMismatch',
      'The arguments do not fit: city: expected string, got 5',
    ],
    [
      'a tool that throws',
      [
        taking('w', () => {
          throw new Error('no such city');
        }),
      ],
      w,
      'w ! ToolFailed',
      'Error: no such city',
    ],
    [
      'a tool that errors',
      [taking('w', () => throwError(() => new Error('gone')))],
      w,
      'w ! ToolFailed',
      'Error: gone',
    ],
    [
      'a tool that errors without a message',
      [taking('w', () => throwError(() => new Error('')))],
      w,
      'w ! ToolFailed',
      'Error: the tool failed',
    ],
    [
      'a tool that errors with a string',
      [taking('w', () => new Observable((subscriber) => subscriber.error('gone')))],
      w,
      'w ! ToolFailed',
      'Error: gone',
    ],
    [
      'a tool that returns bytes, such as a file that was read without an encoding',
      [taking('w', () => Buffer.from('hi'))],
      w,
      'w ! ToolFailed',
      'Error: the result has no JSON: emit plain data, or convert it with toModel',
    ],
    [
      'a result that has no JSON',
      [taking('w', () => of(1n))],
      w,
      'w ! ToolFailed',
      'Error: Do not know how to serialize a BigInt',
    ],
    [
      'a toModel that throws',
      [
        taking('w', () => of(1), {
          toModel: () => {
            throw new Error('words fail me');
          },
        }),
      ],
      w,
      'w ! ToolFailed',
      'Error: words fail me',
    ],
    [
      'a needsApproval that throws',
      [
        taking('w', () => of(1), {
          needsApproval: () => {
            throw new Error('?');
          },
        }),
      ],
      w,
      'w ! ToolFailed',
      'Error: ?',
    ],
    [
      'a call that nobody can allow',
      [taking('w', () => of(1), { needsApproval: true })],
      w,
      'w ! ToolDenied',
      'The user did not allow this call, so it was not run. Reason: no approve option',
    ],
  ])('sends the model the failure of %s, and continues', async (_, tools, call, event, words) => {
    const events = await eventsOf(runTools$(sends(of(...calling(call)), t$), request, tools));
    expect(events.map(brief)).toContain(event);
    expect(events.map(brief).slice(-5)).toEqual(answered);
    expect(await replyTo(tools, call)).toBe(words);
  });

  it('shows the model 200 characters of arguments that are not JSON', async () => {
    expect(await replyTo([w7], { name: 'w', arguments: `{${'x'.repeat(5_000)}` })).toHaveLength(
      'The arguments are not JSON: '.length + 200,
    );
  });

  it('sends the text of a function for an error, or fails with it', async () => {
    const error = new Error('secret');
    const failing = [taking('w', () => throwError(() => error))];
    expect(await replyTo(failing, w, { onToolError: (_, { name }) => `${name} is out of order` })).toBe(
      'w is out of order',
    );
    marbles(({ expectObservable }) => {
      const event$ = runTools$(sends(of(...calling(w)), t$), request, failing, { onToolError: 'fail' });
      expectObservable(event$.pipe(briefly())).toBe(
        '(acce?#)',
        { a: 'ask 1', c: 'chunk', e: 'end 1', '?': 'w?' },
        error,
      );
    });
  });

  it('fails as a turn does, after the events so far', () => {
    marbles(({ cold, expectObservable }) => {
      const error = new TruncatedError();
      const one$ = cold<Chunk>('-c--#', { c: right(textChunk('Hel')) }, error);
      expectObservable(runTools$(sends(one$), request, [w7]).pipe(briefly())).toBe(
        'ac--#',
        { a: 'ask 1', c: 'chunk' },
        error,
      );
    });
  });

  it('fails at a chunk that does not decode, by default', () => {
    const bad: Chunk = left(new BadJson('{'));
    marbles(({ expectObservable }) => {
      const event$ = runTools$(sends(of(bad, ...saying('t'))), request, []).pipe(briefly());
      expectObservable(event$).toBe('(a#)', { a: 'ask 1' }, expect.objectContaining({ _tag: 'ChunkFailed' }));
    });
    runs(runTools$(sends(of(bad, ...saying('t'))), request, [], { onChunkError: 'skip' }), [
      'ask 1',
      'chunk',
      'chunk',
      'end 1',
      'answered',
    ]);
  });
});
