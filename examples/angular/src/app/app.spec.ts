import { TestBed } from '@angular/core/testing';

import { App } from './app';

describe('App', () => {
  beforeEach(async () => {
    // Loads the deferred views.
    await TestBed.configureTestingModule({ imports: [App] }).compileComponents();
    globalThis.matchMedia ??= (() => ({
      matches: false,
      addEventListener() {},
      removeEventListener() {},
    })) as unknown as typeof matchMedia;
    globalThis.ResizeObserver ??= class {
      observe(): void {}
      disconnect(): void {}
    } as unknown as typeof ResizeObserver;
    HTMLCanvasElement.prototype.getContext = (() => null) as never;
    location.hash = '';
  });

  it('starts empty, with suggestions', async () => {
    const fixture = TestBed.createComponent(App);
    await fixture.whenStable();
    const page = fixture.nativeElement as HTMLElement;
    expect(page.querySelectorAll('.empty li')).toHaveLength(4);
    expect(page.querySelector('app-answer')).toBeNull();
  });

  it('shows a question and streams its answer', async () => {
    const fixture = TestBed.createComponent(App);
    await fixture.whenStable();
    fixture.componentInstance.draft.set('hello');
    fixture.componentInstance.send();
    const page = fixture.nativeElement as HTMLElement;
    await expect
      .poll(() => page.querySelector('app-markdown')?.textContent ?? '', { timeout: 5_000 })
      .toContain('Hello!');
    expect(page.querySelector('.question p')?.textContent).toBe('hello');
    fixture.componentInstance.stop();
    await expect.poll(() => page.querySelector('.stopped')).not.toBeNull();
  });

  it('does not send on an Enter of an input method, also in Safari', async () => {
    const fixture = TestBed.createComponent(App);
    await fixture.whenStable();
    const { draft, chat } = fixture.componentInstance;
    draft.set('にほん');
    const textarea = (fixture.nativeElement as HTMLElement).querySelector('textarea');
    for (const composing of [{ isComposing: true }, { keyCode: 229 }]) {
      textarea?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ...composing }));
      expect(chat.messages()).toEqual([]);
    }
    textarea?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }));
    expect(chat.messages()).toHaveLength(2);
    for (const composing of [{ isComposing: true }, { keyCode: 229 }]) {
      document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', ...composing }));
      expect(chat.busy()).toBe(true);
    }
    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
    expect(chat.busy()).toBe(false);
  });
});
