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
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 0.6rem 0.9rem;
      margin-top: 0.75rem;
      padding: 0.7rem 0.9rem;
      border-radius: 12px;
      background: var(--error-soft);
      color: var(--error-ink);
      font-size: 0.88rem;
      line-height: 1.45;
    }
    p {
      flex: 1 1 14rem;
      margin: 0;
      overflow-wrap: anywhere;
    }
    b {
      display: block;
    }
    button {
      border-color: currentColor;
      background: none;
      color: inherit;
    }
  `,
  host: { role: 'alert' },
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
