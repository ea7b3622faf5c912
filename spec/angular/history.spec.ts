import './injector';

import { historyOf, type ConversationEntry } from '../../lib/angular';
import { entryOf } from '../../lib/angular/entryOf';
import { branchOf } from '../../lib/conversation/branches';
import { emptyConversation } from '../../lib/conversation/ConversationState';
import { conversationOf } from '../../lib/conversation/conversationOf';
import { reduceConversation } from '../../lib/conversation/reduceConversation';
import { TruncatedError } from '../../lib/errors';
import type { Message } from '../../lib/request/Message';
import { waiting } from '../../lib/state/ChatState';
import { emptyRun, type RunState } from '../../lib/tools/RunState';
import { newStep } from '../../lib/tools/steps';

const entriesOf = (...messages: readonly Message[]): readonly ConversationEntry[] =>
  branchOf(conversationOf(messages)).map((turn) => entryOf(turn));
const user: Message = { role: 'user', content: 'Hi' };
const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{}' } } as const;
const reply: Message = { role: 'tool', tool_call_id: 'call_1', content: '4°' };

/** The entry of an answer whose run is this one. */
function answerWith(run: Partial<RunState>): ConversationEntry {
  const asked = reduceConversation(emptyConversation, { type: 'send', content: 'Hi' });
  const state = reduceConversation(asked, { type: 'run', id: '2', run: { ...emptyRun, ...run } });
  return entryOf(branchOf(state)[1]!, { ...waiting.state, status: 'streaming', images: [] });
}

describe('entryOf', () => {
  it('has the role, the text and the message of a message', () => {
    const parts = [{ type: 'text', text: 'Hi' }] as const;
    expect(
      entriesOf({ role: 'developer', content: 'Be brief.' }, { role: 'user', content: parts }, reply),
    ).toMatchObject([
      { id: 1, role: 'system', content: 'Be brief.' },
      { id: 2, role: 'user', content: 'Hi', message: { content: parts } },
      { id: 3, role: 'tool', content: '4°', message: reply },
    ]);
  });

  it('reads a stored answer, its calls and its refusal', () => {
    expect(
      entriesOf(
        user,
        { role: 'assistant', content: 'I ask.', reasoning: 'Hm.', tool_calls: [call] },
        reply,
      )[1],
    ).toMatchObject({
      id: 2,
      status: 'done',
      content: 'I ask.',
      reasoning: 'Hm.',
      toolCalls: [{ id: 'call_1', name: 'weather', arguments: '{}', complete: true }],
      finishReason: 'stop',
    });
    expect(entriesOf({ role: 'assistant', refusal: 'No.' })[0]).toMatchObject({
      refusal: 'No.',
      content: '',
    });
    const images = [{ type: 'image_url', image_url: { url: 'data:x' } }] as const;
    expect(entriesOf({ role: 'assistant', content: '', images })[0]).toMatchObject({ images });
    const citations = ['https://a.example'];
    expect(answerWith({ steps: [newStep(1), newStep(2, { citations })] })).toMatchObject({ citations });
  });

  it('joins the steps of a run', () => {
    const step = newStep(1, { content: 'A', reasoning: 'a' });
    expect(
      answerWith({
        status: 'streaming',
        content: 'A\n\nB',
        steps: [step, { ...step, step: 2, reasoning: 'b' }],
      }),
    ).toMatchObject({ status: 'streaming', content: 'A\n\nB', reasoning: 'a\n\nb' });
  });

  it('has the error of a failed answer', () => {
    expect(answerWith({ status: 'failed', error: new TruncatedError() })).toMatchObject({
      error: { _tag: 'TruncatedError' },
    });
    expect(answerWith({ status: 'failed', error: new TypeError('far') })).toMatchObject({
      error: { _tag: 'RequestError', message: 'far' },
    });
  });
});

describe('historyOf', () => {
  it('returns the messages that entries were created from, as the same objects', () => {
    const messages: readonly Message[] = [
      { role: 'system', content: 'Be brief.' },
      user,
      { role: 'assistant', content: null, tool_calls: [call], reasoning_content: 'Hm.' },
      reply,
      { role: 'assistant', content: 'Hello' },
    ];
    historyOf(entriesOf(...messages)).forEach((message, place) => expect(message).toBe(messages[place]));
    expect(historyOf(entriesOf(...messages))).toHaveLength(5);
  });

  it('pairs calls with results that follow as messages, and reports a call without one as not run', () => {
    const called: Message = { role: 'assistant', tool_calls: [call, { ...call, id: 'call_2' }] };
    const result = entryOf({
      kind: 'user',
      id: '3',
      parent: '2',
      message: { ...reply, tool_call_id: 'call_2' },
    });
    expect(historyOf([...entriesOf(user, called), result])).toEqual([
      user,
      called,
      { role: 'tool', tool_call_id: 'call_1', content: 'The run was stopped; this call was not run.' },
      { role: 'tool', tool_call_id: 'call_2', content: '4°' },
    ]);
  });

  it('leaves out an answer without text', () => {
    expect(historyOf([...entriesOf(user), answerWith({ status: 'failed' })])).toEqual([user]);
  });
});
