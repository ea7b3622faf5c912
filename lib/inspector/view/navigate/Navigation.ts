import type { CallLog } from '../../log/CallLog';
import type { MarbleKind } from '../../log/Marble';
import { newest, nextOf, type Place } from './Place';
import { pan, reveal, shareOf, zoom, type View } from './timeAxis';
import { newestTime, timeOf } from './timeSpan';

/** The time of a log that is in view, and its selected marble. Follows the newest calls until one of the two is set. */
export class Navigation {
  readonly log: CallLog;
  /** Undefined while the newest calls are in view. */
  #view: View | undefined;
  /** Undefined while the newest marble is selected. */
  #chosen: Place | undefined;

  constructor(log: CallLog) {
    this.log = log;
  }

  get isFollowing(): boolean {
    return this.#view === undefined;
  }

  /** All of the time that is recorded. */
  get all(): View {
    return timeOf(this.log.lanes, this.log.now());
  }

  /** The time in view. */
  get view(): View {
    return this.#view ?? newestTime(this.log.lanes, this.log.now());
  }

  /** The selected marble; `undefined` in an empty log. */
  get selected(): Place | undefined {
    const { lanes } = this.log;
    return this.#chosen && lanes.includes(this.#chosen.lane) ? this.#chosen : newest(lanes);
  }

  /** The start of the call that is selected. */
  get origin(): number {
    const { lanes } = this.log;
    const call = this.selected?.lane.call;
    return (lanes.find((lane) => lane.call === call) ?? lanes[0])?.startedAt ?? 0;
  }

  /** Returns the next marble of a kind, or the first one. */
  next(kind: MarbleKind): Place | undefined {
    return nextOf(this.log.lanes, kind, this.#chosen);
  }

  /** Selects a marble, and moves the view as far as it needs to be visible. */
  select(place: Place): void {
    const { view } = this;
    this.#chosen = place;
    this.#show(reveal(view, place.marble.at, this.all));
  }

  /** Zooms around a time, by default that of the chosen marble if it is visible, or else the middle. */
  zoom(factor: number, at = this.#focus): void {
    this.#show(zoom(this.view, factor, at, this.all));
  }

  /** Moves a view by a share of its length. */
  pan(share: number, from = this.view): void {
    this.#show(pan(from, share * lengthOf(from), this.all));
  }

  /** Moves the view so that a time is in the middle. */
  centre(at: number): void {
    const { view } = this;
    this.#show(pan(view, at - middleOf(view), this.all));
  }

  showAll(): void {
    this.#show(this.all);
  }

  follow(): void {
    this.#view = undefined;
    this.#chosen = undefined;
  }

  get #focus(): number {
    const { view } = this;
    const at = this.#chosen?.marble.at ?? middleOf(view);
    const share = shareOf(view, at);
    return share < 0 || share > 1 ? middleOf(view) : at;
  }

  #show(view: View): void {
    this.#view = view;
    // The newest stays selected until the view changes.
    this.#chosen ??= this.selected;
  }
}

const middleOf = ({ from, to }: View): number => (from + to) / 2;
const lengthOf = ({ from, to }: View): number => to - from;
