import { right } from 'fp-ts/Either';
import * as t from 'io-ts';
import { from, lastValueFrom, toArray } from 'rxjs';
import { finishChunk, textChunk, toolCallChunk, toolCallChunks } from 'rxjs-chat-completions/testing';

import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import { markedChunk } from '../../lib/codec/mark';
import { partialInputs } from '../../lib/tools/partialInputs';
import { runTools$ } from '../../lib/tools/runTools';
import { tool } from '../../lib/tools/tool';
import { toRunState } from '../../lib/tools/toRunState';
import { saying, sends } from '../helpers/toolEvents';

const City = t.intersection([
  t.type({ city: t.string, unit: t.keyof({ celsius: null, fahrenheit: null }) }),
  t.partial({ days: t.number }),
]);
const weather = tool({ name: 'weather', input: City, run: () => '7' });

/** The arguments of each call as they are shown, by its id. */
async function shown(...chunks: readonly ChatCompletionChunk[]): Promise<Record<string, unknown[]>> {
  const send = sends(
    from([...chunks, finishChunk('tool_calls')].map((chunk) => right(chunk))),
    from(saying('t')),
  );
  const request = { model: 'any', messages: [] };
  const events = await lastValueFrom(runTools$(send, request, [weather], { partialInputs }).pipe(toArray()));
  const all: Record<string, unknown[]> = {};
  for (const event of events) if (event.type === 'tool-input') (all[event.id] ??= []).push(event.partial);
  return all;
}

const call = (
  index: number,
  text: string,
): { name: string; arguments: string; index: number; id: string } => ({
  name: 'weather',
  arguments: text,
  index,
  id: `c${index}`,
});
const pieces = (index: number, ...texts: readonly string[]): readonly ChatCompletionChunk[] =>
  toolCallChunks(call(index, texts.join('')), texts);

describe('the arguments of a call while they are written', () => {
  it('are shown as far as they are true to the codec', async () => {
    expect(await shown(...pieces(0, '{"ci', 'ty":"Os', 'lo","unit":"cel', 'sius","days":1', '2}'))).toEqual({
      c0: [
        {},
        { city: 'Os' },
        { city: 'Oslo' },
        { city: 'Oslo', unit: 'celsius' },
        { city: 'Oslo', unit: 'celsius', days: 12 },
      ],
    });
  });

  it('are those of each call, also where the deltas of several arrive together', async () => {
    const [head0, a0, b0] = pieces(0, '{"city":"Os', 'lo"}');
    const [head1, a1, b1] = pieces(1, '{"city":"Ro', 'me"}');
    const both = (one?: ChatCompletionChunk, other?: ChatCompletionChunk): ChatCompletionChunk => ({
      choices: [
        {
          delta: {
            tool_calls: [one, other].flatMap((chunk) => chunk?.choices?.[0]?.delta?.tool_calls ?? []),
          },
        },
      ],
    });
    expect(await shown(both(head0, head1), both(a0, a1), both(b0, b1))).toEqual({
      c0: [{ city: 'Os' }, { city: 'Oslo' }],
      c1: [{ city: 'Ro' }, { city: 'Rome' }],
    });
  });

  it('begin after an empty object, which is a placeholder (Claude through gateways)', async () => {
    const chunks = toolCallChunks(call(0, '{}{"city":"Oslo"}'), ['{}', '{"city":"Os', 'lo"}']);
    expect(await shown(...chunks)).toEqual({ c0: [{}, { city: 'Os' }, { city: 'Oslo' }] });
  });

  it('start again with the turn', async () => {
    const restart = markedChunk({ kind: 'restarted', attempt: 2 });
    expect(await shown(...pieces(0, '{"city":"Os'), restart, ...pieces(0, '{"city":"Ro'))).toEqual({
      c0: [{ city: 'Os' }, { city: 'Ro' }],
    });
  });

  it('stay as far as they are written when the answer is cut off', async () => {
    const chunks = [textChunk('I write.'), ...pieces(0, '{"city":"Os', 'lo'), finishChunk('length')];
    const send = sends(from(chunks.map((chunk) => right(chunk))));
    const run$ = runTools$(send, { model: 'any', messages: [] }, [weather], { partialInputs });
    const { reason, steps, messages } = await lastValueFrom(run$.pipe(toRunState()));
    expect(reason).toBe('cut-off');
    expect(steps[0]?.calls).toEqual([
      expect.objectContaining({ id: 'c0', status: 'writing', partial: { city: 'Oslo' }, result: null }),
    ]);
    expect(messages).toEqual([{ role: 'assistant', content: 'I write.' }]);
  });

  it('are shown as far as they are JSON', async () => {
    expect(await shown(...pieces(0, '{"city":"Os', 'lo" x', ',"days":1}'))).toEqual({ c0: [{ city: 'Os' }] });
    expect(await shown(...pieces(0, '"{', 'city"'))).toEqual({});
  });

  it('are shown under the id that the call will have', async () => {
    const unnamed = (index: number): ChatCompletionChunk => toolCallChunk({ ...call(index, '{}'), id: '' });
    expect(Object.keys(await shown(textChunk('Hm.'), unnamed(0), unnamed(1)))).toEqual([
      'call_1_0',
      'call_1_1',
    ]);
    const unknown = toolCallChunk({ ...call(0, '{}'), name: 'constructor', id: 'c1' });
    expect(Object.keys(await shown(unknown, ...pieces(1, '{"city":"Oslo"}')))).toEqual(['call_1_1']);
  });

  it('are not shown of a tool that is not there', async () => {
    expect(await shown(toolCallChunk({ ...call(0, '{"a":1}'), name: 'constructor' }))).toEqual({});
  });
});
