/** Pixels from which a pointer drags instead of clicking. */
const DRAG = 5;

/** The steps of a pointer on an element. */
export interface Dragging<S> {
  /** Returns the state in which dragging starts. */
  readonly start: () => S;
  /** @param share - The distance from the start, as a share of the width. */
  readonly move: (state: S, share: number) => void;
  readonly click: (event: PointerEvent) => void;
}

/** Handles a pointer that drags or clicks an element. */
export function handleDragging<S>(element: HTMLElement, { start, move, click }: Dragging<S>): void {
  let pressed: { readonly x: number; readonly state: S } | undefined;
  let isDragging = false;
  element.addEventListener('pointerdown', ({ button, clientX }) => {
    pressed = button === 0 ? { x: clientX, state: start() } : undefined;
    isDragging = false;
  });
  element.addEventListener('pointermove', ({ buttons, clientX, pointerId }) => {
    if (buttons === 0) pressed = undefined; // Released outside of the element.
    if (pressed === undefined) return;
    const moved = clientX - pressed.x;
    if (!isDragging && Math.abs(moved) < DRAG) return;
    if (!isDragging) element.setPointerCapture(pointerId);
    isDragging = true;
    move(pressed.state, moved / element.clientWidth);
  });
  element.addEventListener('pointerup', (event) => {
    if (pressed !== undefined && !isDragging) click(event);
    pressed = undefined;
  });
  element.addEventListener('pointercancel', () => {
    pressed = undefined;
  });
}
