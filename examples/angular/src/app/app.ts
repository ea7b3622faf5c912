import {
  afterNextRender,
  afterRenderEffect,
  ChangeDetectionStrategy,
  Component,
  computed,
  CUSTOM_ELEMENTS_SCHEMA,
  DestroyRef,
  effect,
  ElementRef,
  inject,
  Injector,
  signal,
  untracked,
  viewChild,
  viewChildren,
} from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { defer, filter, fromEvent, merge, tap, type MonoTypeOperatorFunction } from 'rxjs';
import { splitThinking, type ChatCompletionChunk, type Decoded, type Message } from 'rxjs-chat-completions';
import {
  injectConversation,
  type ConversationEntry,
  type ConversationSaid,
} from 'rxjs-chat-completions/angular';
import type { ConversationStorage } from 'rxjs-chat-completions/conversation';
import { inspect, sharedLog } from 'rxjs-chat-completions/inspector';

import { Attachments } from './attachments/attachments';
import { imagesIn, messageWith, readImage } from './attachments/images';
import { Answer } from './chat/answer';
import { tapLiveMetrics, type LiveMetrics } from './chat/liveMetrics';
import { sliceReads } from './chat/sliceReads';
import type { Task } from './chat/task';
import { Versions } from './chat/versions';
import { ChatList } from './chats/chat-list';
import { Chats } from './chats/chats';
import { SCENARIOS, type Scenario } from './demo/scenarios';
import { RecipeCard } from './recipe/recipe-card';
import { Settings } from './settings/settings';
import { SettingsDialog } from './settings/settings-dialog';
import { ToolRun } from './tools/tool-run';

/** Distance from the end, in pixels, at which the page follows the answer. */
const FOLLOW_DISTANCE = 40;

@Component({
  selector: 'app-root',
  imports: [Answer, Attachments, ChatList, RecipeCard, SettingsDialog, ToolRun, Versions],
  // For `chat-inspector`.
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  templateUrl: './app.html',
  styleUrl: './app.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '(document:keydown.escape)': 'escape($event)' },
})
export class App {
  readonly settings = inject(Settings);
  readonly chats = inject(Chats);
  readonly scenarios = SCENARIOS;
  readonly suggestions = SCENARIOS.filter(({ id }) =>
    ['markdown', 'rate-limit', 'tool-call', 'recipe'].includes(id),
  );

  readonly #injector = inject(Injector);
  private readonly scroller = viewChild.required<ElementRef<HTMLElement>>('scroller');
  private readonly composer = viewChild.required<ElementRef<HTMLTextAreaElement>>('composer');

  readonly chat = injectConversation({
    request: () => ({
      model: this.settings.model(),
      temperature: this.settings.temperature() ?? undefined,
    }),
    config: () => inspect(sliceReads(this.settings.config())),
    retry: { count: 5, onRetry: sharedLog().onRetry },
    onStorageError: this.chats.report,
    // The inspector shows them, and the answer continues.
    onChunkError: () => this.skipped.update((count) => count + 1),
    chunks: (decoded$) => decoded$.pipe(splitThinking(), this.#tapLiveMetrics()),
  });

  readonly draft = signal('');
  /** The images of the draft, as data URLs. */
  readonly images = signal<readonly string[]>([]);
  readonly imageProblem = signal<string | null>(null);
  readonly sendable = computed(() => this.draft().trim() !== '' || this.images().length > 0);
  /** Whether the draft is sent when the answer ends. */
  readonly queued = signal(false);
  readonly imagesIn = imagesIn;
  /** The entry that is being edited. */
  readonly editing = signal<number | null>(null);
  readonly skipped = signal(0);
  /** The live metrics of the answers, by id. */
  readonly liveMetrics = signal<ReadonlyMap<number, LiveMetrics>>(new Map());
  readonly scenario = signal<Scenario | null>(null);
  readonly inspecting = signal(true);
  /** Whether the settings are open. */
  readonly adjusting = signal(false);
  /** Whether the list of conversations is shown. */
  readonly listing = signal(false);
  /** Whether the page follows the end of the conversation. */
  readonly pinned = signal(true);
  readonly lastId = computed(() => this.chat.messages().at(-1)?.id);
  /** The scenario with a view of its own, at the start of the conversation. */
  readonly task = signal<{ readonly id: number; readonly scenario: Scenario } | null>(null);
  private readonly taskView = viewChild<Task>('taskView');
  /** Whether an answer can be stopped. */
  readonly working = computed(() => this.chat.busy() || this.taskView()?.busy() === true);
  /** The entries that the view of a task shows. */
  readonly #taskEntries = signal(0);
  readonly shown = computed(() =>
    this.chat
      .messages()
      .slice(this.#taskEntries())
      .filter(({ role }) => role !== 'system'),
  );
  /** The error of the server's check, unless a failed answer reports it. */
  readonly serverProblem = computed(() =>
    this.chat.error() === null && this.chat.retry() === null ? this.settings.check().error : null,
  );
  /** Counts the conversations that have been opened: their entries have the same ids. */
  readonly #opened = signal(0);
  readonly #shownIds = computed(() => [this.#opened(), ...this.shown().map(({ id }) => id)], {
    equal: isSameList,
  });
  /** The alternatives of the entries that have any, by their ids. Not for each token: they change with the list of entries. */
  readonly versions = computed(() => {
    const [, ...shown] = this.#shownIds();
    const entries = shown.map((id) => [id, untracked(() => this.chat.siblings(id))] as const);
    return new Map(entries.filter(([, ids]) => ids.length > 1));
  });
  private readonly versionViews = viewChildren(Versions);

  #lastTask = 0;
  #scrolledTo = 0;

  constructor() {
    afterRenderEffect(() => {
      const hasMessages = this.chat.messages().length > 0 || this.task() !== null;
      this.taskView()?.state();
      this.chat.retry();
      this.inspecting();
      if (hasMessages && this.pinned()) this.scrollToEnd();
    });
    afterNextRender(() => {
      this.inspecting.set(!isNarrow());
      this.chats.refresh();
      this.listing.set(matchMedia('(min-width: 1200px)').matches && this.chats.list().length > 0);
      this.#playHash();
      // On a phone it would open the keyboard.
      if (!isNarrow()) this.composer().nativeElement.focus();
    });
    effect(() => {
      if (!this.queued() || this.working()) return;
      // After a failure the user decides.
      untracked(() => (this.chat.error() === null ? this.send() : this.queued.set(false)));
    });
    effect(() => {
      if (this.chat.error() !== null) untracked(() => this.settings.recheck());
    });
    const destroyed = inject(DestroyRef);
    afterNextRender(() => {
      // Outside the template, as each event of a template runs change detection, and scroll events occur every frame.
      const scroller = this.scroller().nativeElement;
      merge(
        fromEvent(scroller, 'scroll').pipe(tap(() => this.#scrolled(scroller))),
        fromEvent<WheelEvent>(scroller, 'wheel', { passive: true }).pipe(
          filter(({ deltaY }) => deltaY < 0 && scroller.scrollTop > 0),
          tap(() => this.pinned.set(false)),
        ),
        fromEvent(window, 'hashchange').pipe(tap(() => this.#playHash())),
        // Another tab has changed the list.
        fromEvent(window, 'storage').pipe(tap(() => this.chats.refresh())),
      )
        .pipe(takeUntilDestroyed(destroyed))
        .subscribe();
    });
  }

  send(event?: Event): void {
    event?.preventDefault();
    if (!this.sendable()) return;
    if (this.working()) return this.queued.set(true);
    const text = this.draft().trim();
    const message = messageWith(text, this.images());
    const editing = this.editing();
    this.#restart();
    this.#clearDraft();
    this.#keep(text || 'An image');
    if (editing === null) this.chat.send(this.#withInstructions(message));
    else this.chat.edit(editing, message);
    this.composer().nativeElement.focus();
  }

  /** Attaches images that the user chooses or pastes. */
  attach(files: FileList | null | undefined): void {
    this.imageProblem.set(null);
    for (const file of files ?? []) {
      readImage(file).then(
        (url) => this.images.update((images) => [...images, url]),
        ({ message }: Error) => this.imageProblem.set(message),
      );
    }
  }

  stop(): void {
    this.queued.set(false);
    this.taskView()?.stop();
    this.chat.stop();
    this.composer().nativeElement.focus();
  }

  regenerate(): void {
    this.#restart();
    this.chat.regenerate();
    // The focused button is removed.
    this.composer().nativeElement.focus();
  }

  /** Starts a conversation, which is saved from its first question on. */
  reset(): void {
    this.cancelEdit();
    this.#clear();
    this.scenario.set(null);
    setHash('');
    this.composer().nativeElement.focus();
  }

  /** Opens a saved conversation; `null` for a new one. */
  openChat(id: string | null): void {
    if (isNarrow()) this.listing.set(false);
    // It may be answering.
    if (id !== null && id === this.chats.current() && this.chats.problem() === null) return;
    const storage = this.chats.open(id);
    if (storage === null) return this.reset();
    this.cancelEdit();
    this.#clear(storage);
    this.scenario.set(null);
    setHash(`#chat=${id}`);
    this.composer().nativeElement.focus();
  }

  /** Closes the list where it covers the conversation. */
  closeList(event: Event, opener: HTMLElement): void {
    if (!isNarrow()) return;
    event.stopPropagation();
    this.listing.set(false);
    opener.focus();
  }

  removeChat(id: string): void {
    // First: it is saved once more when it is closed.
    if (id === this.chats.current()) this.reset();
    this.chats.remove(id);
  }

  /** Shows another version of a question or an answer, and keeps the focus on the button to it. */
  showVersion({ id, by }: { readonly id: number; readonly by: number }): void {
    this.pinned.set(false);
    this.chat.select(id);
    afterNextRender(
      () =>
        this.versionViews()
          .find((view) => view.id() === id)
          ?.focus(by),
      { injector: this.#injector },
    );
  }

  escape(event: Event): void {
    // Escape closes the dialog, or cancels the composition of an input method.
    if (this.adjusting() || isComposing(event as KeyboardEvent)) return;
    if (this.working()) this.stop();
    else this.cancelEdit();
  }

  onKeydown(event: KeyboardEvent): void {
    if (event.key === 'Enter' && !event.shiftKey && !isComposing(event)) this.send(event);
    if (event.key === 'ArrowUp' && this.draft() === '') {
      const question = this.shown().filter(isQuestion).at(-1);
      if (question) {
        event.preventDefault();
        this.edit(question);
      }
    }
  }

  edit({ id, content, message }: ConversationSaid): void {
    this.editing.set(id);
    this.draft.set(content);
    this.images.set(imagesIn(message));
    this.composer().nativeElement.focus();
  }

  /** Plays a scenario and sets its address, which can be shared. */
  play(id: string): void {
    const scenario = SCENARIOS.find((each) => each.id === id);
    if (scenario === undefined) return this.reset();
    setHash(`#scenario=${scenario.id}`);
    this.#start(scenario);
  }

  /** Plays a suggestion with the scripted model, or sends its question to the server. */
  suggest(scenario: Scenario): void {
    if (this.settings.scripted()) this.play(scenario.id);
    else this.#ask(scenario);
    this.#focusScroller();
  }

  /** Requests the answer of the task again. */
  repeat(): void {
    const task = this.task();
    if (task !== null) this.#ask(task.scenario);
    this.composer().nativeElement.focus();
  }

  /** Continues the conversation of a task. */
  continueWith(messages: readonly Message[]): void {
    this.chat.reset(messages);
    this.#taskEntries.set(this.chat.messages().length);
  }

  follow(): void {
    this.pinned.set(true);
    this.scrollToEnd();
    this.#focusScroller();
  }

  scrollToEnd(): void {
    const scroller = this.scroller().nativeElement;
    scroller.scrollTop = scroller.scrollHeight;
    this.#scrolledTo = scroller.scrollTop;
  }

  /** The message for an error of the storage. */
  unsaved(error: unknown): string {
    const { name = '', message = '' } = Object(error) as Partial<Error>;
    if (name === 'StorageConflict')
      return 'This conversation was changed in another tab. Changes here are not saved.';
    return name === 'QuotaExceededError'
      ? 'The storage of the browser is full. Delete a conversation, so that this one is saved.'
      : `This conversation is not saved: ${message}`;
  }

  /**
   * Stops following the answer when the user scrolls up, and follows again at the end.
   *
   * Scroll events of `scrollToEnd` arrive here later, and must not undo a wheel event in between.
   */
  #scrolled({ scrollHeight, scrollTop, clientHeight }: HTMLElement): void {
    const distance = scrollHeight - scrollTop - clientHeight;
    // Up, but at the end: the content got shorter.
    if (scrollTop < this.#scrolledTo && distance >= 2) this.pinned.set(false);
    else if (scrollTop > this.#scrolledTo) this.pinned.set(distance < FOLLOW_DISTANCE);
    this.#scrolledTo = scrollTop;
  }

  cancelEdit(): void {
    if (this.editing() === null) return;
    this.#clearDraft();
    this.composer().nativeElement.focus();
  }

  /** Moves the focus from a button that is removed. */
  #focusScroller(): void {
    this.scroller().nativeElement.focus({ preventScroll: true });
  }

  /** Empties the composer. */
  #clearDraft(): void {
    this.editing.set(null);
    this.draft.set('');
    this.images.set([]);
    this.imageProblem.set(null);
  }

  /** Adds the system prompt before the first message of a conversation. */
  #withInstructions(message: Message): readonly Message[] {
    const content = this.settings.systemPrompt();
    const isFirst = this.chat.messages().length === 0;
    return isFirst && content !== '' ? [{ role: 'system', content }, message] : [message];
  }

  /** Stops the running answer or task. */
  #restart(): void {
    this.queued.set(false);
    this.taskView()?.stop();
    this.chat.stop();
    this.skipped.set(0);
    this.pinned.set(true);
  }

  #start(scenario: Scenario): void {
    this.cancelEdit();
    this.scenario.set(scenario);
    this.settings.baseURL.set('');
    this.#ask(scenario);
  }

  /** Starts a conversation with a question. */
  #ask(scenario: Scenario): void {
    this.#clear();
    if (scenario.view === undefined) {
      if (!this.settings.scripted()) this.#keep(scenario.question);
      this.chat.send(this.#withInstructions({ role: 'user', content: scenario.question }));
    } else this.task.set({ id: (this.#lastTask += 1), scenario });
  }

  /** Stops, and closes the conversation: opens a saved one, or one that is not saved. */
  #clear(storage: ConversationStorage | null = null): void {
    this.#restart();
    this.task.set(null);
    this.#taskEntries.set(0);
    this.liveMetrics.set(new Map());
    this.#opened.update((count) => count + 1);
    if (storage === null) this.chats.open(null);
    this.chat.open(storage);
  }

  /** Saves the conversation from now on: a new one, or that of a scenario that the user continues. */
  #keep(question: string): void {
    if (this.chats.current() !== null) return this.chats.touch();
    const storage = this.chats.add(question);
    if (storage === null) return;
    const soFar = JSON.stringify(this.chat.save());
    this.chat.open(storage);
    this.chat.restore(JSON.parse(soFar));
    this.scenario.set(null);
    setHash(`#chat=${this.chats.current()}`);
  }

  /** Collects the live metrics of a new answer, which is the last entry. */
  #tapLiveMetrics(): MonoTypeOperatorFunction<Decoded<ChatCompletionChunk>> {
    return (decoded$) =>
      defer(() => {
        const id = untracked(this.lastId) ?? 0;
        return decoded$.pipe(
          tapLiveMetrics((metrics) => this.liveMetrics.update((all) => new Map(all).set(id, metrics))),
        );
      });
  }

  /** Opens the conversation or the scenario that the address names. */
  #playHash(): void {
    const named = new URLSearchParams(location.hash.slice(1));
    const chat = named.get('chat');
    const scenario = SCENARIOS.find((each) => each.id === named.get('scenario'));
    if (scenario) this.#start(scenario);
    else if (chat !== null && chat !== this.chats.current()) this.openChat(chat);
  }
}

const isQuestion = (entry: ConversationEntry): entry is ConversationSaid => entry.role === 'user';

const isNarrow = (): boolean => !matchMedia('(min-width: 1000px)').matches;

/** Changes the address, for a reload and for sharing. */
const setHash = (hash: string): void =>
  history.replaceState(null, '', location.pathname + location.search + hash);

const isSameList = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((id, place) => id === b[place]);

/** Whether a key event belongs to an input method. Safari reports it by its key code only. */
const isComposing = ({ isComposing, keyCode }: KeyboardEvent): boolean => isComposing || keyCode === 229;
