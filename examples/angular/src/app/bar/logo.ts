import { ChangeDetectionStrategy, Component } from '@angular/core';

/** Two marbles on a line, and the end. */
@Component({
  selector: 'app-logo',
  template: `
    <svg viewBox="0 0 40 20" aria-hidden="true">
      <path d="M0 10h40" />
      <circle cx="10" cy="10" r="6" />
      <circle class="two" cx="26" cy="10" r="6" />
      <path d="M38 3v14" />
    </svg>
  `,
  styles: `
    :host {
      display: block;
      width: 2.5rem;
    }
    svg {
      display: block;
      fill: none;
      stroke: var(--line);
      stroke-width: 2;
    }
    circle {
      fill: var(--m-text);
      stroke: none;
    }
    .two {
      fill: var(--m-reasoning);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Logo {}
