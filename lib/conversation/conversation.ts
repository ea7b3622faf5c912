import {
  concat,
  concatMap,
  connect,
  defer,
  distinctUntilChanged,
  EMPTY,
  filter,
  finalize,
  map,
  merge,
  of,
  startWith,
  Subject,
  switchMap,
  takeUntil,
  tap,
  type Observable,
  type OperatorFunction,
} from 'rxjs';

import { fieldsOf, isRecord } from '../codec/isRecord';
import { requireFunction } from '../codec/require';
import type { AnswerFunction } from './AnswerFunction';
import { branchOf } from './branches';
import type { ConversationCommand, ConversationEvent } from './ConversationCommand';
import { emptyConversation, type ConversationState } from './ConversationState';
import { messagesOf } from './messagesOf';
import { reduceConversation } from './reduceConversation';
import { turnEvents$ } from './turnEvents';
import { isAnswering } from './turns';

/**
 * Policy for a command that requests an answer while another one is in flight.
 *
 * `'interrupt'` stops that answer and keeps what was received, `'queue'` waits for its end, `'ignore'` drops the command.
 */
export type BusyPolicy = 'interrupt' | 'queue' | 'ignore';

/** Options for {@link conversation}. */
export interface ConversationOperatorOptions {
  /** Requests an answer. An error, also a thrown one, fails the turn and not the conversation. */
  readonly answer: AnswerFunction;
  /** The conversation to continue; empty by default. An answer in flight in it is stopped. */
  readonly from?: ConversationState;
  /** Policy for a command that arrives during an answer. Default `'interrupt'`. */
  readonly whileBusy?: BusyPolicy;
}

/**
 * Turns commands into the states of a conversation. Never errors by itself.
 *
 * Sends one request at a time, retries and tools included in `answer`. A stopped answer keeps its text, a failed one its
 * error too. `stop` ends the answer and a queued command follows; `reset` drops the queue.
 *
 * ```text
 * source:         -s-----x-----|   s = send, x = stop
 * answer:          --a-b-(c|)       a, b = text; c = stopped, by stop$
 * conversation(): iw-a-b-c-----|   i = initial, w = waiting
 * ```
 *
 * @param options - The function that answers, the conversation to continue, and the policy while busy.
 * @returns An operator that emits at subscription and at each change; changes are synchronous. It completes when the commands
 * have completed and the last answer has ended, and errors only as the commands do. Unsubscribing aborts the answer.
 * @throws RequestError if `answer` is not a function.
 *
 * @example
 * ```ts
 * import { Subject, takeUntil } from 'rxjs';
 * import { chatCompletion$, tapMetrics } from 'rxjs-chat-completions';
 * import { branchOf, conversation, type ConversationCommand } from 'rxjs-chat-completions/conversation';
 * import { scriptedTransport } from 'rxjs-chat-completions/testing';
 * import { runTools$, toRunState } from 'rxjs-chat-completions/tools';
 *
 * const transport = scriptedTransport('Hello'); // yours is a server
 * const command$ = new Subject<ConversationCommand>();
 *
 * command$
 *   .pipe(
 *     conversation({
 *       answer: (messages, stop$, approve, report) =>
 *         runTools$(
 *           (request) => chatCompletion$({ transport }, request).pipe(tapMetrics(report)),
 *           { model: 'llama3.2', messages },
 *           [],
 *           { approve },
 *         ).pipe(takeUntil(stop$), toRunState()),
 *     }),
 *   )
 *   .subscribe((state) => {
 *     const last = branchOf(state).at(-1);
 *     if (last?.kind === 'assistant' && last.run.status === 'done') console.assert(last.run.content === 'Hello');
 *   });
 *
 * command$.next({ type: 'send', content: 'Hi' });
 * ```
 */
export function conversation(
  options: ConversationOperatorOptions,
): OperatorFunction<ConversationCommand, ConversationState> {
  requireFunction(
    fieldsOf(options)['answer'],
    'answer must be a function that returns runTools$(…).pipe(toRunState())',
  );
  const { from, whileBusy = 'interrupt' } = options;
  return (command$) =>
    defer(() => {
      let state = reduceConversation(emptyConversation, { type: 'reset', to: from });
      /** Ends the answer in flight, if there is one. */
      let stop = (): void => undefined;
      const metrics$ = new Subject<ConversationEvent>();

      /** Applies a command that may request an answer, and then requests it. */
      const turn$ = (
        command: ConversationCommand,
        shared$: Observable<ConversationCommand>,
      ): Observable<ConversationEvent> =>
        defer(() => {
          const stop$ = new Subject<void>();
          const stopped$ = new Subject<void>();
          stop = () => {
            // First the answer may end by itself, and emit what it holds back.
            stop$.next();
            stopped$.next();
          };
          const answering$ = defer(() => {
            const turn = Object.values(state.turns).find(isAnswering);
            if (turn === undefined) return EMPTY;
            const sent = messagesOf(branchOf(state, turn.parent));
            return turnEvents$({ options, id: turn.id, sent, stop$, command$: shared$, metrics$ });
          });
          return concat(
            concat(of(command), answering$).pipe(takeUntil(stopped$)),
            // An answer that completes without an end has been stopped.
            of<ConversationEvent>({ type: 'stop' }),
          );
        });

      return command$.pipe(
        filter((command) => isRecord(command)),
        connect((shared$) => {
          const start$ = shared$.pipe(
            filter(requestsAnswer),
            // While it is ignored or does not apply, a command must not stop the answer.
            filter((command) => whileBusy !== 'interrupt' || reduceConversation(state, command) !== state),
            filter(() => whileBusy !== 'ignore' || !Object.values(state.turns).some(isAnswering)),
            tap(() => {
              if (whileBusy === 'interrupt') stop();
            }),
          );
          const answers$ = start$.pipe(flatten(whileBusy, (command) => turn$(command, shared$)));
          return merge(
            metrics$,
            shared$.pipe(
              filter((command) => command.type === 'reset' && reduceConversation(state, command) !== state),
              startWith(null),
              // Ends the answer and its queue before the state is replaced.
              switchMap((reset) => concat(reset === null ? EMPTY : of(reset), answers$)),
              finalize(() => metrics$.complete()),
            ),
            shared$.pipe(
              tap(({ type }) => {
                if (type === 'stop') stop();
              }),
              filter(({ type }) => type === 'select'),
            ),
          );
        }),
        map((event) => (state = reduceConversation(state, event))),
        startWith(state),
        distinctUntilChanged(),
      );
    });
}

const requestsAnswer = ({ type }: ConversationCommand): boolean =>
  type === 'send' || type === 'edit' || type === 'regenerate';

const flatten = <T, R>(policy: BusyPolicy, project: (value: T) => Observable<R>): OperatorFunction<T, R> =>
  policy === 'queue' ? concatMap(project) : switchMap(project);
