import { TestBed } from '@angular/core/testing';

import { App } from './app';

/** Writes a draft. */
function write(page: HTMLElement, text: string): HTMLTextAreaElement | null {
  const textarea = page.querySelector('textarea');
  if (textarea !== null) textarea.value = text;
  textarea?.dispatchEvent(new Event('input'));
  return textarea;
}

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
    expect(page.querySelectorAll('app-start li')).toHaveLength(4);
    expect(page.querySelector('app-answer')).toBeNull();
  });

  it('shows a question and streams its answer', async () => {
    const fixture = TestBed.createComponent(App);
    await fixture.whenStable();
    const page = fixture.nativeElement as HTMLElement;
    write(page, 'hello');
    page.querySelector('form')?.requestSubmit();
    await expect
      .poll(() => page.querySelector('app-markdown')?.textContent ?? '', { timeout: 5_000 })
      .toContain('Hello!');
    expect(page.querySelector('app-question p')?.textContent).toBe('hello');
    page.querySelector<HTMLButtonElement>('.stop')?.click();
    await expect.poll(() => page.querySelector('.stopped')).not.toBeNull();
  });

  it('does not send on an Enter of an input method, also in Safari', async () => {
    const fixture = TestBed.createComponent(App);
    await fixture.whenStable();
    const { chat } = fixture.componentInstance.session;
    const textarea = write(fixture.nativeElement as HTMLElement, 'にほん');
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
