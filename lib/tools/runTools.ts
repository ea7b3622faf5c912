import { isRight } from 'fp-ts/Either';
import {
  concat,
  concatMap,
  defaultIfEmpty,
  defer,
  EMPTY,
  map,
  of,
  repeat,
  take,
  takeWhile,
  throwIfEmpty,
  type Observable,
  type ObservableInput,
} from 'rxjs';

import type { ChatCompletion } from '../codec/ChatCompletion';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { CompletionMessage } from '../codec/CompletionMessage';
import type { Usage } from '../codec/Usage';
import { RequestError } from '../errors';
import { unwrap, type ChunkErrorPolicy } from '../operators/either/unwrap';
import type { SendRequest } from '../operators/resilience/continueOnTruncation';
import type { ChatRequest } from '../request/ChatRequest';
import type { Message, ToolMessage } from '../request/Message';
import type { ToolChoice } from '../request/Tool';
import { concatItems } from '../rx/concatItems';
import { addUsage } from './addUsage';
import { addToAnswer, noAnswer, outcomeOf } from './answer';
import { echo, readCalls, type ReadCall } from './assistantTurn';
import type { Approval, Call, DoneReason, FinishedCall, ToolEvent, ToolStep } from './events';
import { callIdsIn, openCallsIn, withoutOldReasoning, withReplyId } from './history';
import type { ReadInputs, TurnStart } from './partialInputs';
import { imagesOf } from './replies';
import { runCalls, type CallPolicies, type Settled, type Verdict } from './runCalls';
import type { StopCondition } from './stopWhen';
import type { AnyTool } from './tool';
import { toolboxOf, type Toolbox } from './toolbox';

// One file over 250 lines: half of it is the doc comments of the options, and the steps of a turn share its state.

/** The request of a step, before it is sent. */
export interface StepRequest {
  /** Number of the next turn, from 1. */
  readonly step: number;
  /** The request as it would be sent. */
  readonly request: ChatRequest;
  /** The steps so far. */
  readonly steps: readonly ToolStep[];
}

/** Options for {@link runTools$}. */
export interface RunToolsOptions<T extends AnyTool = AnyTool> {
  /** Maximum number of turns; a positive integer. Default 10. */
  readonly maxSteps?: number;
  /**
   * Treatment of calls in the last turn: `'stop'`, the default, ends the run after them. `'answer'` sends one more request without
   * tools.
   */
  readonly atMaxSteps?: 'stop' | 'answer';
  /** Whether the run ends, called after the results of each step. */
  readonly stopWhen?: StopCondition;
  /** Maximum number of calls of one turn that run or wait for approval at the same time. Default: all. */
  readonly concurrency?: number;
  /**
   * Decides about a call that needs approval. Default: each such call is denied.
   *
   * The first value counts: `true` runs the call, `false` and `{ deny: reason }` deny it, and so does completing without a value.
   * `'suspend'` ends the run with the call pending.
   */
  readonly approve?: (call: Approval<T>) => ObservableInput<Verdict>;
  /** Changes the request of a step before it is sent. The first value counts. */
  readonly prepareStep?: (step: StepRequest) => ObservableInput<ChatRequest>;
  /**
   * Treatment of a tool that fails: send its message to the model (`'report'`, the default), send the text that a function returns,
   * or fail the run with the error (`'fail'`).
   */
  readonly onToolError?: 'report' | 'fail' | ((error: unknown, call: Call<T>) => string);
  /**
   * Reader of the arguments while the model writes them, for `tool-input` events: the function of the same name. Default: none, and
   * a call appears when the turn has ended.
   */
  readonly partialInputs?: (turn: TurnStart) => ReadInputs;
  /** Policy for chunks that do not decode. Default `'fail'`. */
  readonly onChunkError?: ChunkErrorPolicy;
}

/**
 * Sends a request, runs the tools that the model calls, and sends their results, until the model answers.
 *
 * Takes a function that sends a request, so that retries, timeouts and fallbacks apply to one turn each and no tool runs
 * twice. The tools of a turn run in parallel, once the turn is complete and was not cut off. The model receives the results in the
 * order of its calls, and failures too: an unknown tool, arguments that do not fit, a tool that fails, a call that was denied.
 * Each answer is sent back with the reasoning and signatures that servers require. A `tool_choice` that forces a call applies to the
 * first turn only.
 *
 * Calls without a reply at the end of `request.messages` run before the first request, which continues a suspended run.
 *
 * ```text
 * send 1:   -w-l-f|                         w, l = calls, f = finish reason
 * w run:          -----7|
 * l run:          -0-5-9|
 * send 2:                -t-f|              t = text
 * events:   s-c-c-c(eWL)-p-p(pR)(pR)...     s = step-start, c = chunk, e = step-end, W, L = tool-call,
 *                                           p = tool-progress, R = tool-result; done is the last event
 * ```
 *
 * @param send - Sends a request and streams its chunks: `(request) => chatCompletion$(config, request)`, with operators for one
 * turn below it.
 * @param request - The first request. Its own `tools` are sent too, but never run.
 * @param tools - Tools made by {@link tool}; or a function of the step, for tools that change.
 * @param options - Limits, approval, errors.
 * @returns A cold Observable of events: one subscription, one run. Unsubscribing aborts the request and unsubscribes from the tools.
 * Passes on errors of `send`. Errors with {@link RequestError} at an invalid tool, name or option, and with `ChunkFailed` at
 * a chunk that does not decode.
 *
 * @example
 * ```ts
 * import * as t from 'io-ts';
 * import { chatCompletion$, retryChat } from 'rxjs-chat-completions';
 * import { scriptedTransport } from 'rxjs-chat-completions/testing';
 * import { runTools$, tool } from 'rxjs-chat-completions/tools';
 *
 * const weather = tool({
 *   name: 'weather',
 *   description: 'The temperature in a city, now.',
 *   input: t.type({ city: t.string }),
 *   run: ({ city }) => [`7 °C in ${city}`],
 * });
 *
 * const transport = scriptedTransport([
 *   { parts: [{ toolCall: { name: 'weather', arguments: { city: 'Oslo' } } }] },
 *   'Take a coat: it is 7 °C.',
 * ]); // yours is a server
 * runTools$(
 *   (request) => chatCompletion$({ transport }, request).pipe(retryChat()),
 *   { model: 'llama3.2', messages: [{ role: 'user', content: 'How warm is it in Oslo?' }] },
 *   [weather],
 * ).subscribe((event) => {
 *   if (event.type === 'done') console.assert(event.reason === 'answered' && event.messages.length === 4);
 * });
 * ```
 */
export function runTools$<const Ts extends readonly AnyTool[]>(
  send: SendRequest,
  request: ChatRequest,
  tools: Ts | ((step: number) => ObservableInput<Ts>),
  options: RunToolsOptions<Ts[number]> = {},
): Observable<ToolEvent<Ts[number]>> {
  return defer(() => {
    checkOptions(options);
    const { maxSteps = 10, atMaxSteps = 'stop', stopWhen, prepareStep, onChunkError = 'fail' } = options;
    const { partialInputs = () => () => [] } = options;
    const toolboxAt = toolboxes(tools, request);
    let run: Run = { messages: request.messages, steps: [], requests: 0, usage: null };

    const done = (reason: DoneReason, pending: readonly Call[] = []): Observable<ToolEvent> =>
      of({ type: 'done', reason, steps: run.requests, messages: run.messages, usage: run.usage, pending });

    /** Runs the calls without a reply in the request. */
    const resume$ = defer((): Observable<ToolEvent> => {
      const open = openCallsIn(request.messages);
      if (open === undefined) return EMPTY;
      const { before, assistant, after } = open;
      return toolboxAt(0).pipe(
        concatMap((toolbox) => {
          const message = assistant as CompletionMessage;
          const calls = readCalls(message, toolbox, 0, callIdsIn(before));
          const echoed = listOf(echo(message, calls));
          const replies = calls.map(({ id }, place) => {
            const reply = open.replies[place];
            return reply && withReplyId(reply, id);
          });
          run = { ...run, messages: before };
          return concat(
            of<ToolEvent>({
              type: 'resumed',
              step: 0,
              messages: [...before, ...echoed, ...replies.flatMap(listOf), ...after],
            }),
            calls$({ step: 0, completion: { choices: [{ message }] }, echoed, calls, replies, after }),
          );
        }),
      );
    });

    /** Sends a request, and runs the calls of its answer. */
    const turn$ = defer((): Observable<ToolEvent> => {
      const step = run.requests + 1;
      const isLast = step > maxSteps;
      return toolboxAt(step).pipe(
        concatMap((toolbox) => {
          const next = requestOf(request, run, isLast ? undefined : toolbox);
          const prepared$ = defer(() => prepareStep?.({ step, request: next, steps: run.steps }) ?? EMPTY);
          return prepared$.pipe(
            take(1),
            defaultIfEmpty(next),
            concatMap((prepared) => answer$(prepared, step, toolbox, isLast)),
          );
        }),
      );
    });

    const answer$ = (
      prepared: ChatRequest,
      step: number,
      toolbox: Toolbox,
      isLast: boolean,
    ): Observable<ToolEvent> => {
      let answer = noAnswer;
      const readInputs = partialInputs({ step, tools: toolbox.byName, ids: callIdsIn(run.messages) });
      return concat(
        of<ToolEvent>({ type: 'step-start', step, request: prepared, messages: run.messages }),
        defer(() => send(prepared)).pipe(
          unwrap(onChunkError),
          concatItems((chunk: ChatCompletionChunk): readonly ToolEvent[] => {
            answer = addToAnswer(answer, chunk);
            return [{ type: 'chunk', step, chunk }, ...readInputs(chunk, answer.completion)];
          }),
        ),
        defer(() => {
          const { completion } = answer;
          const { message, isComplete } = outcomeOf(answer);
          const calls =
            isComplete && !isLast ? readCalls(message, toolbox, step, callIdsIn(run.messages)) : [];
          const echoed = echo(message, calls);
          run = { ...run, requests: step, usage: addUsage(run.usage, completion.usage) };
          const end$ = of<ToolEvent>({ type: 'step-end', step, completion, message: echoed });
          if (calls.length > 0)
            return concat(end$, calls$({ step, completion, echoed: listOf(echoed), calls }));
          run = { ...run, messages: [...run.messages, ...listOf(echoed)] };
          const reason = isComplete ? 'answered' : 'cut-off';
          return concat(end$, done(isLast ? 'max-steps' : reason));
        }),
      );
    };

    const calls$ = ({
      step,
      completion,
      echoed,
      calls,
      replies = [],
      after = [],
    }: Turn): Observable<ToolEvent> => {
      const settled = new Map<ReadCall, Settled>();
      const open = calls.filter((_, place) => replies[place] === undefined);
      return concat(
        runCalls(open, { step, messages: run.messages }, options as CallPolicies, settled),
        defer(() => {
          const replied = calls.flatMap((call, place) =>
            listOf(replies[place] ?? settled.get(call)?.reply.message),
          );
          const images = imagesOf(open.flatMap((call) => listOf(settled.get(call)?.reply)));
          const pending = open.filter((call) => !settled.has(call));
          const finished = open.flatMap((call) => finishedCalls(call, settled.get(call)));
          run = {
            ...run,
            messages: [...run.messages, ...echoed, ...replied, ...images, ...after],
            steps: [...run.steps, { step, completion, calls: finished }],
          };
          if (pending.length > 0)
            return done(
              'suspended',
              pending.flatMap((call) => pendingCalls(call, step)),
            );
          if (stopWhen?.(run.steps)) return done('stopped');
          return run.requests >= maxSteps && atMaxSteps === 'stop' ? done('max-steps') : EMPTY;
        }),
      );
    };

    return concat(resume$, turn$.pipe(repeat())).pipe(takeWhile(({ type }) => type !== 'done', true));
  }) as Observable<ToolEvent<Ts[number]>>;
}

/** The progress of a run. */
interface Run {
  readonly messages: readonly Message[];
  readonly steps: readonly ToolStep[];
  /** Number of requests. */
  readonly requests: number;
  readonly usage: Usage | null;
}

/** An answer that calls tools. */
interface Turn {
  readonly step: number;
  readonly completion: ChatCompletion;
  /** The answer as part of the conversation. */
  readonly echoed: readonly Message[];
  readonly calls: readonly ReadCall[];
  /** The existing reply of each call. */
  readonly replies?: ReadonlyArray<ToolMessage | undefined>;
  /** Messages after the replies. */
  readonly after?: readonly Message[];
}

const listOf = <T>(item: T | null | undefined): readonly T[] =>
  item === null || item === undefined ? [] : [item];

const finishedCalls = (
  { id, name, json }: ReadCall,
  settled: Settled | undefined,
): readonly FinishedCall[] =>
  settled === undefined ? [] : [{ id, name, arguments: json, result: settled.result }];

const pendingCalls = ({ id, name, input }: ReadCall, step: number): readonly Call[] =>
  isRight(input) ? [{ id, step, name, input: input.right }] : [];

/** @throws RequestError for an option that is out of its range. */
function checkOptions({ maxSteps = 10, concurrency = Infinity }: RunToolsOptions<never>): void {
  for (const [name, value] of Object.entries({ maxSteps, concurrency })) {
    if (!(value === Infinity || (Number.isInteger(value) && value > 0))) {
      throw new RequestError(`${name}: expected a positive integer, got ${value}`);
    }
  }
}

/** Returns the tools of each step. A list is checked once, before the first request. */
function toolboxes(
  tools: readonly AnyTool[] | ((step: number) => ObservableInput<readonly AnyTool[]>),
  request: ChatRequest,
): (step: number) => Observable<Toolbox> {
  if (typeof tools !== 'function') {
    const toolbox = toolboxOf(tools, request);
    return () => of(toolbox);
  }
  return (step) =>
    defer(() => tools(step)).pipe(
      take(1),
      throwIfEmpty(
        () => new RequestError(`no tools for step ${step}: the Observable completed without a list`),
      ),
      map((list) => toolboxOf(list, request)),
    );
}

/**
 * Returns the request of a step.
 *
 * @param toolbox - The tools; `undefined` for a turn without tools.
 */
function requestOf(
  request: ChatRequest,
  { messages, steps }: Run,
  toolbox: Toolbox | undefined,
): ChatRequest {
  const { tools, tool_choice, parallel_tool_calls, ...rest } = request;
  const offered = toolbox === undefined ? [] : [...(tools ?? []), ...toolbox.definitions];
  const next = { ...rest, messages: withoutOldReasoning(messages) };
  if (offered.length === 0) return next;
  const choice = steps.length === 0 ? tool_choice : unforced(tool_choice);
  return {
    ...next,
    tools: offered,
    ...(choice === undefined ? {} : { tool_choice: choice }),
    ...(parallel_tool_calls === undefined ? {} : { parallel_tool_calls }),
  };
}

/** Returns a `tool_choice` that forces no call. If each turn forced one, the model could never answer. */
function unforced(choice: ToolChoice | undefined): ToolChoice | undefined {
  if (typeof choice !== 'object') return choice === 'required' ? undefined : choice;
  if (choice.type !== 'allowed_tools') return undefined;
  return { ...choice, allowed_tools: { ...choice.allowed_tools, mode: 'auto' } };
}
