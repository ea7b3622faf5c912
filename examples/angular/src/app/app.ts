import {
  afterNextRender,
  afterRenderEffect,
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  effect,
  ElementRef,
  inject,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import {
  defer,
  filter,
  finalize,
  forkJoin,
  fromEvent,
  merge,
  Subscription,
  tap,
  type MonoTypeOperatorFunction,
} from 'rxjs';
import { splitThinking, type ChatCompletionChunk, type Decoded } from 'rxjs-chat-completions';
import { injectConversation, type ConversationAnswer } from 'rxjs-chat-completions/angular';

import { Answer } from './chat/answer';
import { inSlices } from './chat/inSlices';
import { pacing, type Pace } from './chat/pace';
import { run, TOOLS } from './chat/tools';
import { SCENARIOS, type Scenario } from './demo/scenarios';
import { Inspector } from './inspector/inspector';
import { Recorder } from './inspector/recorder';
import { Settings } from './settings';

/** How near to the end counts as there, in pixels. */
const NEAR = 40;

@Component({
  selector: 'app-root',
  imports: [Answer, Inspector],
  templateUrl: './app.html',
  styleUrl: './app.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '(document:keydown.escape)': 'escape($event)' },
})
export class App {
  readonly settings = inject(Settings);
  readonly scenarios = SCENARIOS;
  readonly suggestions = SCENARIOS.filter(({ id }) =>
    ['markdown', 'rate-limit', 'tool-call', 'reasoning'].includes(id),
  );

  readonly #recorder = inject(Recorder);
  private readonly scroller = viewChild.required<ElementRef<HTMLElement>>('scroller');
  private readonly composer = viewChild.required<ElementRef<HTMLTextAreaElement>>('composer');
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');

  readonly chat = injectConversation({
    request: () => ({ model: this.settings.model(), ...(this.settings.scripted() ? { tools: TOOLS } : {}) }),
    config: () => this.#recorder.listening(inSlices(this.settings.config())),
    retry: { count: 5, onRetry: this.#recorder.retrying },
    // The inspector shows them; the answer goes on without.
    onChunkError: () => this.skipped.update((count) => count + 1),
    chunks: (decoded$) => decoded$.pipe(splitThinking(), this.#recorder.chunks, this.#pacing()),
  });

  readonly draft = signal('');
  /** The entry that is being written anew. */
  readonly editing = signal<number | null>(null);
  readonly skipped = signal(0);
  /** How the answers came along, by their ids. */
  readonly paces = signal<ReadonlyMap<number, Pace>>(new Map());
  readonly scenario = signal<Scenario | null>(null);
  readonly inspecting = signal(true);
  /** Whether the page is more than what was rendered when it was built, which need not hold what a click opens. */
  readonly ready = signal(false);
  /** Whether the end of the conversation is in sight, and kept there. */
  readonly pinned = signal(true);
  readonly lastId = computed(() => this.chat.messages().at(-1)?.id);
  /** What tools gave back for the calls of an answer, by its id. */
  readonly results = signal<ReadonlyMap<number, readonly string[]>>(new Map());
  /** The answer whose tools run. */
  readonly running = signal<number | null>(null);
  /** Whether there is something to stop. */
  readonly working = computed(() => this.chat.busy() || this.running() !== null);
  readonly shown = computed(() =>
    this.chat.messages().filter(({ role }) => role !== 'tool' && role !== 'system'),
  );

  #tools = Subscription.EMPTY;
  #scrolledTo = 0;

  constructor() {
    effect(() => {
      const last = this.chat.messages().at(-1);
      if (last?.role === 'assistant' && last.status === 'done' && last.toolCalls.length > 0) {
        untracked(() => this.#runTools(last));
      }
    });
    afterRenderEffect(() => {
      const begun = this.chat.messages().length > 0;
      this.chat.retry();
      this.inspecting();
      if (begun && this.pinned()) this.toEnd();
    });
    afterNextRender(() => {
      this.ready.set(true);
      this.inspecting.set(matchMedia('(min-width: 1000px)').matches);
      this.#playHash();
    });
    const destroyed = inject(DestroyRef);
    destroyed.onDestroy(() => this.#tools.unsubscribe());
    afterNextRender(() => {
      // Not by the template: each of its events has the page checked, and there is one of these a frame.
      const scroller = this.scroller().nativeElement;
      merge(
        fromEvent(scroller, 'scroll').pipe(tap(() => this.#scrolled(scroller))),
        fromEvent<WheelEvent>(scroller, 'wheel', { passive: true }).pipe(
          filter(({ deltaY }) => deltaY < 0 && scroller.scrollTop > 0),
          tap(() => this.pinned.set(false)),
        ),
        fromEvent(window, 'hashchange').pipe(tap(() => this.#playHash())),
      )
        .pipe(takeUntilDestroyed(destroyed))
        .subscribe();
    });
  }

  send(event?: Event): void {
    event?.preventDefault();
    const text = this.draft().trim();
    if (text === '') return;
    const editing = this.editing();
    this.#afresh();
    this.draft.set('');
    this.editing.set(null);
    if (editing === null) this.chat.send(text);
    else this.chat.edit(editing, text);
    this.composer().nativeElement.focus();
  }

  stop(): void {
    this.#tools.unsubscribe();
    this.chat.stop();
    this.composer().nativeElement.focus();
  }

  again(): void {
    this.#afresh();
    this.chat.regenerate();
    // The button that was pressed is gone.
    this.composer().nativeElement.focus();
  }

  reset(): void {
    this.#letBe();
    this.#afresh();
    this.chat.reset();
    this.scenario.set(null);
    if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search);
    this.composer().nativeElement.focus();
  }

  escape(event: Event): void {
    // It closes the dialog, or lets go of a word that is being composed, and no more than that.
    if (this.dialog().nativeElement.open || isComposing(event as KeyboardEvent)) return;
    if (this.working()) this.stop();
    else this.#letBe();
  }

  pressed(event: KeyboardEvent): void {
    if (event.key === 'Enter' && !event.shiftKey && !isComposing(event)) this.send(event);
    if (event.key === 'ArrowUp' && this.draft() === '') {
      const mine = this.chat
        .messages()
        .filter(({ role }) => role === 'user')
        .at(-1);
      if (mine) {
        event.preventDefault();
        this.edit(mine.id, mine.content);
      }
    }
  }

  edit(id: number, content: string): void {
    this.editing.set(id);
    this.draft.set(content);
    this.composer().nativeElement.focus();
  }

  /** Its address can be shared, and played again. */
  play(id: string): void {
    const scenario = SCENARIOS.find((each) => each.id === id);
    if (scenario === undefined) return this.reset();
    history.replaceState(null, '', `#scenario=${scenario.id}`);
    this.#start(scenario);
  }

  /** Asks whoever is there: the scripted model plays, another is asked the same. */
  suggest({ id, question }: Scenario): void {
    if (this.settings.scripted()) this.play(id);
    else {
      this.#afresh();
      this.chat.send(question);
    }
    this.#focusScroller();
  }

  follow(): void {
    this.pinned.set(true);
    this.toEnd();
    this.#focusScroller();
  }

  toEnd(): void {
    const scroller = this.scroller().nativeElement;
    scroller.scrollTop = scroller.scrollHeight;
    this.#scrolledTo = scroller.scrollTop;
  }

  openSettings(): void {
    this.dialog().nativeElement.showModal();
  }

  /** Closes the dialog at a click beside it. */
  outside(event: Event): void {
    const dialog = this.dialog().nativeElement;
    if (event.target === dialog) dialog.close();
  }

  connect(event: Event, base: string, key: string): void {
    event.preventDefault();
    this.settings.apiKey.set(key.trim());
    this.settings.baseURL.set(base.trim());
    this.dialog().nativeElement.close();
  }

  origin(): string {
    return globalThis.location?.origin ?? '';
  }

  /**
   * Whoever scrolls up, however little, wants to read; down at the end the answer is followed again.
   *
   * What `toEnd` did is told here too, late: it must not undo a turn of the wheel that came meanwhile.
   */
  #scrolled({ scrollHeight, scrollTop, clientHeight }: HTMLElement): void {
    const left = scrollHeight - scrollTop - clientHeight;
    // Up, but at the end: what is shown got shorter.
    if (scrollTop < this.#scrolledTo && left >= 2) this.pinned.set(false);
    else if (scrollTop > this.#scrolledTo) this.pinned.set(left < NEAR);
    this.#scrolledTo = scrollTop;
  }

  /** For who pressed a button that is gone now. */
  #focusScroller(): void {
    this.scroller().nativeElement.focus({ preventScroll: true });
  }

  /** What was to be written anew stays as it is. */
  #letBe(): void {
    if (this.editing() === null) return;
    this.editing.set(null);
    this.draft.set('');
  }

  /** What was going on is over. */
  #afresh(): void {
    this.#tools.unsubscribe();
    this.chat.stop();
    this.#recorder.restart();
    this.skipped.set(0);
    this.pinned.set(true);
  }

  #start(scenario: Scenario): void {
    this.#letBe();
    this.#afresh();
    this.scenario.set(scenario);
    this.settings.baseURL.set('');
    this.chat.reset();
    this.chat.send(scenario.question);
  }

  /** Keeps the pace of the answer that begins, which is the last entry then. */
  #pacing(): MonoTypeOperatorFunction<Decoded<ChatCompletionChunk>> {
    return (decoded$) =>
      defer(() => {
        const id = untracked(this.lastId) ?? 0;
        return decoded$.pipe(pacing((pace) => this.paces.update((paces) => new Map(paces).set(id, pace))));
      });
  }

  #playHash(): void {
    const id = new URLSearchParams(location.hash.slice(1)).get('scenario');
    const scenario = SCENARIOS.find((each) => each.id === id);
    if (scenario) this.#start(scenario);
  }

  #runTools({ id, toolCalls }: ConversationAnswer): void {
    // Of half a call there is nothing to tell, nor of the others then.
    if (!this.#tools.closed || !toolCalls.every(({ complete }) => complete)) return;
    this.running.set(id);
    this.#tools = forkJoin(toolCalls.map(run))
      .pipe(finalize(() => this.running.set(null)))
      .subscribe((replies) => {
        this.results.update((results) =>
          new Map(results).set(
            id,
            replies.map(({ content }) => content),
          ),
        );
        this.chat.send(replies);
      });
  }
}

/** Whether a key is one of an input method, which writes words with many. Safari says so by the code alone. */
const isComposing = ({ isComposing, keyCode }: KeyboardEvent): boolean => isComposing || keyCode === 229;
