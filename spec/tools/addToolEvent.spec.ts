import { right } from 'fp-ts/Either';
import { reasoningChunk, textChunk } from 'rxjs-chat-completions/testing';

import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import { markedChunk } from '../../lib/codec/mark';
import type { AssistantMessage, Message, ToolMessage } from '../../lib/request/Message';
import { addToolEvent } from '../../lib/tools/addToolEvent';
import { endRun, failRun } from '../../lib/tools/endRun';
import type { ToolEvent } from '../../lib/tools/events';
import { emptyRun, type RunState } from '../../lib/tools/RunState';

const user: Message = { role: 'user', content: 'Hi' };
const calls = (...ids: readonly string[]): AssistantMessage => ({
  role: 'assistant',
  tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 'w', arguments: '{}' } })),
});
const reply = (id: string, content: string): ToolMessage => ({ role: 'tool', tool_call_id: id, content });
const NOT_RUN = 'The run was stopped; this call was not run.';
const MAY_HAVE_RUN = 'The run was stopped; this call may have run.';

const start = (step: number, messages: readonly Message[] = [user]): ToolEvent => ({
  type: 'step-start',
  step,
  request: { model: 'any', messages },
  messages,
});
const chunk = (of: ChatCompletionChunk): ToolEvent => ({ type: 'chunk', step: 1, chunk: of });
const text = (content: string): ToolEvent => chunk(textChunk(content));
const reasoning = (content: string): ToolEvent => chunk(reasoningChunk(content));
const end = (step: number, message: AssistantMessage | null, tokens = 5): ToolEvent => ({
  type: 'step-end',
  step,
  completion: { choices: [], usage: { total_tokens: tokens } },
  message,
});
const writing = (id: string, partial: object, step = 1): ToolEvent => ({
  type: 'tool-input',
  id,
  step,
  name: 'w',
  partial,
});
const approval = (type: 'tool-call' | 'tool-approval' | 'tool-approved', id = 'a'): ToolEvent => ({
  type,
  id,
  step: 1,
  name: 'w',
  input: {},
});

const after = (...events: readonly ToolEvent[]): RunState =>
  events.reduce<RunState>((state, event) => addToolEvent(state, event), emptyRun);

describe('addToolEvent: the text of a run', () => {
  it('grows with each chunk, and has a blank line before the text of a further step', () => {
    const events = [start(1), text('It'), text(' is'), start(2), reasoning('Hm'), reasoning('. ')];
    expect(after(...events).content).toBe('It is');
    const { content, steps } = after(...events, text('7'), text(' °C'));
    expect(content).toBe('It is\n\n7 °C');
    expect(steps.map((step) => [step.content, step.reasoning])).toEqual([
      ['It is', ''],
      ['7 °C', 'Hm. '],
    ]);
  });

  it('stays the same state at a chunk without text, and at one before a step', () => {
    const state = after(start(1), text('It'));
    expect(addToolEvent(state, text(''))).toBe(state);
    expect(after(text('It'))).toBe(emptyRun);
  });

  it('is that of the earlier steps after a restart, without the calls that were being written', () => {
    const restart = chunk(markedChunk({ kind: 'restarted', attempt: 2 }));
    const written = [start(1), text('One'), start(2), reasoning('Hm'), text('Tw'), writing('a', {}, 2)];
    expect(after(...written).steps.map((step) => step.calls.length)).toEqual([0, 1]);
    const state = after(...written, restart);
    expect(state.content).toBe('One');
    expect(state.steps[1]).toMatchObject({ content: '', reasoning: '', calls: [] });
  });
});

describe('addToolEvent: the attachments of a step', () => {
  const citations = ['https://a.example', 'https://b.example'];
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,' } };
  const attached = (delta: object, more: object = {}): ToolEvent =>
    chunk({ choices: [{ index: 0, delta }], ...more });

  it('are those of its chunks, as in the state of an answer', () => {
    const annotations = [{ type: 'url_citation', url_citation: { url: 'https://a.example' } }];
    const state = after(
      start(1),
      attached({ images: [image] }, { citations: citations.slice(0, 1) }),
      attached({ images: [image], annotations }, { citations }),
      attached({ audio: { id: 'a', transcript: 'Hello' } }),
      start(2),
      text('Seen.'),
    );
    expect(state.steps).toMatchObject([
      { images: [image, image], annotations, citations, audio: { id: 'a', transcript: 'Hello' } },
      { content: 'Seen.', images: [], annotations: [], citations: [], audio: null },
    ]);
  });

  it('begin again after a restart', () => {
    const restart = chunk(markedChunk({ kind: 'restarted', attempt: 2 }));
    const state = after(start(1), attached({ images: [image] }, { citations }), restart);
    expect(state.steps).toEqual(after(start(1)).steps);
  });

  it('stay, and the images are sent again, when a stream is stopped', () => {
    const { steps, messages } = endRun(
      after(start(1), attached({ images: [image] }, { citations })),
      'report',
    );
    expect(steps).toMatchObject([{ images: [image], citations }]);
    expect(messages).toEqual([user, { role: 'assistant', content: '', images: [image] }]);
  });
});

describe('addToolEvent: calls', () => {
  const written = [start(1), writing('a', { city: 'Os' }), writing('a', { city: 'Oslo' })];

  it('keeps the arguments that were written, in the order of the answer', () => {
    expect(after(...written).steps[0]?.calls).toMatchObject([
      { status: 'writing', partial: { city: 'Oslo' } },
    ]);
    const { steps, messages } = after(...written, end(1, calls('b', 'a')));
    expect(steps[0]?.calls).toMatchObject([
      { id: 'b', status: 'waiting', partial: undefined },
      { id: 'a', status: 'waiting', partial: { city: 'Oslo' } },
    ]);
    expect(messages).toEqual([user, calls('b', 'a'), reply('b', NOT_RUN), reply('a', NOT_RUN)]);
  });

  it.each<[string, readonly ToolEvent[], string, string]>([
    ['that starts', [approval('tool-call')], 'running', MAY_HAVE_RUN],
    [
      'that waits for approval',
      [approval('tool-call'), approval('tool-approval')],
      'needs-approval',
      NOT_RUN,
    ],
    [
      'that was approved',
      [approval('tool-call'), approval('tool-approval'), approval('tool-approved')],
      'running',
      MAY_HAVE_RUN,
    ],
  ])('has a status and a reply for a call %s', (_, events, status, content) => {
    const { steps, messages } = after(start(1), end(1, calls('a')), ...events);
    expect(steps[0]?.calls).toMatchObject([{ id: 'a', status, input: {} }]);
    expect(messages.at(-1)).toEqual(reply('a', content));
  });

  it('changes nothing at an event of a call that is not known', () => {
    const state = after(start(1), end(1, calls('a')));
    const result = { type: 'tool-result', step: 1, name: 'w', result: right(7) } as const;
    for (const event of [
      approval('tool-call', 'b'),
      { ...result, id: 'b', message: reply('b', '7') },
    ] as const) {
      expect(addToolEvent(state, event)).toEqual(state);
    }
  });

  it('sums the tokens at the end of each step, and has those of the last event', () => {
    const state = after(start(1), end(1, calls('a')), start(2), end(2, null));
    expect(state.usage).toEqual({ total_tokens: 10 });
    const done = { type: 'done', reason: 'answered', steps: 2, messages: [user], pending: [] } as const;
    expect(addToolEvent(state, { ...done, usage: { total_tokens: 12 } })).toMatchObject({
      status: 'done',
      reason: 'answered',
      messages: [user],
      usage: { total_tokens: 12 },
    });
  });
});

describe('addToolEvent: calls of a history', () => {
  it('are a step after the others, each with its reply in the conversation', () => {
    const before = after(start(1), text('One'));
    const messages = [user, calls('a', 'b'), reply('a', '7'), { role: 'user', content: 'Go on.' } as const];
    const state = addToolEvent(before, { type: 'resumed', step: 0, messages });
    expect(state.status).toBe('streaming');
    expect(state.steps).toMatchObject([
      { content: 'One' },
      {
        step: 0,
        message: calls('a', 'b'),
        calls: [
          { id: 'a', status: 'done' },
          { id: 'b', status: 'waiting' },
        ],
      },
    ]);
    expect(state.messages).toEqual([
      user,
      calls('a', 'b'),
      reply('a', '7'),
      reply('b', NOT_RUN),
      { role: 'user', content: 'Go on.' },
    ]);
    expect(after({ type: 'resumed', step: 0, messages }).status).toBe('streaming');
  });

  it('that all have replies are no step', () => {
    const messages = [user, calls('a'), reply('a', '7')];
    expect(after({ type: 'resumed', step: 0, messages })).toEqual({ ...emptyRun, messages });
  });
});

describe('endRun and failRun', () => {
  const error = new Error('no');

  it('stop or fail a run without a step, and leave one that is done as it is', () => {
    expect(endRun(emptyRun, 'report')).toEqual({ ...emptyRun, status: 'stopped' });
    expect(failRun(emptyRun, error, 'drop')).toEqual({ ...emptyRun, status: 'failed', error });
    const done: RunState = { ...emptyRun, status: 'done' };
    expect(endRun(done, 'drop')).toBe(done);
  });

  it('add the text of an answer that has not ended, and nothing without text', () => {
    expect(endRun(after(start(1), text('Hel')), 'drop').messages).toEqual([
      user,
      { role: 'assistant', content: 'Hel' },
    ]);
    expect(failRun(after(start(1), reasoning('Hm')), error, 'report').messages).toEqual([user]);
  });

  it.each([
    ['done', [user, calls('a'), reply('a', NOT_RUN)]],
    ['failed', [user, calls('a'), reply('a', NOT_RUN)]],
    ['denied', [user, calls('a'), reply('a', NOT_RUN)]],
    ['running', [user]],
  ] as const)('keep a step whose call is %s only if it has ended, with `drop`', (status, messages) => {
    const state = after(start(1), end(1, calls('a')));
    const steps = state.steps.map((step) => ({
      ...step,
      calls: step.calls.map((call) => ({ ...call, status })),
    }));
    expect(endRun({ ...state, steps }, 'drop').messages).toEqual(messages);
    expect(endRun({ ...state, steps }, 'report').messages).toEqual(state.messages);
  });
});
