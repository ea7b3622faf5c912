import { ChangeDetectionStrategy, Component, computed, inject, input, output } from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import { isLeft, isRight } from 'fp-ts/Either';
import { catchError, concat, map, of, scan, Subject, switchMap, takeUntil, tap, type Observable } from 'rxjs';
import { perFrame, type Message } from 'rxjs-chat-completions';
import { responseFormatOf, structured, type Structured } from 'rxjs-chat-completions/structured';

import { RecordedCalls } from '../chat/recorded-calls';
import type { Task } from '../chat/task';
import { Failure } from '../failure/failure';
import { Recipe, type RecipeJson } from './recipe';

/** A recipe as far as it is written, and the error that ended the stream. */
interface CardState extends Structured<Recipe, RecipeJson> {
  readonly error: Error | null;
}

const NOTHING: CardState = { partial: undefined, issues: [], result: null, error: null };

/** Shows a recipe while the model writes it as JSON. */
@Component({
  selector: 'app-recipe-card',
  imports: [Failure],
  templateUrl: './recipe-card.html',
  styleUrl: './recipe-card.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class RecipeCard implements Task {
  readonly question = input.required<string>();
  /** The conversation, when the answer has ended. */
  readonly ended = output<readonly Message[]>();
  readonly again = output();

  readonly #calls = inject(RecordedCalls);
  readonly #stop$ = new Subject<void>();

  readonly state = toSignal(
    toObservable(this.question).pipe(switchMap((question) => this.#recipe$(question))),
    { initialValue: NOTHING },
  );
  readonly recipe = computed(() => this.state().partial);
  readonly busy = computed(() => this.state().result === null && this.state().error === null);
  readonly stopped = computed(() => {
    const { result } = this.state();
    return (
      result !== null &&
      isLeft(result) &&
      result.left._tag === 'CutOffError' &&
      result.left.finishReason === null
    );
  });
  /** The error of the stream, or the reason why there is no recipe. */
  readonly failure = computed(() => {
    const { result, error } = this.state();
    if (error !== null) return error;
    return result !== null && isLeft(result) && !this.stopped() ? result.left : null;
  });
  /** Announced once, when the recipe is complete. */
  readonly announcement = computed(() => {
    if (this.stopped()) return 'Stopped.';
    const { result } = this.state();
    return result !== null && isRight(result) ? `The recipe ${result.right.name} is complete.` : '';
  });

  readonly stop = (): void => this.#stop$.next();

  #recipe$(question: string): Observable<CardState> {
    const messages: readonly Message[] = [{ role: 'user', content: question }];
    const request = { model: '', messages, response_format: responseFormatOf(Recipe) };
    const chunk$ = this.#calls.chatCompletion$(request).pipe(takeUntil(this.#stop$));
    return concat(of(NOTHING), chunk$.pipe(structured(Recipe))).pipe(
      map((state) => ({ ...state, error: null })),
      // Keeps what was written before the error.
      catchError((error: unknown) => of({ error: error as Error })),
      scan((state: CardState, change: Partial<CardState>) => ({ ...state, ...change }), NOTHING),
      perFrame(),
      tap(({ partial, result, error }) => {
        if (result === null && error === null) return;
        this.ended.emit(
          partial === undefined ? [] : [...messages, { role: 'assistant', content: JSON.stringify(partial) }],
        );
      }),
    );
  }
}
