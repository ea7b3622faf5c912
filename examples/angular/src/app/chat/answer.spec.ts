import { TestBed, type ComponentFixture } from '@angular/core/testing';
import type { ConversationAnswer } from 'rxjs-chat-completions/angular';

import { Answer } from './answer';

const ANSWER: ConversationAnswer = {
  id: 1,
  role: 'assistant',
  status: 'streaming',
  content: '',
  reasoning: '',
  refusal: '',
  toolCalls: [],
  finishReason: null,
  usage: null,
  error: null,
  metrics: null,
};

const call = { id: 'same', type: 'function', name: 'weather', arguments: '{}', complete: true };

/** Renders an answer. `update` changes its fields. */
async function render(fields: Partial<ConversationAnswer>): Promise<{
  readonly page: HTMLElement;
  readonly fixture: ComponentFixture<Answer>;
  readonly update: (fields: Partial<ConversationAnswer>) => Promise<void>;
}> {
  const fixture = TestBed.createComponent(Answer);
  let answer = ANSWER;
  const update = async (more: Partial<ConversationAnswer>): Promise<void> => {
    answer = { ...answer, ...more };
    fixture.componentRef.setInput('answer', answer);
    await fixture.whenStable();
  };
  fixture.componentRef.setInput('last', true);
  await update(fields);
  return { page: fixture.nativeElement as HTMLElement, fixture, update };
}

describe('Answer', () => {
  it('closes the reasoning when the text starts, and then leaves it to the reader', async () => {
    const { page, update } = await render({ reasoning: 'Hm.' });
    const fold = page.querySelector('details');
    expect(fold?.open).toBe(true);
    await update({ content: 'No' });
    expect(fold?.open).toBe(false);
    page.querySelector('summary')?.click();
    await update({ content: 'No.' });
    expect(fold?.open).toBe(true);
    await update({ status: 'done' });
    expect(fold?.open).toBe(true);
  });

  it('leaves the reasoning open without text', async () => {
    const { page, update } = await render({ reasoning: 'Hm.' });
    await update({ status: 'stopped' });
    expect(page.querySelector('details')?.open).toBe(true);
  });

  it('shows the state of each tool call, also with equal ids', async () => {
    const { page, fixture, update } = await render({ toolCalls: [call, { ...call, complete: false }] });
    const states = (): (string | undefined)[] =>
      [...page.querySelectorAll<HTMLElement>('.tool')].map(({ dataset }) => dataset['state']);
    const set = async (name: string, value: unknown): Promise<void> => {
      fixture.componentRef.setInput(name, value);
      await fixture.whenStable();
    };
    expect(states()).toEqual(['writing', 'writing']);
    await update({ status: 'stopped' });
    expect(states()).toEqual(['stopped', 'incomplete']);
    await update({ status: 'done', toolCalls: [call, call] });
    await set('running', true);
    expect(states()).toEqual(['running', 'running']);
    await set('results', ['one', 'two']);
    await set('running', false);
    expect(states()).toEqual(['done', 'done']);
    expect([...page.querySelectorAll('.result')].map(({ textContent }) => textContent)).toEqual([
      'one',
      'two',
    ]);
  });

  it('shows and announces a refusal', async () => {
    const { page } = await render({
      status: 'done',
      refusal: 'I cannot help with that.',
      finishReason: 'stop',
    });
    expect(page.querySelector('.declined')?.textContent).toContain('I cannot help with that.');
    expect(page.querySelector('[aria-live]')?.textContent).toBe('I cannot help with that.');
  });

  it.each([
    ['length', 'Incomplete: length'],
    ['content_filter', 'Incomplete: content filter'],
    ['stop', undefined],
    ['tool_calls', undefined],
    [null, undefined],
  ])('shows whether it is complete for the finish reason %j', async (finishReason, chip) => {
    const { page } = await render({ status: 'done', content: 'I', finishReason });
    expect(page.querySelector('.chip.stopped')?.textContent).toBe(chip);
  });

  it('announces the text of a failed answer, and leaves the error to the alert', async () => {
    const { page, fixture } = await render({ status: 'failed', content: 'Hel', error: new Error('broken') });
    const announcements = (): Element[] => [...page.querySelectorAll('[aria-live]')];
    expect(page.querySelector('[role=alert]')?.textContent).toContain('broken');
    expect(announcements().map(({ textContent }) => textContent)).toEqual(['Hel']);
    fixture.componentRef.setInput('last', false);
    await fixture.whenStable();
    expect(announcements()).toEqual([]);
  });
});
