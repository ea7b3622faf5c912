import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  ElementRef,
  inject,
  linkedSignal,
  viewChild,
} from '@angular/core';

import { Recorder, type Marble } from './recorder';
import { draw, LOOK, Places } from './timeline';

/** The Observable of the last answer on a live marble line; a marble shows its raw frame and its value. */
@Component({
  selector: 'app-inspector',
  templateUrl: './inspector.html',
  styleUrl: './inspector.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Inspector {
  readonly #recorder = inject(Recorder);
  private readonly canvas = viewChild.required<ElementRef<HTMLCanvasElement>>('line');
  readonly #places = new Places();

  readonly count = computed(() => (this.#recorder.noted(), this.#recorder.marbles.length));
  /** `null` while the newest is followed. */
  readonly chosen = linkedSignal<number, number | null>({
    source: this.#recorder.begun,
    computation: () => null,
  });
  readonly selected = computed<Marble | undefined>(() => {
    const count = this.count();
    return this.#recorder.marbles[Math.min(this.chosen() ?? count - 1, count - 1)];
  });
  /** How far the line is scrolled, in pixels; the end is followed unless a marble was chosen. */
  readonly from = linkedSignal<{ count: number; chosen: number | null }, number>({
    source: () => ({ count: this.count(), chosen: this.chosen() }),
    computation: ({ chosen }, previous) => {
      this.#places.follow(this.#recorder.marbles);
      const width = typeof document === 'undefined' ? 0 : this.canvas().nativeElement.clientWidth;
      const end = Math.max(this.#places.width - width, 0);
      if (chosen === null) return end;
      const x = this.#places.x[chosen] ?? 0;
      const now = Math.min(previous?.value ?? end, end);
      return x < now + 20 ? Math.max(x - 60, 0) : x > now + width - 20 ? Math.min(x - width + 60, end) : now;
    },
  });
  readonly decoded = computed(() => pretty(this.selected()?.decoded));
  readonly raw = computed(() => this.selected()?.raw ?? '');
  readonly name = computed(() => {
    const marble = this.selected();
    return marble ? LOOK[marble.kind].name : '';
  });
  readonly legend = (['text', 'reasoning', 'tool', 'finish', 'left', 'retry', 'error'] as const).map(
    (kind) => ({
      ...LOOK[kind],
      kind,
    }),
  );

  constructor() {
    let drawn = 0;
    effect(() => {
      if (typeof requestAnimationFrame === 'undefined') return;
      const view = { from: this.from(), selected: this.selected()?.index ?? -1 };
      const canvas = this.canvas().nativeElement;
      cancelAnimationFrame(drawn);
      drawn = requestAnimationFrame(() => {
        const style = getComputedStyle(canvas);
        draw(canvas, this.#recorder.marbles, this.#places, {
          ...view,
          colour: (name) => style.getPropertyValue(name),
        });
      });
    });
  }

  choose(event: MouseEvent): void {
    if (this.count() > 0) this.chosen.set(this.#places.nearest(event.offsetX + this.from()));
  }

  step(event: KeyboardEvent): void {
    const last = this.count() - 1;
    const now = this.chosen() ?? last;
    const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last }[event.key];
    if (to === undefined || last < 0) return;
    event.preventDefault();
    this.chosen.set(to >= last ? null : Math.max(to, 0));
  }

  scroll(event: WheelEvent): void {
    event.preventDefault();
    const end = Math.max(this.#places.width - this.canvas().nativeElement.clientWidth, 0);
    this.from.update((from) => Math.min(Math.max(from + event.deltaX + event.deltaY, 0), end));
  }

  /** To the next one of a kind, or the first. */
  find(kind: Marble['kind']): void {
    const { marbles } = this.#recorder;
    const after = marbles.find((marble) => marble.kind === kind && marble.index > (this.chosen() ?? -1));
    const found = after ?? marbles.find((marble) => marble.kind === kind);
    if (found) this.chosen.set(found.index);
  }
}

function pretty(value: unknown): string {
  if (value === undefined) return '';
  return JSON.stringify(value, null, 2) ?? '';
}
