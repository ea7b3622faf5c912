import { concat, defer, of, type Observable } from 'rxjs';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { unwrap } from '../operators/either/unwrap';
import type { SendRequest } from '../operators/resilience/continueOnTruncation';
import type { ChatRequest } from '../request/ChatRequest';
import type { Message } from '../request/Message';
import { concatItems } from '../rx/concatItems';
import { streamOf } from '../rx/streamOf';
import { addToAnswer, noAnswer } from './answer';
import type { ToolEvent } from './events';
import { callIdsIn } from './history';
import type { RunToolsOptions } from './RunToolsOptions';
import type { Toolbox } from './toolbox';
import { answeredTurn, type Turn } from './Turn';

/** The request of a turn. */
export interface SentStep {
  readonly step: number;
  readonly request: ChatRequest;
  /** The conversation before the turn. */
  readonly messages: readonly Message[];
  /** The tools that the request offers; `undefined` for a turn without tools, whose calls do not run. */
  readonly toolbox: Toolbox | undefined;
}

/** The error of another `send`, such as one without a `return`. */
export const SENDS_CHUNKS = 'send must return chunks: (request) => chatCompletion$(config, request)';

/** Options for the chunks of an answer. */
type AnswerOptions = Pick<RunToolsOptions, 'onChunkError' | 'partialInputs'>;

/**
 * Sends the request of a turn. For one subscription.
 *
 * @param andThen - Returns the events after the answer.
 * @returns The events of the answer, from `step-start` to `step-end`, and those after it.
 */
export function answer$(
  send: SendRequest,
  { step, request, messages, toolbox }: SentStep,
  { onChunkError = 'fail', partialInputs = () => () => [] }: AnswerOptions,
  andThen: (turn: Turn) => Observable<ToolEvent>,
): Observable<ToolEvent> {
  const ids = callIdsIn(messages);
  const readInputs = partialInputs({ step, tools: toolbox?.byName ?? new Map(), ids });
  let answer = noAnswer;
  return concat(
    of<ToolEvent>({ type: 'step-start', step, request, messages }),
    defer(() => streamOf(send(request), SENDS_CHUNKS)).pipe(
      unwrap(onChunkError),
      concatItems((chunk: ChatCompletionChunk): readonly ToolEvent[] => {
        answer = addToAnswer(answer, chunk);
        return [{ type: 'chunk', step, chunk }, ...readInputs(chunk, answer.completion)];
      }),
    ),
    defer(() => {
      const turn = answeredTurn(answer, step, toolbox, ids);
      const { completion, message } = turn;
      return concat(of<ToolEvent>({ type: 'step-end', step, completion, message }), andThen(turn));
    }),
  );
}
