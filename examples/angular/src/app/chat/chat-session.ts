import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import { splitThinking, type Message } from 'rxjs-chat-completions';
import { injectConversation } from 'rxjs-chat-completions/angular';
import type { ConversationStorage } from 'rxjs-chat-completions/conversation';

import { Chats } from '../chats/chats';
import { Draft } from '../composer/draft';
import { SCENARIOS, type Scenario } from '../demo/scenarios';
import { Settings } from '../settings/settings';
import { AnswerMetrics } from './answer-metrics';
import { namedInHash, setHash } from './hash';
import { RecordedCalls } from './recorded-calls';
import type { Task } from './task';

/** A scenario with a view of its own, at the start of a conversation. */
export interface PlayedTask {
  readonly id: number;
  readonly scenario: Scenario;
}

/** The conversation that is open: what it shows, and what starts, stops and replaces it. */
@Injectable({ providedIn: 'root' })
export class ChatSession {
  readonly #settings = inject(Settings);
  readonly #chats = inject(Chats);
  readonly #draft = inject(Draft);
  readonly #calls = inject(RecordedCalls);
  readonly metrics = inject(AnswerMetrics);

  readonly chat = injectConversation({
    request: () => ({
      model: this.#settings.model(),
      temperature: this.#settings.temperature() ?? undefined,
    }),
    config: this.#calls.config,
    retry: this.#calls.retry,
    onStorageError: this.#chats.report,
    // The inspector shows them, and the answer continues.
    onChunkError: () => this.skipped.update((count) => count + 1),
    chunks: (decoded$) =>
      decoded$.pipe(
        splitThinking(),
        this.metrics.tap(() => this.lastId() ?? 0),
      ),
  });

  /** Number of chunks of the answer that could not be read. */
  readonly skipped = signal(0);
  readonly scenario = signal<Scenario | null>(null);
  readonly task = signal<PlayedTask | null>(null);
  /** The view of the task, once it is there. */
  readonly taskView = signal<Task | null>(null);
  /** Whether an answer can be stopped. */
  readonly working = computed(() => this.chat.busy() || this.taskView()?.busy() === true);
  readonly isEmpty = computed(() => this.chat.messages().length === 0 && this.task() === null);
  readonly lastId = computed(() => this.chat.messages().at(-1)?.id);
  /** The entries that the view of a task shows. */
  readonly #taskEntries = signal(0);
  readonly shown = computed(() =>
    this.chat
      .messages()
      .slice(this.#taskEntries())
      .filter(({ role }) => role !== 'system'),
  );
  /** Counts the conversations that have been opened: their entries have the same ids. */
  readonly #opened = signal(0);
  /** Counts what has been started in them. */
  readonly #runs = signal(0);
  readonly opened = this.#opened.asReadonly();
  readonly runs = this.#runs.asReadonly();

  constructor() {
    effect(() => {
      if (this.chat.error() !== null) untracked(() => this.#settings.recheck());
    });
  }

  /** Sends a message: a new one, or in place of the entry `editing`. */
  send(message: Message, title: string, editing: number | null): void {
    this.#restart();
    this.#keep(title);
    if (editing === null) this.chat.send(this.#withInstructions(message));
    else this.chat.edit(editing, message);
  }

  stop(): void {
    this.#draft.queued.set(false);
    this.taskView()?.stop();
    this.chat.stop();
  }

  regenerate(): void {
    this.#restart();
    this.chat.regenerate();
  }

  /** Starts a conversation, which is saved from its first question on. */
  reset(): void {
    this.#clear();
    this.scenario.set(null);
    setHash('');
  }

  /** Opens a saved conversation; `null` for a new one. */
  open(id: string | null): void {
    // It may be answering.
    if (id !== null && id === this.#chats.current() && this.#chats.problem() === null) return;
    const storage = this.#chats.open(id);
    if (storage === null) return this.reset();
    this.#clear(storage);
    this.scenario.set(null);
    setHash(`#chat=${id}`);
  }

  remove(id: string): void {
    // First: it is saved once more when it is closed.
    if (id === this.#chats.current()) this.reset();
    this.#chats.remove(id);
  }

  /** Opens the conversation or the scenario that the address names. */
  openNamed(): void {
    const { chat, scenario } = namedInHash();
    if (scenario !== null) this.#start(scenario);
    else if (chat !== null && chat !== this.#chats.current()) this.open(chat);
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
    if (this.#settings.scripted()) this.play(scenario.id);
    else this.#ask(scenario);
  }

  /** Requests the answer of the task again. */
  repeat(): void {
    const task = this.task();
    if (task !== null) this.#ask(task.scenario);
  }

  /** Continues the conversation of a task. */
  continueWith(messages: readonly Message[]): void {
    this.chat.reset(messages);
    this.#taskEntries.set(this.chat.messages().length);
  }

  #start(scenario: Scenario): void {
    this.scenario.set(scenario);
    this.#settings.baseURL.set('');
    this.#ask(scenario);
  }

  /** Starts a conversation with a question. */
  #ask(scenario: Scenario): void {
    this.#clear();
    if (scenario.view === undefined) {
      if (!this.#settings.scripted()) this.#keep(scenario.question);
      this.chat.send(this.#withInstructions({ role: 'user', content: scenario.question }));
    } else this.task.set({ id: this.#opened(), scenario });
  }

  /** Stops the running answer or task. */
  #restart(): void {
    this.stop();
    this.skipped.set(0);
    this.#runs.update((count) => count + 1);
  }

  /** Stops, and closes the conversation: opens a saved one, or one that is not saved. */
  #clear(storage: ConversationStorage | null = null): void {
    this.#restart();
    this.#draft.cancelEdit();
    this.task.set(null);
    this.#taskEntries.set(0);
    this.metrics.clear();
    this.#opened.update((count) => count + 1);
    if (storage === null) this.#chats.open(null);
    this.chat.open(storage);
  }

  /** Saves the conversation from now on: a new one, or that of a scenario that the user continues. */
  #keep(title: string): void {
    if (this.#chats.current() !== null) return this.#chats.touch();
    const storage = this.#chats.add(title);
    if (storage === null) return;
    const soFar = JSON.stringify(this.chat.save());
    this.chat.open(storage);
    this.chat.restore(JSON.parse(soFar));
    this.scenario.set(null);
    setHash(`#chat=${this.#chats.current()}`);
  }

  /** Adds the system prompt before the first message of a conversation. */
  #withInstructions(message: Message): readonly Message[] {
    const content = this.#settings.systemPrompt();
    const isFirst = this.chat.messages().length === 0;
    return isFirst && content !== '' ? [{ role: 'system', content }, message] : [message];
  }
}
