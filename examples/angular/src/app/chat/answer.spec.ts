import { TestBed, type ComponentFixture } from '@angular/core/testing';
import { RequestError } from 'rxjs-chat-completions';
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
  images: [],
  audio: null,
  annotations: [],
  citations: [],
  requestId: null,
  steps: [],
  messages: [],
  error: null,
  metrics: null,
};

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
    expect(page.querySelector('.chip.ending')?.textContent).toBe(chip);
  });

  it.each<[string, Partial<ConversationAnswer>, string | undefined]>([
    ['nothing', {}, 'Empty answer'],
    ['reasoning only', { reasoning: 'Hm.' }, 'Empty answer'],
    ['a refusal', { refusal: 'No.' }, undefined],
    ['an image', { images: [{}] }, undefined],
  ])('shows that an answer of %s is empty', async (_, fields, chip) => {
    const { page } = await render({ status: 'done', finishReason: 'stop', ...fields });
    expect(page.querySelector('.chip.ending')?.textContent).toBe(chip);
    expect(page.querySelector('[aria-live]')?.textContent).toBe(
      chip ? 'Empty answer. ' : (fields.refusal ?? ''),
    );
  });

  it('announces the text of a failed answer, and leaves the error to the alert', async () => {
    const { page, fixture } = await render({
      status: 'failed',
      content: 'Hel',
      error: new RequestError('broken'),
    });
    const announcements = (): Element[] => [...page.querySelectorAll('[aria-live]')];
    expect(page.querySelector('[role=alert]')?.textContent).toContain('Broken');
    expect(announcements().map(({ textContent }) => textContent)).toEqual(['Hel']);
    fixture.componentRef.setInput('last', false);
    await fixture.whenStable();
    expect(announcements()).toEqual([]);
  });

  it.each([
    ['waiting', 1],
    ['done', 0],
  ] as const)('shows the wait for a retry only in the answer that waits: %s', async (status, count) => {
    const { page, fixture } = await render({ status });
    const error = new RequestError('busy');
    fixture.componentRef.setInput('retry', { error, retry: 1, count: 5, delayMs: 3_000 });
    await fixture.whenStable();
    expect(page.querySelectorAll('.banner.waiting')).toHaveLength(count);
  });
});
