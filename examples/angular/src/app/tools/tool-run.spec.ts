import { TestBed } from '@angular/core/testing';
import type { Message } from 'rxjs-chat-completions';

import { SCENARIOS } from '../demo/scenarios';
import { ToolRun } from './tool-run';

describe('ToolRun', () => {
  it('denies a call, and emits a conversation in which each call has a reply', async () => {
    const fixture = TestBed.createComponent(ToolRun);
    const page = fixture.nativeElement as HTMLElement;
    const ended: (readonly Message[])[] = [];
    fixture.componentInstance.ended.subscribe((messages) => ended.push(messages));
    fixture.componentRef.setInput('question', SCENARIOS.find(({ id }) => id === 'tool-call')?.question);
    fixture.autoDetectChanges();
    const deny = (): HTMLButtonElement | null => page.querySelector('.approval button:not(.main)');
    await expect.poll(deny, { timeout: 8_000 }).not.toBeNull();
    expect(page.querySelector('[data-status=needs-approval] summary')?.textContent).toContain(
      'needs approval',
    );
    deny()?.click();
    await expect.poll(() => ended.length, { timeout: 8_000 }).toBe(1);
    expect(ended[0]?.map(({ role }) => role)).toEqual([
      ...['user', 'assistant', 'tool', 'tool'],
      ...['assistant', 'tool', 'assistant'],
    ]);
    expect(fixture.componentInstance.busy()).toBe(false);
  }, 20_000);
});
