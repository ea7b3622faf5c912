import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  CUSTOM_ELEMENTS_SCHEMA,
  ElementRef,
  inject,
  Injector,
  output,
} from '@angular/core';

import { ChatSession } from '../chat/chat-session';
import { SCENARIOS } from '../demo/scenarios';

/** The inspector beside the conversation, below it, or as a sheet above it, with the scenarios. */
@Component({
  selector: 'app-inspector-panel',
  // For `chat-inspector`.
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: `
    <div class="tools">
      <label class="pick">
        <span class="unseen">Scenario</span>
        <select #picker [value]="session.scenario()?.id ?? ''" (change)="session.play(picker.value)">
          <option value="">Scenario: none</option>
          @for (each of scenarios; track each.id) {
            <option [value]="each.id" [selected]="each.id === session.scenario()?.id">{{ each.name }}</option>
          }
        </select>
      </label>
      <button type="button" class="quiet" (click)="closed.emit()">Close</button>
    </div>
    <chat-inspector></chat-inspector>
  `,
  styleUrl: './inspector-panel.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: {
    role: 'complementary',
    'aria-label': 'Inspector',
    tabindex: '-1',
    '(keydown.escape)': 'close($event)',
  },
})
export class InspectorPanel {
  readonly session = inject(ChatSession);
  readonly scenarios = SCENARIOS;
  readonly closed = output();
  readonly #host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  readonly #injector = inject(Injector);

  /** Moves the focus into the panel, once it is shown. */
  focus(): void {
    afterNextRender(() => this.#host.focus({ preventScroll: true }), { injector: this.#injector });
  }

  /** Closes the panel; the answer continues. */
  close(event: Event): void {
    event.stopPropagation();
    this.closed.emit();
  }
}
