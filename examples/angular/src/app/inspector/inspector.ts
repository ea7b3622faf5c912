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
import { drawTimeline, MARBLE_STYLES, MarblePositions } from './timeline';

/** The kinds in the legend. */
const LEGEND = ['text', 'reasoning', 'tool', 'finish', 'left', 'retry', 'error'] as const;

/** Distance from the edge, in pixels, at which a marble counts as hidden. */
const EDGE = 20;

/** Distance in pixels from which a pointer drags instead of clicking. */
const DRAG_DISTANCE = 5;

/** Shows the Observable of the last answer as a live marble diagram. A selected marble shows its raw frame and its value. */
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
  readonly #positions = new MarblePositions();
  /** The start of a drag. */
  #dragStart = { x: 0, from: 0 };
  #isDragging = false;
  /** Width of the canvas in pixels; 0 while it is hidden. */
  readonly #width = signal(0);

  readonly count = computed(() => (this.#recorder.updates(), this.#recorder.marbles.length));
  /** The index of the last marble. */
  readonly last = computed(() => Math.max(this.count() - 1, 0));
  /** The selected marble; `null` while the newest is followed. */
  readonly chosen = linkedSignal<number, number | null>({
    source: this.#recorder.restarts,
    computation: () => null,
  });
  readonly selected = computed<Marble | undefined>(() => {
    const count = this.count();
    return this.#recorder.marbles[Math.min(this.chosen() ?? count - 1, count - 1)];
  });
  /** The scroll position in pixels. It follows the end unless a marble is selected. */
  readonly from = linkedSignal<{ count: number; chosen: number | null; width: number }, number>({
    source: () => ({ count: this.count(), chosen: this.chosen(), width: this.#width() }),
    computation: ({ chosen, width }, previous) => {
      this.#positions.follow(this.#recorder.marbles);
      const end = Math.max(this.#positions.width - width, 0);
      if (chosen === null) return end;
      const x = this.#positions.x[chosen] ?? 0;
      const now = Math.min(previous?.value ?? end, end);
      // New marbles do not change the scroll position.
      if (chosen === previous?.source.chosen && width === previous.source.width) return now;
      if (x < now + EDGE) return Math.max(x - 60, 0);
      return x > now + width - EDGE ? Math.min(x - width + 60, end) : now;
    },
  });
  readonly decoded = computed(() => {
    const decoded = this.selected()?.decoded;
    // As JSON, as errors of the library have `toJSON`.
    return decoded === undefined ? '' : pretty(JSON.parse(JSON.stringify(decoded)));
  });
  readonly raw = computed(() => this.selected()?.raw ?? '');
  readonly style = computed(() => MARBLE_STYLES[this.selected()?.kind ?? 'other']);
  /** The title of the value. */
  readonly valueTitle = computed(() => {
    const kind = this.selected()?.kind;
    if (kind === 'left') return 'Left';
    return kind === 'error' || kind === 'retry' ? 'Error' : 'Value';
  });
  readonly legend = computed(() => {
    this.#recorder.updates();
    return LEGEND.map((kind) => ({
      ...MARBLE_STYLES[kind],
      kind,
      count: this.#recorder.counts.get(kind) ?? 0,
    }));
  });

  constructor() {
    const isDark = signal(false);
    const destroyed = inject(DestroyRef);
    afterNextRender(() => {
      const resizeObserver = new ResizeObserver(([entry]) => this.#width.set(entry?.contentRect.width ?? 0));
      resizeObserver.observe(this.canvas().nativeElement);
      const dark = matchMedia('(prefers-color-scheme: dark)');
      const update = (): void => isDark.set(dark.matches);
      dark.addEventListener('change', update);
      destroyed.onDestroy(() => {
        resizeObserver.disconnect();
        dark.removeEventListener('change', update);
      });
    });

    let frame = 0;
    effect(() => {
      // Redraws when the colours change.
      this.#settings.theme();
      isDark();
      if (this.#width() === 0) return;
      const view = { from: this.from(), selected: this.selected()?.index ?? -1 };
      const canvas = this.canvas().nativeElement;
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        const computedStyle = getComputedStyle(canvas);
        drawTimeline(canvas, this.#recorder.marbles, this.#positions, {
          ...view,
          colour: (name) => computedStyle.getPropertyValue(name),
        });
      });
    });
  }

  choose(event: MouseEvent): void {
    if (this.count() > 0 && !this.#isDragging)
      this.chosen.set(this.#positions.nearest(event.offsetX + this.from()));
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

  startDrag({ clientX }: PointerEvent): void {
    this.#isDragging = false;
    this.#dragStart = { x: clientX, from: this.from() };
  }

  drag({ clientX, buttons, pointerId }: PointerEvent): void {
    const distance = this.#dragStart.x - clientX;
    if (buttons === 0 || (!this.#isDragging && Math.abs(distance) < DRAG_DISTANCE)) return;
    if (!this.#isDragging) this.canvas().nativeElement.setPointerCapture(pointerId);
    this.#isDragging = true;
    this.#scrollTo(this.#dragStart.from + distance);
  }

  /** Scrolls the line. Scrolling back selects a visible marble, so that the newest is no longer followed. */
  #scrollTo(to: number): void {
    const end = Math.max(this.#positions.width - this.#width(), 0);
    const from = Math.min(Math.max(to, 0), end);
    this.from.set(from);
    if (this.chosen() === null && from < end) {
      this.chosen.set(this.#positions.lastBefore(from + this.#width() - EDGE));
    }
  }

  /** Selects the next marble of a kind, or the first. */
  find(kind: Marble['kind']): void {
    const { marbles } = this.#recorder;
    const after = marbles.find((marble) => marble.kind === kind && marble.index > (this.chosen() ?? -1));
    const found = after ?? marbles.find((marble) => marble.kind === kind);
    if (found) this.chosen.set(found.index);
  }
}
