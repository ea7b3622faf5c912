import { right } from 'fp-ts/Either';
import { from, map, of, toArray } from 'rxjs';
import { finishChunk, textChunk, toolCallChunk } from 'rxjs-chat-completions/testing';

import { markedChunk } from '../../../lib/codec/mark';
import { runTools$ } from '../../../lib/tools/runTools';
import { marbles } from '../../helpers/marbles';
import { brief, calling, saying, sends } from '../../helpers/toolEvents';
import {
  afterTurn,
  answered,
  briefly,
  doneOf,
  eventsOf,
  request,
  runs,
  t$,
  w,
  w7,
  type Chunk,
} from '../../helpers/toolRuns';

describe('runTools$: when a turn has ended', () => {
  const toolCall = right(toolCallChunk({ ...w, id: 'c0' }));

  it.each<[string, Chunk[]]>([
    ['tool_calls', [toolCall, right(finishChunk('tool_calls'))]],
    ['stop', [toolCall, right(finishChunk('stop'))]],
  ])('runs the calls at %s', (_, chunks) => {
    runs(runTools$(sends(of(...chunks), t$), request, [w7]), [
      ...afterTurn,
      'w?',
      'w: 7',
      'w = 7',
      ...answered,
    ]);
  });

  it.each<[string, Chunk[]]>([
    ['at length', [toolCall, right(finishChunk('length'))]],
    ['at content_filter', [toolCall, right(finishChunk('content_filter'))]],
    ['at a reason nobody knows', [toolCall, right(finishChunk('out_of_luck'))]],
    ['without a reason', [toolCall, right(markedChunk({ kind: 'ended-without-reason' }))]],
    ['that ends without a mark', [toolCall, right(textChunk(''))]],
  ])('runs no call of a turn %s', async (_, chunks) => {
    const send = sends(of(right(textChunk('Let me see. ')), ...chunks));
    const events = await eventsOf(runTools$(send, request, [w7]));
    expect(events.map(brief).slice(-2)).toEqual(['end 1', 'cut-off']);
    expect(events.at(-1)).toMatchObject({
      messages: [...request.messages, { role: 'assistant', content: 'Let me see. ' }],
      steps: 1,
    });
  });

  it.each([
    ['is answered at stop', saying('t'), 'answered'],
    ['is answered at a reason nobody knows', saying('t', 'enough'), 'answered'],
    [
      'is answered without a reason, if the server ended it',
      [right(textChunk('t')), right(markedChunk({ kind: 'ended-without-reason' }))],
      'answered',
    ],
    ['is cut off at length', saying('t', 'length'), 'cut-off'],
    ['is cut off at an end without a reason or a mark', [right(textChunk('t'))], 'cut-off'],
  ])('%s', (_, chunks, reason) => {
    marbles(({ expectObservable }) => {
      const event$ = runTools$(sends(from(chunks)), request, [w7]).pipe(
        briefly(),
        toArray(),
        map((all) => all.at(-1)),
      );
      expectObservable(event$).toBe('(a|)', { a: reason });
    });
  });

  it('adds no message for an empty answer', async () => {
    const { messages } = await doneOf(runTools$(sends(of(right(finishChunk('stop')))), request, []));
    expect(messages).toEqual(request.messages);
  });

  it('keeps an answer of images alone', async () => {
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,' } };
    const images = right({
      choices: [{ index: 0, delta: { role: 'assistant', content: '', images: [image] } }],
    });
    const { messages } = await doneOf(runTools$(sends(of(images, right(finishChunk('stop')))), request, []));
    expect(messages).toEqual([...request.messages, { role: 'assistant', content: '', images: [image] }]);
  });

  it('sums usage over the turns, details and fields of the server included', async () => {
    const costly = right({
      choices: [],
      usage: {
        prompt_tokens: 1,
        total_tokens: 1,
        cost: 0.5,
        completion_tokens_details: { reasoning_tokens: 2 },
      },
    });
    const send = sends(
      of(...calling(w), costly),
      of(...calling(w), right(finishChunk('stop'))),
      of(...saying('t'), costly),
    );
    const { usage } = await doneOf(runTools$(send, request, [w7]));
    expect(usage).toEqual({
      prompt_tokens: 2,
      total_tokens: 2,
      cost: 1,
      completion_tokens_details: { reasoning_tokens: 4 },
    });
    expect((await doneOf(runTools$(sends(t$), request, []))).usage).toBeNull();
    const empty = of(...saying('t'), right({ choices: [], usage: {} }));
    expect((await doneOf(runTools$(sends(empty), request, []))).usage).toBeNull();
  });
});
