import { isLeft, left, right, type Either } from 'fp-ts/Either';
import {
  AsyncSubject,
  catchError,
  concat,
  concatMap,
  defaultIfEmpty,
  defer,
  EMPTY,
  finalize,
  from,
  map,
  mergeMap,
  of,
  Subject,
  take,
  takeUntil,
  throwError,
  type Observable,
  type ObservableInput,
} from 'rxjs';

import { ToolDenied, ToolFailed, type ToolFailure } from '../errors';
import type { Message } from '../request/Message';
import { deferAbortable } from '../rx/deferAbortable';
import { inputOf } from '../rx/inputOf';
import { streamOf } from '../rx/streamOf';
import type { ReadCall } from './assistantTurn';
import type { Approval, Call, ToolEvent } from './events';
import { customReply, failureReply, resultReply, type Reply } from './replies';
import type { AnyTool } from './tool';
import { openCalls, type Turn } from './Turn';

/** Policies for the calls of a run. */
export interface CallPolicies {
  readonly concurrency?: number;
  readonly approve?: (call: Approval) => ObservableInput<Verdict>;
  readonly onToolError?: ToolErrorPolicy;
}

/** The decision of an approval. Only `true` runs the call. */
export type Verdict = boolean | 'suspend' | { readonly deny: string };

/** Treatment of a tool that fails. */
export type ToolErrorPolicy = 'report' | 'fail' | ((error: unknown, call: Call) => string);

/** The end of a call. */
export interface Settled {
  readonly reply: Reply;
  /** The result; none if the history had the reply. */
  readonly result?: Either<ToolFailure, unknown>;
}

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
  { concurrency, approve = () => [false], onToolError = 'report' }: CallPolicies,
): Observable<ToolEvent> {
  return defer(() => {
    const { step, settled } = turn;
    const calls = openCalls(turn);
    let suspended = false;
    const suspend$ = new Subject<void>();

    const settle = ({ id, name }: Called, result: Either<ToolFailure, unknown>, reply: Reply): ToolEvent => {
      settled.set(id, { result, reply });
      return { type: 'tool-result', id, step, name, result, message: reply.message };
    };
    const refuse = (call: Called, failure: ToolFailure): ToolEvent =>
      settle(call, left(failure), failureReply(call.id, failure));

    const run$ = (tool: AnyTool, call: Call): Observable<ToolEvent> => {
      let output: unknown = '';
      return concat(
        outputs$(tool, call, messages).pipe(
          map((value): ToolEvent => {
            output = value;
            return { type: 'tool-progress', ...call, output };
          }),
        ),
        defer(() => of(settle(call, right(output), resultReply(call.id, tool, output)))),
      );
    };

    const decide$ = (tool: AnyTool, call: Call, verdict: Verdict): Observable<ToolEvent> => {
      if (verdict === true) {
        return concat(of<ToolEvent>({ type: 'tool-approved', ...call }), run$(tool, call));
      }
      if (verdict === 'suspend') {
        suspended = true;
        suspend$.next();
        return EMPTY;
      }
      return of(refuse(call, new ToolDenied(call.name, reasonOf(verdict))));
    };

    const approved$ = (tool: AnyTool, call: Call): Observable<ToolEvent> =>
      defer(() => {
        // Subscribed to before the event, so that a decision in reaction to the event is not lost.
        const verdict$ = new AsyncSubject<Verdict>();
        const subscription = defer(() => approve(call))
          .pipe(take(1), defaultIfEmpty<Verdict, Verdict>(false), takeUntil(suspend$))
          .subscribe(verdict$);
        return concat(
          of<ToolEvent>({ type: 'tool-approval', ...call }),
          verdict$.pipe(concatMap((verdict) => decide$(tool, call, verdict))),
        ).pipe(finalize(() => subscription.unsubscribe()));
      });

    const fail$ = (call: Call, error: unknown): Observable<ToolEvent> => {
      if (onToolError === 'fail') return throwError(() => error);
      const failure = new ToolFailed(call.name, error);
      return onToolError === 'report'
        ? of(refuse(call, failure))
        : of(settle(call, left(failure), customReply(call.id, onToolError(error, call))));
    };

    const call$ = ({ id, name, tool, input }: ReadCall): Observable<ToolEvent> => {
      if (suspended || tool === undefined || isLeft(input)) return EMPTY;
      const call: Call = { id, step, name, input: input.right };
      return concat(
        of<ToolEvent>({ type: 'tool-call', ...call }),
        defer(() => (needsApproval(tool, call.input) ? approved$ : run$)(tool, call)),
      ).pipe(catchError((error: unknown) => fail$(call, error)));
    };

    return concat(
      calls.flatMap((call) => (isLeft(call.input) ? [refuse(call, call.input.left)] : [])),
      from(calls).pipe(mergeMap(call$, concurrency)),
    );
  });
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
  deferAbortable((signal) =>
    streamOf(
      inputOf(tool.run(input as never, { id, step, messages, signal })),
      'run must return an Observable or a promise: make it async, or return [result]',
    ),
  );
