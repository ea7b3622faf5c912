import { ChangeDetectionStrategy, Component, effect, ElementRef, inject, input } from '@angular/core';

import { addCopyButton } from './copy-code';
import { highlight } from './highlight';
import { MarkdownWriter } from './markdown-writer';

/** Renders Markdown that grows. New text is added without rendering the earlier text again. */
@Component({
  selector: 'app-markdown',
  template: '',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Markdown {
  readonly text = input.required<string>();
  /** Whether the text is complete. */
  readonly ended = input(false);

  constructor() {
    const host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
    let writer: MarkdownWriter | undefined;
    let written = '';

    effect(() => {
      const text = this.text();
      if (writer === undefined || !text.startsWith(written)) {
        host.replaceChildren();
        writer = new MarkdownWriter(host, completeCode);
        written = '';
      }
      writer.write(text.slice(written.length));
      written = text;
      if (!this.ended()) return;
      writer.end();
      writer = undefined;
    });
  }
}

function completeCode(block: HTMLElement): void {
  addCopyButton(block);
  // Without the highlighter the code is plain.
  highlight(block).catch(() => undefined);
}
