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

/** An answer on the screen, and a way to let it go on. */
async function shown(fields: Partial<ConversationAnswer>): Promise<{
  readonly page: HTMLElement;
  readonly fixture: ComponentFixture<Answer>;
  readonly goOn: (fields: Partial<ConversationAnswer>) => Promise<void>;
}> {
  const fixture = TestBed.createComponent(Answer);
  let answer = ANSWER;
  const goOn = async (more: Partial<ConversationAnswer>): Promise<void> => {
    answer = { ...answer, ...more };
    fixture.componentRef.setInput('answer', answer);
    await fixture.whenStable();
  };
  fixture.componentRef.setInput('last', true);
  await goOn(fields);
  return { page: fixture.nativeElement as HTMLElement, fixture, goOn };
}

describe('Answer', () => {
  it('closes what the model thought when it writes, and leaves it as the reader has it from then on', async () => {
    const { page, goOn } = await shown({ reasoning: 'Hm.' });
    const fold = page.querySelector('details');
    expect(fold?.open).toBe(true);
    await goOn({ content: 'No' });
    expect(fold?.open).toBe(false);
    page.querySelector('summary')?.click();
    await goOn({ content: 'No.' });
    expect(fold?.open).toBe(true);
    await goOn({ status: 'done' });
    expect(fold?.open).toBe(true);
  });

  it('leaves open what is all there is to see, also when it is stopped', async () => {
    const { page, goOn } = await shown({ reasoning: 'Hm.' });
    await goOn({ status: 'stopped' });
    expect(page.querySelector('details')?.open).toBe(true);
  });

  it('says what became of each tool call, also where two have the same id', async () => {
    const { page, fixture, goOn } = await shown({ toolCalls: [call, { ...call, complete: false }] });
    const states = (): (string | undefined)[] =>
      [...page.querySelectorAll<HTMLElement>('.tool')].map(({ dataset }) => dataset['state']);
    const set = async (name: string, value: unknown): Promise<void> => {
      fixture.componentRef.setInput(name, value);
      await fixture.whenStable();
    };
    expect(states()).toEqual(['writing', 'writing']);
    await goOn({ status: 'stopped' });
    expect(states()).toEqual(['stopped', 'broken']);
    await goOn({ status: 'done', toolCalls: [call, call] });
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

  it('shows that the model declined, and says so', async () => {
    const { page } = await shown({
      status: 'done',
      refusal: 'I cannot help with that.',
      finishReason: 'stop',
    });
    expect(page.querySelector('.refused')?.textContent).toContain('I cannot help with that.');
    expect(page.querySelector('[aria-live]')?.textContent).toBe('I cannot help with that.');
  });

  it.each([
    ['length', 'Cut off: length'],
    ['content_filter', 'Cut off: content filter'],
    ['stop', undefined],
    ['tool_calls', undefined],
    [null, undefined],
  ])('tells by the finish reason %j whether it is whole', async (finishReason, chip) => {
    const { page } = await shown({ status: 'done', content: 'I', finishReason });
    expect(page.querySelector('.chip.stopped')?.textContent).toBe(chip);
  });

  it('says the text of an answer that failed, and leaves the failure to the alert', async () => {
    const { page, fixture } = await shown({ status: 'failed', content: 'Hel', error: new Error('broken') });
    const said = (): Element[] => [...page.querySelectorAll('[aria-live]')];
    expect(page.querySelector('[role=alert]')?.textContent).toContain('broken');
    expect(said().map(({ textContent }) => textContent)).toEqual(['Hel']);
    fixture.componentRef.setInput('last', false);
    await fixture.whenStable();
    expect(said()).toEqual([]);
  });
});
