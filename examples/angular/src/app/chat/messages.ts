import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  Injector,
  output,
  untracked,
  viewChild,
  viewChildren,
} from '@angular/core';
import type { ConversationMessage } from 'rxjs-chat-completions/angular';

import { Draft } from '../composer/draft';
import type { Scenario } from '../demo/scenarios';
import { RecipeCard } from '../recipe/recipe-card';
import { FollowEnd } from '../scrolling/follow-end';
import { Start } from '../start/start';
import { ToolRun } from '../tools/tool-run';
import { Answer } from './answer';
import { ChatSession } from './chat-session';
import { Question } from './question';
import type { Task } from './task';
import { Versions } from './versions';

/** The entries of the conversation, scrolled to their end while an answer streams. */
@Component({
  selector: 'app-messages',
  imports: [Answer, FollowEnd, Question, RecipeCard, Start, ToolRun, Versions],
  templateUrl: './messages.html',
  styleUrl: './messages.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Messages {
  readonly session = inject(ChatSession);
  readonly draft = inject(Draft);
  readonly #injector = inject(Injector);

  readonly edited = output<ConversationMessage>();
  readonly adjusted = output();
  /** A button was used that is removed, so the focus has to move to the composer. */
  readonly acted = output();

  private readonly scroller = viewChild.required(FollowEnd);
  private readonly taskView = viewChild<Task>('taskView');
  private readonly versionViews = viewChildren(Versions);

  readonly #shownIds = computed(() => [this.session.opened(), ...this.session.shown().map(({ id }) => id)], {
    equal: isSameList,
  });
  /** The alternatives of the entries that have any, by their ids. Not for each token: they change with the list of entries. */
  readonly versions = computed(() => {
    const [, ...shown] = this.#shownIds();
    const entries = shown.map((id) => [id, untracked(() => this.session.chat.siblings(id))] as const);
    return new Map(entries.filter(([, ids]) => ids.length > 1));
  });

  constructor() {
    effect(() => this.session.taskView.set(this.taskView() ?? null));
  }

  suggest(scenario: Scenario): void {
    this.session.suggest(scenario);
    this.scroller().focus();
  }

  regenerate(): void {
    this.session.regenerate();
    this.acted.emit();
  }

  repeat(): void {
    this.session.repeat();
    this.acted.emit();
  }

  stop(): void {
    this.session.stop();
    this.acted.emit();
  }

  /** Shows another version of a question or an answer, and keeps the focus on the button to it. */
  showVersion({ id, by }: { readonly id: number; readonly by: number }): void {
    this.scroller().pinned.set(false);
    this.session.chat.select(id);
    afterNextRender(
      () =>
        this.versionViews()
          .find((view) => view.id() === id)
          ?.focus(by),
      { injector: this.#injector },
    );
  }
}

const isSameList = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((id, place) => id === b[place]);
