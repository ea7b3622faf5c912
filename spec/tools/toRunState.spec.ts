import { right } from 'fp-ts/Either';
import * as t from 'io-ts';
import {
  concat,
  from,
  lastValueFrom,
  map,
  NEVER,
  of,
  Subject,
  takeUntil,
  throwError,
  toArray,
  type Observable,
} from 'rxjs';
import { textChunk, toolCallChunk } from 'rxjs-chat-completions/testing';

import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import { markedChunk } from '../../lib/codec/mark';
import type { Decoded } from '../../lib/decode/decode';
import { TruncatedError } from '../../lib/errors';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import { partialInputs } from '../../lib/tools/partialInputs';
import { emptyRun, type RunState } from '../../lib/tools/RunState';
import { runTools$ } from '../../lib/tools/runTools';
import type { RunToolsOptions } from '../../lib/tools/RunToolsOptions';
import type { AnyTool } from '../../lib/tools/tool';
import { toRunState, type RunStateOptions } from '../../lib/tools/toRunState';
import { marbles } from '../helpers/marbles';
import { calling, faultsOf, saying, sends } from '../helpers/toolEvents';

type Chunk = Decoded<ChatCompletionChunk>;

const request: ChatRequest = { model: 'any', messages: [{ role: 'user', content: 'Hi' }] };
const anything = { input: t.UnknownRecord, parameters: {} };
const w: AnyTool = { ...anything, name: 'w', run: () => of(1, 7) };
const call = { name: 'w', arguments: {} };

const statesOf = (
  answers: readonly Observable<Chunk>[],
  tools: readonly AnyTool[] = [w],
  options?: RunToolsOptions,
): Promise<RunState[]> =>
  lastValueFrom(runTools$(sends(...answers), request, tools, options).pipe(toRunState(), toArray()));

/** The state of a run that is stopped while something of it never ends. */
function stopped(
  answers: readonly Observable<Chunk>[],
  tools: readonly AnyTool[],
  options?: RunToolsOptions & RunStateOptions,
): RunState {
  const stop$ = new Subject<void>();
  let last: RunState = emptyRun;
  runTools$(sends(...answers), request, tools, options)
    .pipe(takeUntil(stop$), toRunState(options))
    .subscribe((state) => (last = state));
  stop$.next();
  return last;
}

describe('toRunState', () => {
  it('begins with waiting, and ends as the stream of chunks does, in virtual time', () => {
    marbles(({ cold, expectObservable }) => {
      const [text, finish] = saying('Hello') as [Chunk, Chunk];
      const chunks$ = cold('   -t-f|', { t: text, f: finish });
      const status$ = runTools$(sends(chunks$), request, []).pipe(
        toRunState(),
        map(({ status, content }) => `${status} ${content}`),
        toArray(),
      );
      expectObservable(status$).toBe('----(a|)', {
        a: ['waiting ', 'streaming ', 'streaming Hello', 'streaming Hello', 'streaming Hello', 'done Hello'],
      });
    });
  });

  it('has each status of a call', async () => {
    const asking: AnyTool = { ...w, needsApproval: true };
    const states = await statesOf([of(...calling(call)), from(saying('t'))], [asking], {
      approve: () => of(true),
      partialInputs,
    });
    const lives = states
      .map(({ steps }) => steps[0]?.calls[0])
      .flatMap((each) => (each === undefined ? [] : [each.status]));
    expect([...new Set(lives)]).toEqual(['writing', 'waiting', 'running', 'needs-approval', 'done']);
    expect(states.at(-1)?.steps[0]?.calls).toEqual([
      { id: 'c0', name: 'w', status: 'done', partial: {}, input: {}, progress: 7, result: right(7) },
    ]);
  });

  it.each<[string, AnyTool, string]>([
    ['failed', { ...w, run: () => throwError(() => new Error('no')) }, 'failed'],
    ['denied', { ...w, needsApproval: true }, 'denied'],
  ])('shows a call that %s', async (_, tool, status) => {
    const states = await statesOf([of(...calling(call)), from(saying('t'))], [tool]);
    expect(states.at(-1)?.steps[0]?.calls[0]).toMatchObject({ status, result: { _tag: 'Left' } });
  });

  it('has the text of all steps, the reasoning of each, the conversation and the usage', async () => {
    const thought = right({ choices: [{ delta: { reasoning: 'Hm.' } }] });
    const usage = right({ choices: [], usage: { total_tokens: 5 } });
    const states = await statesOf([
      of(thought, right(textChunk('Let me see.')), ...calling(call), usage),
      of(...saying('It is 7.'), usage),
    ]);
    const last = states.at(-1);
    expect(last).toMatchObject({
      status: 'done',
      reason: 'answered',
      content: 'Let me see.\n\nIt is 7.',
      usage: { total_tokens: 10 },
      error: null,
    });
    expect(last?.steps.map(({ content, reasoning }) => [content, reasoning])).toEqual([
      ['Let me see.', 'Hm.'],
      ['It is 7.', ''],
    ]);
    expect(last?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant']);
  });

  it('resets the step at a restart, and keeps earlier steps', async () => {
    const restart = right(markedChunk({ kind: 'restarted', attempt: 2 }));
    const states = await statesOf([
      of(right(textChunk('One.')), ...calling(call)),
      of(right(textChunk('Tw')), right(toolCallChunk(call)), restart, ...saying('Two.')),
    ]);
    expect(states.at(-1)?.content).toBe('One.\n\nTwo.');
    expect(states.at(-1)?.steps[1]?.calls).toEqual([]);
  });

  it('keeps everything when it fails', async () => {
    const states = await statesOf([
      of(...calling(call)),
      concat(
        of(right(textChunk('It is'))),
        throwError(() => new TruncatedError()),
      ),
    ]);
    const last = states.at(-1);
    expect(last).toMatchObject({
      status: 'failed',
      reason: null,
      content: 'It is',
      error: { _tag: 'TruncatedError' },
    });
    expect(last?.messages.at(-1)).toEqual({ role: 'assistant', content: 'It is' });
    expect(faultsOf(last?.messages ?? [])).toEqual([]);
  });

  it('fails with a value that is not an Error', async () => {
    // eslint-disable-next-line rxjs-x/throw-error -- a send of others may
    const states = await statesOf([throwError(() => 'gone')]);
    expect(states.at(-1)).toMatchObject({ status: 'failed', error: new Error('gone') });
  });

  describe('stopped in the middle of tools', () => {
    const never: AnyTool = { ...w, run: () => NEVER };
    const quick: AnyTool = { ...w, name: 'quick' };
    const asking: AnyTool = { ...w, name: 'asking', needsApproval: true };
    const calls = calling({ name: 'quick', arguments: {} }, call, { name: 'asking', arguments: {} }, call);
    const options = { concurrency: 2, approve: () => NEVER };

    it('has a reply for each call, that it was not run or may have run', () => {
      const { status, messages, steps } = stopped([of(...calls)], [never, quick, asking], options);
      expect(status).toBe('stopped');
      expect(faultsOf(messages)).toEqual([]);
      expect(messages.slice(2)).toMatchObject([
        { tool_call_id: 'c0', content: '7' },
        { tool_call_id: 'c1', content: 'The run was stopped; this call may have run.' },
        { tool_call_id: 'c2', content: 'The run was stopped; this call was not run.' },
        { tool_call_id: 'c3', content: 'The run was stopped; this call was not run.' },
      ]);
      expect(steps[0]?.calls.map((each) => each.status)).toEqual([
        'done',
        'running',
        'needs-approval',
        'waiting',
      ]);
    });

    it('omits the step with `drop`', () => {
      const { messages } = stopped([of(...calls)], [never, quick, asking], {
        ...options,
        unanswered: 'drop',
      });
      expect(messages).toEqual(request.messages);
    });

    it('keeps a step whose calls all have results', () => {
      const { messages } = stopped([of(...calling({ name: 'quick', arguments: {} })), NEVER], [quick], {
        unanswered: 'drop',
      });
      expect(messages).toHaveLength(3);
    });
  });

  it('keeps the text of an answer that is stopped', () => {
    const { status, messages } = stopped([concat(of(right(textChunk('Hel'))), NEVER)], []);
    expect([status, messages.at(-1)]).toEqual(['stopped', { role: 'assistant', content: 'Hel' }]);
  });

  it('continues a suspended run, whose calls stay open', async () => {
    const asking: AnyTool = { ...w, needsApproval: true };
    const first = (
      await statesOf([of(...calling(call, { ...call, name: 'w' }))], [asking], {
        approve: () => of('suspend' as const),
      })
    ).at(-1);
    expect([first?.status, first?.reason]).toEqual(['done', 'suspended']);
    const messages = first?.messages ?? [];
    const states = await lastValueFrom(
      runTools$(sends(from(saying('t'))), { ...request, messages }, [asking], {
        approve: () => of(true),
      }).pipe(toRunState(), toArray()),
    );
    expect(states[1]?.steps[0]).toMatchObject({
      step: 0,
      calls: [{ status: 'waiting' }, { status: 'waiting' }],
    });
    expect(states.at(-1)?.steps[0]?.calls.map(({ status }) => status)).toEqual(['done', 'done']);
    expect(faultsOf(states.at(-1)?.messages ?? [])).toEqual([]);
    for (const state of states.slice(1)) expect(faultsOf(state.messages)).toEqual([]);
  });

  it('shares what does not change, and mutates nothing', async () => {
    const states = await statesOf([of(...calling(call)), from(saying('t'))]);
    const [before, after] = states.slice(-2);
    expect(after?.steps[0]).toBe(before?.steps[0]);
    expect(states[0]).toBe(emptyRun);
  });
});
