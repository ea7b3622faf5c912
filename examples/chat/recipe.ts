import { isRight } from 'fp-ts/Either';
import * as t from 'io-ts';
import {
  catchError,
  concat,
  defer,
  map,
  of,
  switchMap,
  takeLast,
  takeUntil,
  tap,
  type Observable,
} from 'rxjs';
import { chatCompletion$, retryChat, type Message, type OutputError } from 'rxjs-chat-completions';
import { reduceConversation } from 'rxjs-chat-completions/conversation';
import {
  annotate,
  responseFormatOf,
  structured,
  type PartialOutput,
  type Structured,
} from 'rxjs-chat-completions/structured';

import { createAnswerView } from './answerView';
import { unlessRefused } from './answer';
import { describeError } from './describeError';
import { stop$ } from './keyboard';
import { historyOf, type Session, type TurnContext } from './session';

const Recipe = t.type(
  {
    name: t.string,
    minutes: annotate(t.Int, { description: 'Total time in minutes' }),
    servings: t.Int,
    ingredients: t.array(t.type({ amount: t.string, item: t.string })),
    steps: t.array(t.string),
  },
  'Recipe',
);
type Recipe = t.TypeOf<typeof Recipe>;
/** A recipe as JSON, which the model writes. */
type RecipeJson = t.OutputOf<typeof Recipe>;

/** Formats a recipe, complete or not. Fields that the model has not written are missing. */
function formatRecipe({ name, minutes, servings, ingredients, steps }: PartialOutput<RecipeJson>): string {
  const facts = [
    ...(minutes === undefined ? [] : [`${minutes} minutes`]),
    ...(servings === undefined ? [] : [`serves ${servings}`]),
  ];
  return [
    ...(name === undefined ? [] : [name]),
    ...(facts.length === 0 ? [] : [facts.join(' · ')]),
    ...(ingredients === undefined ? [] : ['']),
    ...(ingredients ?? []).map(({ amount = '', item = '' }) => `- ${amount} ${item}`.trimEnd()),
    ...(steps === undefined ? [] : ['']),
    ...(steps ?? []).map((step, index) => `${index + 1}. ${step}`),
  ].join('\n');
}

/** Requests a recipe as JSON, renders it while the model writes it, and emits the session with it. */
export function recipe$(
  session: Session,
  dish: string,
  { backend, screen }: TurnContext,
): Observable<Session> {
  return defer(() => {
    const question: Message = { role: 'user', content: promptFor(dish) };
    const view = createAnswerView(screen, false);
    const block = screen.block();

    // Above the reader, so that a stopped answer still emits a last state.
    const chunk$ = chatCompletion$(backend.config, {
      ...session.settings,
      model: session.model,
      messages: [...historyOf(session), question],
      response_format: responseFormatOf(Recipe),
    }).pipe(retryChat({ count: 5, policy: unlessRefused, onRetry: view.retrying }), takeUntil(stop$));

    return concat(of(NOTHING), chunk$.pipe(structured(Recipe))).pipe(
      switchMap((state) => (isWaiting(state) ? concat(of(state), view.spinner$) : of(state))),
      tap(({ partial }) => partial && block.render(formatRecipe(partial))),
      takeLast(1),
      // Before the next prompt.
      tap({ next: block.end, error: block.end }),
      map(({ result }): Session => {
        if (result === null) return session;
        if (isRight(result)) return withRecipe(session, question, result.right);
        if (isStopped(result.left)) screen.info('[stopped]');
        else screen.error(describeError(result.left));
        return { ...session, ending: isStopped(result.left) ? 'stopped' : 'failed' };
      }),
      catchError((error: unknown) => {
        screen.error(describeError(error));
        return of<Session>({ ...session, ending: 'failed' });
      }),
    );
  });
}

const NOTHING: Structured<Recipe, RecipeJson> = { partial: undefined, issues: [], result: null };

const isWaiting = ({ partial, result }: Structured<Recipe, RecipeJson>): boolean =>
  partial === undefined && result === null;

/** Whether the user stopped the answer, which then has no finish reason. */
const isStopped = (error: OutputError): boolean =>
  error._tag === 'CutOffError' && error.finishReason === null;

const promptFor = (dish: string): string =>
  `A recipe for ${dish}, as JSON with name, minutes, servings, ingredients (each with amount and item) and steps.`;

/** Adds the recipe as an answer, which needs no request. */
const withRecipe = (before: Session, question: Message, recipe: Recipe): Session => ({
  ...before,
  ending: 'done',
  conversation: reduceConversation(before.conversation, {
    type: 'send',
    content: [question, { role: 'assistant', content: JSON.stringify(recipe) }],
  }),
});
