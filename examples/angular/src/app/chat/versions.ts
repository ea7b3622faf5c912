import {
  ChangeDetectionStrategy,
  Component,
  computed,
  ElementRef,
  inject,
  input,
  output,
} from '@angular/core';

/** The alternatives of a question or an answer: "2 of 3", and the way to the others. */
@Component({
  selector: 'app-versions',
  template: `
    <button
      type="button"
      class="quiet"
      [attr.aria-disabled]="place() === 0"
      [attr.aria-label]="'Previous version, at ' + label()"
      (click)="step(-1)"
    >
      ‹
    </button>
    <span aria-hidden="true">{{ label() }}</span>
    <button
      type="button"
      class="quiet"
      [attr.aria-disabled]="place() === ids().length - 1"
      [attr.aria-label]="'Next version, at ' + label()"
      (click)="step(1)"
    >
      ›
    </button>
  `,
  styleUrl: './versions.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: {
    role: 'group',
    'aria-label': 'Versions',
    '(keydown.arrowleft)': 'step(-1)',
    '(keydown.arrowright)': 'step(1)',
  },
})
export class Versions {
  /** The ids of all alternatives, the oldest first. */
  readonly ids = input.required<readonly number[]>();
  /** The id of the one that is shown. */
  readonly id = input.required<number>();
  /** The alternative to show, and the direction to it. */
  readonly picked = output<{ readonly id: number; readonly by: number }>();

  readonly place = computed(() => this.ids().indexOf(this.id()));
  readonly label = computed(() => `${this.place() + 1} of ${this.ids().length}`);
  readonly #host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;

  step(by: number): void {
    const id = this.ids()[this.place() + by];
    if (id !== undefined) this.picked.emit({ id, by });
  }

  /** Focuses the button of a direction. */
  focus(by: number): void {
    this.#host.querySelectorAll('button')[by < 0 ? 0 : 1]?.focus();
  }
}
