import {
  afterNextRender,
  DestroyRef,
  Directive,
  ElementRef,
  inject,
  input,
  linkedSignal,
} from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { filter, fromEvent, merge, Observable, tap } from 'rxjs';

/** Distance from the end, in pixels, at which the end is followed. */
const FOLLOW_DISTANCE = 40;

/**
 * Keeps the end of a scrollable element in view while its content grows, until the user scrolls up.
 *
 * The content is its first child.
 */
@Directive({ selector: '[appFollowEnd]', exportAs: 'followEnd' })
export class FollowEnd {
  /** Whether there is an end to follow. */
  readonly appFollowEnd = input.required<boolean>();
  /** A value whose change follows the end again. */
  readonly followRun = input<unknown>();
  /** Whether the end is followed. */
  readonly pinned = linkedSignal({ source: this.followRun, computation: () => true });

  readonly #scroller = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  #scrolledTo = 0;

  constructor() {
    const destroyed = inject(DestroyRef);
    afterNextRender(() => {
      const scroller = this.#scroller;
      // Outside the template, as each event of a template runs change detection, and scroll events occur every frame.
      merge(
        resize$(scroller, scroller.firstElementChild).pipe(
          filter(() => this.appFollowEnd() && this.pinned()),
          tap(() => this.#scrollToEnd()),
        ),
        fromEvent(scroller, 'scroll').pipe(tap(() => this.#scrolled(scroller))),
        fromEvent<WheelEvent>(scroller, 'wheel', { passive: true }).pipe(
          filter(({ deltaY }) => deltaY < 0 && scroller.scrollTop > 0),
          tap(() => this.pinned.set(false)),
        ),
      )
        .pipe(takeUntilDestroyed(destroyed))
        .subscribe();
    });
  }

  /** Scrolls to the end, and follows it. */
  follow(): void {
    this.pinned.set(true);
    this.#scrollToEnd();
    this.focus();
  }

  /** Moves the focus from a button that is removed. */
  focus(): void {
    this.#scroller.focus({ preventScroll: true });
  }

  #scrollToEnd(): void {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#scrolledTo = this.#scroller.scrollTop;
  }

  /**
   * Stops following when the user scrolls up, and follows again at the end.
   *
   * Scroll events of `#scrollToEnd` arrive here later, and must not undo a wheel event in between.
   */
  #scrolled({ scrollHeight, scrollTop, clientHeight }: HTMLElement): void {
    const distance = scrollHeight - scrollTop - clientHeight;
    // Up, but at the end: the content got shorter.
    if (scrollTop < this.#scrolledTo && distance >= 2) this.pinned.set(false);
    else if (scrollTop > this.#scrolledTo) this.pinned.set(distance < FOLLOW_DISTANCE);
    this.#scrolledTo = scrollTop;
  }
}

/** Emits when the size of any of the elements changes, after the layout and before the paint of a frame. */
const resize$ = (...elements: readonly (Element | null)[]): Observable<void> =>
  new Observable((subscriber) => {
    const observer = new ResizeObserver(() => subscriber.next());
    for (const element of elements) if (element !== null) observer.observe(element);
    return () => observer.disconnect();
  });
