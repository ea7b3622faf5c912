import { getOrElseW } from 'fp-ts/Either';
import { of } from 'rxjs';

import { conversation } from '../../lib/conversation/conversation';
import type { ConversationCommand } from '../../lib/conversation/ConversationCommand';
import { conversationFrom } from '../../lib/conversation/conversationFrom';
import { emptyConversation, type ConversationState } from '../../lib/conversation/ConversationState';
import { conversationOf } from '../../lib/conversation/conversationOf';
import { persisted } from '../../lib/conversation/persisted';
import { storedForm } from '../../lib/conversation/storedForm';
import type { AssistantMessage } from '../../lib/request/Message';
import { emptyRun, type RunStep } from '../../lib/tools/RunState';
import { newStep } from '../../lib/tools/steps';

const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } } as const;
const audio = { id: 'a', data: 'UklGRg==', transcript: 'Hello' };

const withStep = (step: RunStep): ConversationState => ({
  ...emptyConversation,
  head: '1',
  next: 2,
  turns: {
    1: {
      kind: 'assistant',
      id: '1',
      parent: null,
      run: {
        ...emptyRun,
        status: 'done',
        steps: [step],
        messages: step.message === null ? [] : [step.message],
      },
      metrics: null,
    },
  },
});

const restore = (text: string): ConversationState =>
  getOrElseW((mismatch) => {
    throw mismatch;
  })(conversationFrom(JSON.parse(text)));

const count = (text: string, part: string): number => text.split(part).length - 1;

describe('storedForm', () => {
  const message: AssistantMessage = { role: 'assistant', content: '', images: [image] };

  it('has the images of a complete step once, from which they are restored', () => {
    const state = withStep(newStep(1, { images: [image], message }));
    const text = JSON.stringify(storedForm(state));
    expect([count(JSON.stringify(state), image.image_url.url), count(text, image.image_url.url)]).toEqual([
      3, 1,
    ]);
    expect(restore(text)).toEqual(state);
    expect(JSON.stringify(storedForm(restore(text)))).toBe(text);
  });

  it('restores images that are in the step and in the messages, as earlier versions stored them', () => {
    const state = withStep(newStep(1, { images: [image], message }));
    const stored = JSON.stringify(withStep(newStep(1, { images: [], message })));
    expect(restore(stored)).toEqual(state);
    expect(restore(JSON.stringify(state))).toEqual(state);
  });

  it.each([
    ['is missing', '"message":0', '"message":7'],
    ['is no answer', '"role":"assistant"', '"role":"user"'],
  ])('restores a step without its message if that %s', (_, from, to) => {
    const stored = JSON.stringify(storedForm(withStep(newStep(1, { images: [image], message }))));
    expect(restore(stored.replace(from, to))).toMatchObject({
      turns: { 1: { run: { steps: [{ message: null, images: [] }], messages: [{ images: [image] }] } } },
    });
  });

  it('restores calls in the form of servers, whatever was stored', () => {
    const stored = JSON.stringify(storedForm(withStep(newStep(1, { message }))));
    const text = stored.replace('"role":"assistant"', '"role":"assistant","tool_calls":5');
    expect(restore(text)).toEqual(withStep(newStep(1, { images: [image], message })));
  });

  it.each<[string, Partial<RunStep>]>([
    ['of a step that is not complete', { images: [image] }],
    [
      'that came as parts of the content',
      { images: [image], message: { role: 'assistant', content: 'Seen.' } },
    ],
  ])('keeps the images %s', (_, fields) => {
    const state = withStep(newStep(1, fields));
    expect(restore(JSON.stringify(storedForm(state)))).toEqual(state);
  });

  it('keeps the transcript of audio without its data', () => {
    const text = JSON.stringify(storedForm(withStep(newStep(1, { audio }))));
    expect(restore(text)).toEqual(withStep(newStep(1, { audio: { ...audio, data: null } })));
  });

  it('is what persisted writes', () => {
    const writes: string[] = [];
    const run = { ...emptyRun, status: 'done', steps: [newStep(1, { audio })] } as const;
    of<ConversationCommand>({ type: 'send', content: 'Hi' })
      .pipe(
        persisted(
          { load: () => null, save: (text) => void writes.push(text) },
          (from) => conversation({ from, answer: () => of(run) }),
          {
            onError: (error) => {
              throw error;
            },
          },
        ),
      )
      .subscribe();
    expect(writes.map((text) => [count(text, audio.transcript), count(text, audio.data)])).toEqual([[1, 0]]);
  });

  it('keeps a conversation without attachments as it is', () => {
    const state = conversationOf([
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello' },
    ]);
    expect(storedForm(state)).toEqual(state);
  });
});
