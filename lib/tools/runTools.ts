import {
  concat,
  concatMap,
  defer,
  EMPTY,
  first,
  map,
  of,
  repeat,
  take,
  takeWhile,
  throwIfEmpty,
  type Observable,
} from 'rxjs';

import { requireFunction } from '../codec/require';
import { RequestError } from '../errors';
import type { SendRequest } from '../operators/resilience/continueOnTruncation';
import type { ChatRequest } from '../request/ChatRequest';
import { valuesOf, type ValueOrStream } from '../rx/valuesOf';
import { answer$, SENDS_CHUNKS } from './answerEvents';
import type { ToolEvent } from './events';
import { openCallsIn } from './history';
import { addTurn, doneEvent, endReason, isAtLimit, requestsIn, type Run } from './Run';
import { runCalls } from './runCalls';
import { checkOptions, type RunToolsOptions } from './RunToolsOptions';
import { requestOf } from './stepRequest';
import type { AnyTool } from './tool';
import { toolboxOf, type Toolbox } from './toolbox';
import { resumedTurn, type Turn } from './Turn';

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
 * send 1: -w-l-f|                           w, l = calls, f = finish reason
 * l run:        -----0-5-9|
 * w run:        -----------7|
 * send 2:                   -----t-f|       t = text
 * events: sc-c-c(eWL)0-5-9R7(Rs)-c-c(ed|)   s = step-start, c = chunk, e = step-end, W, L = tool-call,
 *                                           0, 5, 9, 7 = tool-progress, R = tool-result, d = done
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
 *   run: ({ city }) => `7 °C in ${city}`,
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
  tools: Ts | ((step: number) => ValueOrStream<Ts>),
  options: RunToolsOptions<Ts[number]> = {},
): Observable<ToolEvent<Ts[number]>> {
  return defer(() => {
    checkArguments(send, request);
    checkOptions(options);
    const toolboxAt = toolboxes(tools, request);
    // A copy, since an app may add the messages of the run to its own list meanwhile.
    let run: Run = { messages: [...request.messages], steps: [] };

    /** Runs the calls without a reply in the request. */
    const resume$ = defer((): Observable<ToolEvent> => {
      const open = openCallsIn(run.messages);
      if (open === undefined) return EMPTY;
      return toolboxAt(0).pipe(
        concatMap((toolbox) => {
          const turn = resumedTurn(open, toolbox);
          run = { ...run, messages: open.before };
          const { messages } = addTurn(run, turn);
          return concat(of<ToolEvent>({ type: 'resumed', step: 0, messages }), calls$(turn));
        }),
      );
    });

    /** Sends the next request, and runs the calls of its answer. The turn after the last one has no tools. */
    const turn$ = defer(() => {
      const step = requestsIn(run) + 1;
      const toolbox$: Observable<Toolbox | undefined> = isAtLimit(run, options)
        ? of(undefined)
        : toolboxAt(step);
      return toolbox$.pipe(
        concatMap((toolbox) =>
          prepared$(step, toolbox).pipe(
            concatMap((prepared) =>
              answer$(send, { step, request: prepared, messages: run.messages, toolbox }, options, calls$),
            ),
          ),
        ),
      );
    });

    /** Returns the request of a step, changed by `prepareStep`. */
    const prepared$ = (step: number, toolbox: Toolbox | undefined): Observable<ChatRequest> => {
      const next = requestOf(request, run, toolbox);
      return defer(() =>
        valuesOf(options.prepareStep?.({ step, request: next, steps: run.steps }) ?? next),
      ).pipe(first(null, next));
    };

    /** Runs the calls of a turn, and ends the run if no request follows. */
    const calls$ = (turn: Turn): Observable<ToolEvent> =>
      concat(
        runCalls(turn, run.messages, options as RunToolsOptions),
        defer(() => {
          run = addTurn(run, turn);
          const reason = endReason(run, turn, options);
          return reason === undefined ? EMPTY : of(doneEvent(run, turn, reason));
        }),
      );

    return concat(resume$, turn$.pipe(repeat())).pipe(takeWhile(({ type }) => type !== 'done', true));
  }) as Observable<ToolEvent<Ts[number]>>;
}

/** @throws RequestError for arguments in another order, which JavaScript allows. */
function checkArguments(send: unknown, request: Partial<ChatRequest> | null | undefined): void {
  requireFunction(send, SENDS_CHUNKS);
  if (!Array.isArray(request?.messages)) throw new RequestError('request must have a list of messages');
}

/** Returns the tools of each step. A list is checked once, before the first request. */
function toolboxes(
  tools: readonly AnyTool[] | ((step: number) => ValueOrStream<readonly AnyTool[]>),
  request: ChatRequest,
): (step: number) => Observable<Toolbox> {
  if (typeof tools !== 'function') {
    const toolbox = toolboxOf(tools, request);
    return () => of(toolbox);
  }
  return (step) =>
    defer(() => valuesOf(tools(step))).pipe(
      take(1),
      throwIfEmpty(() => new RequestError(`no tools for step ${step}: emit a list, [] for none`)),
      map((list) => toolboxOf(list, request)),
    );
}
