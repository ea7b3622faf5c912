import { Subscription } from 'rxjs';

import type { TokenPrice } from '../../fold/costOf';
import { sharedLog, type CallLog } from '../log/CallLog';
import type { Lane } from '../log/Lane';
import type { MarbleKind } from '../log/Marble';
import { summaryOf } from '../log/summaryOf';
import { createContent } from './content';
import type { DrawnSign } from './draw/drawLane';
import { drawLanes, gutterFor, ROW, RULER } from './draw/drawLanes';
import { drawOverview } from './draw/drawOverview';
import { handleDragging } from './navigate/handleDragging';
import { Navigation } from './navigate/Navigation';
import { laneBy, nearest, stepBy, valueBefore, type Place } from './navigate/Place';
import { timeAt, type View } from './navigate/timeAxis';
import { showDetails } from './show/showDetails';
import { noteOf, setText, showLegend, showPosition } from './show/showState';
import { showSummary } from './show/showSummary';
import { STYLES } from './styles';

/** The element of the inspector. */
export interface InspectorElement extends HTMLElement {
  /** The log that is shown. */
  log: CallLog;
  /** The price of the tokens, for the cost of a call. */
  price: TokenPrice | undefined;
}

/** Pixels around a click in which a rare marble is preferred. */
const TOLERANCE = 8;
/** Milliseconds between drawings while nothing but the time changes. */
const TICK = 250;
const ZOOM = 1.6;

/** Creates the class of the element; not before it is needed, as a server has no `HTMLElement`. */
export function createInspectorClass(): new () => InspectorElement {
  return class extends HTMLElement implements InspectorElement {
    #current: Navigation | undefined;
    #price: TokenPrice | undefined;
    #frame = 0;
    #timer: ReturnType<typeof setTimeout> | undefined;
    #colours: Readonly<Record<string, string>> = {};
    #open = Subscription.EMPTY;
    #shown: Place | undefined;
    #signs: readonly DrawnSign[] = [];
    readonly #colour = (name: string): string => this.#colours[name] ?? 'gray';
    readonly #root = this.attachShadow({ mode: 'open' });

    get #navigation(): Navigation {
      return (this.#current ??= new Navigation(sharedLog()));
    }
    get log(): CallLog {
      return this.#navigation.log;
    }
    set log(log: CallLog) {
      this.#current = new Navigation(log);
      if (this.isConnected) this.#subscribe();
    }
    get price(): TokenPrice | undefined {
      return this.#price;
    }
    set price(price: TokenPrice | undefined) {
      this.#price = price;
      this.#draw();
    }

    connectedCallback(): void {
      this.#takeEarly('log');
      this.#takeEarly('price');
      if (this.#root.childElementCount === 0) this.#build();
      this.#subscribe();
    }

    disconnectedCallback(): void {
      this.#open.unsubscribe();
      cancelAnimationFrame(this.#frame);
      clearTimeout(this.#timer);
      this.#frame = 0;
    }

    /** Takes a property that was set before the element was defined, and that would hide the one of the class. */
    #takeEarly(name: 'log' | 'price'): void {
      const value: unknown = Object.getOwnPropertyDescriptor(this, name)?.value;
      if (value === undefined) return;
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }

    #find(selector: string): HTMLElement {
      return this.#root.querySelector(selector) as HTMLElement;
    }
    get #lanesCanvas(): HTMLCanvasElement {
      return this.#find('.lanes') as HTMLCanvasElement;
    }
    get #overview(): HTMLCanvasElement {
      return this.#find('.overview') as HTMLCanvasElement;
    }
    get #scroll(): HTMLElement {
      return this.#find('.scroll');
    }
    get #gutter(): number {
      return gutterFor(this.#lanesCanvas, this.log.lanes);
    }

    #build(): void {
      this.#root.append(...createContent());
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLES);
      this.#root.adoptedStyleSheets = [sheet];
      this.#root.addEventListener('click', (event) => this.#click(event.target as Element));
      // The colour scheme may change at any time.
      this.#root.addEventListener('transitionend', () => this.#readColours());
      const canvas = this.#lanesCanvas;
      canvas.addEventListener('keydown', (event) => this.#key(event));
      this.#scroll.addEventListener('scroll', () => this.#draw());
      this.#scroll.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
      this.#panBy(
        canvas,
        () => -1,
        (event) => this.#choose(event),
      );
      this.#panBy(
        this.#overview,
        () => this.#scale(),
        (event) => this.#centre(event),
      );
      new ResizeObserver(() => this.#draw()).observe(this);
    }

    #subscribe(): void {
      this.#open.unsubscribe();
      this.#readColours();
      this.#open = this.log.changes$.subscribe({ next: () => this.#draw(), error: () => undefined });
      this.#draw();
    }

    #readColours(): void {
      const probes = this.#root.querySelectorAll<HTMLElement>('.probes span');
      this.#colours = Object.fromEntries(
        [...probes].map((probe) => [probe.dataset['colour'] ?? '', getComputedStyle(probe).color]),
      );
      this.#draw();
    }

    /** Draws in the next frame, once. */
    #draw(): void {
      if (this.#frame !== 0 || !this.isConnected) return;
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        this.#drawNow();
      });
    }

    #drawNow(): void {
      const { all, view, origin, selected: place, isFollowing, log } = this.#navigation;
      const { lanes } = log;
      const scroll = this.#scroll;
      const height = RULER + Math.max(lanes.length, 1) * ROW;
      this.#find('.rows').style.height = `${height}px`;
      this.#lanesCanvas.style.height = `${Math.min(scroll.clientHeight, height)}px`;
      // The newest event stays in sight.
      if (isFollowing && place !== undefined) this.#scrollTo(place.lane);
      this.#signs = drawLanes(this.#lanesCanvas, {
        lanes,
        view,
        origin,
        now: log.now(),
        top: scroll.scrollTop,
        gutter: this.#gutter,
        selected: place?.marble,
        colour: this.#colour,
      });
      drawOverview(this.#overview, lanes, all, view, this.#colour);
      this.#describe(place, origin);
      clearTimeout(this.#timer);
      if (lanes.some((lane) => lane.endedAt === null)) this.#timer = setTimeout(() => this.#draw(), TICK);
    }

    /** Shows all that is not drawn. */
    #describe(place: Place | undefined, origin: number): void {
      const { log } = this;
      const { lanes } = log;
      this.#find('[data-do=follow]').hidden = this.#navigation.isFollowing;
      const call = lanes.filter((lane) => lane.call === place?.lane.call && lane.attempt > 0);
      showSummary(this.#find('dl'), place && call.length > 0 ? summaryOf(call, this.#price) : undefined);
      showLegend(this.#root, lanes);
      showPosition(this.#lanesCanvas, place, origin);
      const exporting = this.#find('[data-do=export]') as HTMLButtonElement;
      exporting.disabled = place?.lane.recording.request === undefined || !place.lane.isComplete;
      setText(this.#find('.note'), noteOf(log));
      if (place?.marble === this.#shown?.marble && place !== undefined) return;
      showDetails(this.#find('section'), place?.marble, place && valueBefore(place), origin);
      this.#shown = place;
    }

    #click(target: Element): void {
      const button = target.closest<HTMLElement>('button');
      const { do: action, find } = button?.dataset ?? {};
      const navigation = this.#navigation;
      if (find !== undefined) this.#select(navigation.next(find as MarbleKind));
      if (action === 'in') navigation.zoom(ZOOM);
      if (action === 'out') navigation.zoom(1 / ZOOM);
      if (action === 'fit') navigation.showAll();
      if (action === 'export') this.#export();
      if (action === 'clear') this.log.clear();
      if (action === 'clear' || action === 'follow') navigation.follow();
      this.#draw();
    }

    #key(event: KeyboardEvent): void {
      const navigation = this.#navigation;
      const place = navigation.selected;
      if (place === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      const { lanes } = this.log;
      const { lane } = place;
      const end = lane.last && { lane, marble: lane.last };
      const actions: Readonly<Record<string, () => void>> = {
        ArrowLeft: () => this.#select(stepBy(place, -1)),
        ArrowRight: () => this.#select(stepBy(place, 1)),
        ArrowUp: () => this.#select(laneBy(lanes, place, -1)),
        ArrowDown: () => this.#select(laneBy(lanes, place, 1)),
        Home: () => this.#select(stepBy(place, -Infinity)),
        End: () => this.#select(end),
        '+': () => navigation.zoom(ZOOM),
        '-': () => navigation.zoom(1 / ZOOM),
        '0': () => navigation.showAll(),
      };
      const action = actions[event.key];
      if (action === undefined) return;
      event.preventDefault();
      action();
      this.#draw();
    }

    #wheel(event: WheelEvent): void {
      const { deltaX, deltaY, ctrlKey, shiftKey } = event;
      if (!ctrlKey && !shiftKey && deltaX === 0) return;
      event.preventDefault();
      const navigation = this.#navigation;
      if (ctrlKey) navigation.zoom(Math.exp(-deltaY / 200), this.#timeAt(navigation.view, event.offsetX));
      else navigation.pan((deltaX === 0 ? deltaY : deltaX) / this.#width);
      this.#draw();
    }

    /** The width of the time axis, in pixels. */
    get #width(): number {
      return this.#lanesCanvas.clientWidth - this.#gutter;
    }

    #timeAt(view: View, offsetX: number): number {
      return timeAt(view, (offsetX - this.#gutter) / this.#width);
    }

    /** Pans by dragging. `factor` is the time of the width, as a multiple of the time in view. */
    #panBy(canvas: HTMLElement, factor: () => number, click: (event: PointerEvent) => void): void {
      handleDragging(canvas, {
        start: () => this.#navigation.view,
        move: (view, share) => {
          this.#navigation.pan(share * factor(), view);
          this.#draw();
        },
        click,
      });
    }

    /** Milliseconds of everything, as a multiple of those in view. */
    #scale(): number {
      const { all, view } = this.#navigation;
      return (all.to - all.from) / (view.to - view.from);
    }

    #centre({ offsetX }: PointerEvent): void {
      this.#navigation.centre(timeAt(this.#navigation.all, offsetX / this.#overview.clientWidth));
      this.#draw();
    }

    #choose({ offsetX, offsetY }: PointerEvent): void {
      const sign = this.#signs.find(({ x, y }) => Math.hypot(x - offsetX, y - offsetY) < TOLERANCE);
      if (sign !== undefined) return this.#select(sign);
      const lane = this.log.lanes[Math.floor((offsetY + this.#scroll.scrollTop - RULER) / ROW)];
      if (lane === undefined) return;
      const { view } = this.#navigation;
      const tolerance = (TOLERANCE / this.#width) * (view.to - view.from);
      this.#select(nearest(lane, this.#timeAt(view, offsetX), tolerance));
    }

    #select(place: Place | undefined): void {
      if (place === undefined) return;
      this.#navigation.select(place);
      this.#scrollTo(place.lane);
      this.#draw();
    }

    /** Scrolls as far as a lane needs to be visible. */
    #scrollTo(lane: Lane): void {
      const y = RULER + this.log.lanes.indexOf(lane) * ROW;
      const scroll = this.#scroll;
      scroll.scrollTop = Math.max(Math.min(scroll.scrollTop, y - RULER), y + ROW - scroll.clientHeight);
    }

    #export(): void {
      const lane = this.#navigation.selected?.lane;
      // Loaded when it is needed.
      if (lane !== undefined) void import('./saveTape').then(({ saveTape }) => saveTape(lane));
    }
  };
}
