import { isLeft, left, right, type Either } from 'fp-ts/Either';
import {
  AsyncSubject,
  BehaviorSubject,
  catchError,
  concat,
  concatMap,
  defer,
  EMPTY,
  filter,
  finalize,
  first,
  from,
  map,
  mergeMap,
  of,
  takeUntil,
  throwError,
  type Observable,
} from 'rxjs';

import { ToolDenied, ToolFailed, type ToolFailure } from '../errors';
import type { Message } from '../request/Message';
import { deferAbortable } from '../rx/deferAbortable';
import { valuesOf } from '../rx/valuesOf';
import type { ReadCall } from './assistantTurn';
import type { Call, ToolEvent } from './events';
import { customReply, failureReply, resultReply, type Reply } from './replies';
import type { RunToolsOptions, Verdict } from './RunToolsOptions';
import type { AnyTool } from './tool';
import { callOf, openCalls, type Turn } from './Turn';

/** Policies for the calls of a run. */
type CallPolicies = Pick<RunToolsOptions, 'concurrency' | 'approve' | 'onToolError'>;

/**
 * Runs the calls of one turn in parallel.
 *
 * Calls that cannot run get their reply first. Once an approval emits `'suspend'`, no further call starts, pending approvals are
 * unsubscribed from, and running calls run to their end.
 *
 * @param turn - The turn of the calls. Calls with a reply do not run.
 * @param messages - The conversation before the turn.
 */
export function runCalls(
  turn: Turn,
  messages: readonly Message[],
  options: CallPolicies,
): Observable<ToolEvent> {
  return defer(() => {
    const calls = openCalls(turn);
    const running: RunningCalls = { turn, messages, options, suspended$: new BehaviorSubject(false) };
    return concat(
      calls.flatMap((call) => (isLeft(call.input) ? [refuse(turn, call, call.input.left)] : [])),
      from(calls).pipe(mergeMap((call) => call$(running, call), options.concurrency)),
    );
  });
}

const NO_APPROVE: Verdict = { deny: 'no approve option' };

/** The calls of one turn while they run. */
interface RunningCalls {
  readonly turn: Turn;
  readonly messages: readonly Message[];
  /** Called as methods: they may be an instance of a class. */
  readonly options: CallPolicies;
  readonly suspended$: BehaviorSubject<boolean>;
}

/** Runs a call that can run, after its approval if it needs one. */
function call$(running: RunningCalls, read: ReadCall): Observable<ToolEvent> {
  const { tool } = read;
  const call = callOf(running.turn, read);
  if (running.suspended$.value || tool === undefined || call === undefined) return EMPTY;
  return concat(
    of<ToolEvent>({ type: 'tool-call', ...call }),
    defer(() => (needsApproval(tool, call.input) ? approved$ : run$)(running, tool, call)),
  ).pipe(catchError((error: unknown) => failed$(running, call, error)));
}

/** Waits for the verdict about a call, and acts on it. */
function approved$(running: RunningCalls, tool: AnyTool, call: Call): Observable<ToolEvent> {
  const { options, suspended$ } = running;
  // Subscribed to before the event, so that a decision in reaction to the event is not lost.
  const verdict$ = new AsyncSubject<Verdict>();
  const subscription = defer(() => valuesOf(options.approve ? options.approve(call) : NO_APPROVE))
    .pipe(first(null, false), takeUntil(suspended$.pipe(filter(Boolean))))
    .subscribe(verdict$);
  return concat(
    of<ToolEvent>({ type: 'tool-approval', ...call }),
    verdict$.pipe(concatMap((verdict) => decided$(running, tool, call, verdict))),
  ).pipe(finalize(() => subscription.unsubscribe()));
}

function decided$(running: RunningCalls, tool: AnyTool, call: Call, verdict: Verdict): Observable<ToolEvent> {
  if (verdict === true) {
    return concat(of<ToolEvent>({ type: 'tool-approved', ...call }), run$(running, tool, call));
  }
  if (verdict === 'suspend') {
    running.suspended$.next(true);
    return EMPTY;
  }
  return of(refuse(running.turn, call, new ToolDenied(call.name, reasonOf(verdict))));
}

/** Runs a tool. Its values are progress, and the last one is its result. */
function run$({ turn, messages }: RunningCalls, tool: AnyTool, call: Call): Observable<ToolEvent> {
  let output: unknown = '';
  return concat(
    outputs$(tool, call, messages).pipe(
      map((value): ToolEvent => {
        output = value;
        return { type: 'tool-progress', ...call, output };
      }),
    ),
    defer(() => of(settle(turn, call, right(output), resultReply(call.id, tool, output)))),
  );
}

/** Applies the policy for a tool that failed. */
function failed$({ turn, options }: RunningCalls, call: Call, error: unknown): Observable<ToolEvent> {
  const { onToolError = 'report' } = options;
  if (onToolError === 'fail') return throwError(() => error);
  const failure = new ToolFailed(call.name, error);
  return of(
    onToolError === 'report'
      ? refuse(turn, call, failure)
      : settle(turn, call, left(failure), customReply(call.id, onToolError.call(options, error, call))),
  );
}

/** Ends a call without a result. The model receives the failure. */
const refuse = (turn: Turn, call: Called, failure: ToolFailure): ToolEvent =>
  settle(turn, call, left(failure), failureReply(call.id, failure));

/** Ends a call with its result and its reply. */
function settle(
  { step, settled }: Turn,
  { id, name }: Called,
  result: Either<ToolFailure, unknown>,
  reply: Reply,
): ToolEvent {
  settled.set(id, { result, reply });
  return { type: 'tool-result', id, step, name, result, message: reply.message };
}

/** A call, with or without decoded arguments. */
type Called = Pick<Call, 'id' | 'name'>;

/** Returns the reason of a denial. A dialog that is closed without a choice may emit anything. */
const reasonOf = (verdict: Verdict | null): string | null =>
  typeof verdict === 'object' ? (verdict?.deny ?? null) : null;

const needsApproval = (tool: AnyTool, input: unknown): boolean =>
  typeof tool.needsApproval === 'function'
    ? tool.needsApproval(input as never)
    : (tool.needsApproval ?? false);

/** Emits the values of a tool. Unsubscribing before the end aborts its signal. */
const outputs$ = (
  tool: AnyTool,
  { id, step, input }: Call,
  messages: readonly Message[],
): Observable<unknown> =>
  deferAbortable((signal) => valuesOf(tool.run(input as never, { id, step, messages, signal })));
