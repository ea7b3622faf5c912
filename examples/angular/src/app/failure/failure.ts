import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';

/** A failure, in words, with a button that tries again. */
@Component({
  selector: 'app-failure',
  template: `
    <p>
      <b>{{ name() }}</b> {{ sentence() }}
    </p>
    @if (repeatable()) {
      <button type="button" (click)="again.emit()">Try again</button>
    }
  `,
  styles: `
    :host {
      background: var(--error-soft);
      color: var(--error-ink);
    }
    button {
      border-color: currentColor;
      background: none;
      color: inherit;
    }
  `,
  host: { class: 'banner', role: 'alert' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Failure {
  readonly name = input.required<string>();
  readonly message = input.required<string>();
  readonly repeatable = input(true);
  readonly again = output();

  /** The message of an error, which begins with a small letter, as a sentence. */
  readonly sentence = computed(() => this.message().charAt(0).toUpperCase() + this.message().slice(1));
}
