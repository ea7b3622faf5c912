import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  effect,
  ElementRef,
  inject,
  linkedSignal,
  signal,
  viewChild,
} from '@angular/core';

import { Settings } from '../settings';
import { pretty } from './pretty';
import { Recorder, type Marble } from './recorder';
import { draw, LOOK, Places } from './timeline';

/** The kinds that one may look for. */
const FOUND_BY = ['text', 'reasoning', 'tool', 'finish', 'left', 'retry', 'error'] as const;

/** So near to its edge a marble is not in sight yet, in pixels. */
const EDGE = 20;

/** How far a pointer may slip and still be a click, in pixels. */
const SLIP = 5;

/** The Observable of the last answer on a live marble line; a marble shows its raw frame and its value. */
@Component({
  selector: 'app-inspector',
  templateUrl: './inspector.html',
  styleUrl: './inspector.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Inspector {
  readonly #recorder = inject(Recorder);
  readonly #settings = inject(Settings);
  private readonly canvas = viewChild.required<ElementRef<HTMLCanvasElement>>('line');
  readonly #places = new Places();
  /** Where a pointer took hold of the line, and whether it has pulled since. */
  #grip = { x: 0, from: 0 };
  #drags = false;
  /** Of the canvas, in pixels; 0 while it is not shown. */
  readonly #width = signal(0);

  readonly count = computed(() => (this.#recorder.noted(), this.#recorder.marbles.length));
  /** The place of the last marble. */
  readonly last = computed(() => Math.max(this.count() - 1, 0));
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
  readonly from = linkedSignal<{ count: number; chosen: number | null; width: number }, number>({
    source: () => ({ count: this.count(), chosen: this.chosen(), width: this.#width() }),
    computation: ({ chosen, width }, previous) => {
      this.#places.follow(this.#recorder.marbles);
      const end = Math.max(this.#places.width - width, 0);
      if (chosen === null) return end;
      const x = this.#places.x[chosen] ?? 0;
      const now = Math.min(previous?.value ?? end, end);
      // More came: it stays where it was scrolled to.
      if (chosen === previous?.source.chosen && width === previous.source.width) return now;
      if (x < now + EDGE) return Math.max(x - 60, 0);
      return x > now + width - EDGE ? Math.min(x - width + 60, end) : now;
    },
  });
  readonly decoded = computed(() => {
    const decoded = this.selected()?.decoded;
    // As data: the library's errors say by `toJSON` what they are.
    return decoded === undefined ? '' : pretty(JSON.parse(JSON.stringify(decoded)));
  });
  readonly raw = computed(() => this.selected()?.raw ?? '');
  readonly look = computed(() => LOOK[this.selected()?.kind ?? 'other']);
  /** What is written over the value. */
  readonly side = computed(() => {
    const kind = this.selected()?.kind;
    if (kind === 'left') return 'Left';
    return kind === 'error' || kind === 'retry' ? 'Error' : 'Value';
  });
  readonly legend = computed(() => {
    this.#recorder.noted();
    return FOUND_BY.map((kind) => ({ ...LOOK[kind], kind, count: this.#recorder.counts.get(kind) ?? 0 }));
  });

  constructor() {
    const scheme = signal(false);
    const destroyed = inject(DestroyRef);
    afterNextRender(() => {
      const sized = new ResizeObserver(([entry]) => this.#width.set(entry?.contentRect.width ?? 0));
      sized.observe(this.canvas().nativeElement);
      const dark = matchMedia('(prefers-color-scheme: dark)');
      const changed = (): void => scheme.set(dark.matches);
      dark.addEventListener('change', changed);
      destroyed.onDestroy(() => {
        sized.disconnect();
        dark.removeEventListener('change', changed);
      });
    });

    let drawn = 0;
    effect(() => {
      // Colours are read when it is drawn, after they have changed.
      this.#settings.theme();
      scheme();
      if (this.#width() === 0) return;
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
    if (this.count() > 0 && !this.#drags) this.chosen.set(this.#places.nearest(event.offsetX + this.from()));
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
    this.#scrollTo(this.from() + event.deltaX + event.deltaY);
  }

  grip({ clientX }: PointerEvent): void {
    this.#drags = false;
    this.#grip = { x: clientX, from: this.from() };
  }

  drag({ clientX, buttons, pointerId }: PointerEvent): void {
    const pulled = this.#grip.x - clientX;
    if (buttons === 0 || (!this.#drags && Math.abs(pulled) < SLIP)) return;
    if (!this.#drags) this.canvas().nativeElement.setPointerCapture(pointerId);
    this.#drags = true;
    this.#scrollTo(this.#grip.from + pulled);
  }

  /** Who scrolls back wants to look there: a marble in sight is chosen, and the newest is not followed any more. */
  #scrollTo(to: number): void {
    const end = Math.max(this.#places.width - this.#width(), 0);
    const from = Math.min(Math.max(to, 0), end);
    this.from.set(from);
    if (this.chosen() === null && from < end) {
      this.chosen.set(this.#places.lastBefore(from + this.#width() - EDGE));
    }
  }

  /** To the next one of a kind, or the first. */
  find(kind: Marble['kind']): void {
    const { marbles } = this.#recorder;
    const after = marbles.find((marble) => marble.kind === kind && marble.index > (this.chosen() ?? -1));
    const found = after ?? marbles.find((marble) => marble.kind === kind);
    if (found) this.chosen.set(found.index);
  }
}
