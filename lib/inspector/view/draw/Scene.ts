import type { Lane } from '../../log/Lane';
import type { Marble } from '../../log/Marble';
import type { View } from '../navigate/timeAxis';

/** The part of the lanes that is visible. */
export interface Scene {
  readonly lanes: readonly Lane[];
  readonly view: View;
  /** Time that the ruler labels 0. */
  readonly origin: number;
  readonly now: number;
  /** Pixels that are scrolled away at the top. */
  readonly top: number;
  /** Width of the labels. */
  readonly gutter: number;
  readonly selected: Marble | undefined;
  /** Returns a colour by its name. */
  readonly colour: (name: string) => string;
}
