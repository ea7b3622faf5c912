import * as t from 'io-ts';
import { catchError, EMPTY, lastValueFrom, of, toArray } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import type { ChatCompletion } from '../../lib/codec/ChatCompletion';
import { isChatError } from '../../lib/errors';
import { finishKind } from '../../lib/fold/finishReason';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import type { AssistantMessage } from '../../lib/request/Message';
import type { ToolEvent } from '../../lib/tools/events';
import { partialInputs } from '../../lib/tools/partialInputs';
import { runTools$ } from '../../lib/tools/runTools';
import type { AnyTool } from '../../lib/tools/tool';
import { played, recordings, type RecordedAnswer } from '../helpers/recordings';
import { faultsOf, saying } from '../helpers/toolEvents';

const request: ChatRequest = { model: 'any', messages: [{ role: 'user', content: 'Hi' }] };

/** Whether arguments are an object, or stand for none. */
function isObject(text: string): boolean {
  try {
    const json: unknown = JSON.parse(text.trim() || '{}');
    return json === null || (typeof json === 'object' && !Array.isArray(json));
  } catch {
    return false;
  }
}

interface Played {
  readonly requests: readonly ChatRequest[];
  readonly events: readonly ToolEvent[];
  readonly ran: readonly string[];
  readonly error: unknown;
}

/** Runs the calls of a recorded stream with tools that take anything. */
async function play(recording: RecordedAnswer): Promise<Played> {
  const requests: ChatRequest[] = [];
  const ran: string[] = [];
  const names = new Set(recording.expect.toolCalls.map(({ name }) => name));
  const tools = [...names].map((name): AnyTool => ({
    name,
    input: t.UnknownRecord,
    parameters: {},
    run: () => (ran.push(name), of('done')),
  }));
  const send = (sent: ChatRequest): ReturnType<typeof chatCompletion$> => {
    requests.push(sent);
    return requests.length === 1
      ? chatCompletion$({ transport: () => played(recording) }, sent)
      : of(...saying('Thanks.'));
  };
  let error: unknown;
  const events = await lastValueFrom(
    runTools$(send, request, tools, { onChunkError: 'skip', partialInputs }).pipe(
      catchError((failure: unknown) => {
        error = failure;
        return EMPTY;
      }),
      toArray(),
    ),
  );
  return { requests, events, ran, error };
}

const streams = recordings.filter(({ kind, expect: { error } }) => kind === 'stream' && error === undefined);
const calling = streams.filter(
  ({ expect: { toolCalls, finishReason } }) =>
    toolCalls.length > 0 && finishKind(finishReason) === 'finished',
);

describe(`runTools$, with ${streams.length} recorded streams`, () => {
  let calls = 0;
  afterAll(() => process.stderr.write(`runTools$: ${streams.length} recorded streams, ${calls} calls\n`));

  it.each(calling.map((recording) => [recording.name, recording] as const))(
    'runs the calls of %s',
    async (_, recording) => {
      const { requests, events, ran } = await play(recording);
      const { toolCalls } = recording.expect;
      calls += toolCalls.length;
      expect([...ran].sort()).toEqual(
        toolCalls.flatMap(({ name, arguments: text }) => (isObject(text) ? [name] : [])).sort(),
      );
      expect(requests).toHaveLength(2);
      expect(faultsOf(requests[1]?.messages ?? [])).toEqual([]);
      expect(events.filter(({ type }) => type === 'tool-result')).toHaveLength(toolCalls.length);
      expect(events.at(-1)).toMatchObject({ type: 'done', reason: 'answered' });
      // The message as it came.
      const message = requests[1]?.messages[1];
      const { choices } = (events.find(({ type }) => type === 'step-end') as { completion: ChatCompletion })
        .completion;
      const { tool_calls, function_call: _call, ...came } = choices[0]?.message ?? {};
      expect(message).toMatchObject(came);
      expect((message as AssistantMessage).tool_calls).toMatchObject(
        (tool_calls ?? []).map(({ id: _id, function: _function, ...rest }) => rest),
      );
    },
  );

  it.each(
    streams
      .filter((recording) => !calling.includes(recording))
      .map((recording) => [recording.name, recording] as const),
  )('ends after %s', async (_, recording) => {
    const { requests, events, ran, error } = await play(recording);
    expect([requests.length, ran]).toEqual([1, []]);
    // What breaks off is an error, as without tools.
    if (error !== undefined) {
      expect(isChatError(error)).toBe(true);
      return;
    }
    expect(events.at(-1)).toMatchObject({ type: 'done', steps: 1 });
    const done = events.at(-1);
    if (done?.type === 'done') expect(faultsOf(done.messages)).toEqual([]);
  });
});
