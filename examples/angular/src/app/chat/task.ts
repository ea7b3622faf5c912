import type { Signal } from '@angular/core';

/** An answer with a view of its own, in place of an entry of the conversation. */
export interface Task {
  /** Changes with all that is rendered. */
  readonly state: Signal<unknown>;
  /** Whether it can be stopped. */
  readonly busy: Signal<boolean>;
  readonly stop: () => void;
}
