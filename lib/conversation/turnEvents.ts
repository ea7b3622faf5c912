import { catchError, defer, filter, map, of, take, type Observable, type Observer } from 'rxjs';

import { isRecord } from '../codec/isRecord';
import { RequestError } from '../errors';
import type { ChatMetrics } from '../operators/tapMetrics';
import type { Message } from '../request/Message';
import { streamOf } from '../rx/streamOf';
import type { Verdict } from '../tools/RunToolsOptions';
import type { AnswerFunction } from './AnswerFunction';
import type { ConversationCommand, ConversationEvent } from './ConversationCommand';
import type { TurnId } from './ConversationState';
import { withOwnMessages } from './ownMessages';

/** The parts of a request for the answer of a turn. */
interface TurnRequest {
  /** Its function is called as a method: the options may be an instance of a class. */
  readonly options: { readonly answer: AnswerFunction };
  readonly id: TurnId;
  /** The messages before the answer. */
  readonly sent: readonly Message[];
  /** Emits when the answer is to end. */
  readonly stop$: Observable<void>;
  /** The commands, of which those that approve a call matter. */
  readonly command$: Observable<ConversationCommand>;
  /** Receives the metrics, also at the end of an answer that was unsubscribed from. */
  readonly metrics$: Pick<Observer<ConversationEvent>, 'next'>;
}

/** Requests the answer of a turn, and emits its events. Never errors: a failure is an event. */
export const turnEvents$ = ({
  options,
  id,
  sent,
  stop$,
  command$,
  metrics$,
}: TurnRequest): Observable<ConversationEvent> => {
  const report = (metrics: ChatMetrics): void => {
    if (metrics.end !== 'restarted') metrics$.next({ type: 'metrics', id, metrics });
  };
  return defer(() =>
    streamOf(
      options.answer(sent, stop$, (call) => verdict$(command$, call.id), report),
      NOT_RUNS,
    ),
  ).pipe(
    map((run): ConversationEvent => {
      if (!isRun(run)) throw new RequestError(NOT_RUNS);
      return { type: 'run', id, run: withOwnMessages(run, sent) };
    }),
    catchError((error: unknown) => of<ConversationEvent>({ type: 'fail', id, error })),
  );
};

const NOT_RUNS = 'answer must return the states of a run: runTools$(…).pipe(toRunState())';

/** Whether a value is the state of a run. JavaScript allows anything, and a fold may be missing. */
const isRun = (value: unknown): boolean => isRecord(value) && 'steps' in value;

/** Waits for the command that decides about a call. */
const verdict$ = (command$: Observable<ConversationCommand>, call: string): Observable<Verdict> =>
  command$.pipe(
    filter((command) => command.type === 'approve'),
    filter(({ id }) => id === call),
    take(1),
    map(({ approved, reason }) => approved || (reason === undefined ? false : { deny: reason })),
  );
