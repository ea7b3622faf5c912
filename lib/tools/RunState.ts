import type { Either } from 'fp-ts/Either';

import type { Usage } from '../codec/Usage';
import type { ToolFailure } from '../errors';
import type { Attachments } from '../fold/attachments';
import type { AssistantMessage, Message } from '../request/Message';
import type { ChatStatus } from '../state/ChatState';
import type { DoneReason } from './events';
import type { AnyTool, InputOf, OutputOf, PartialInputOf } from './tool';

/**
 * The status of a call.
 *
 * `writing` while the model writes it (with the option `partialInputs`), `waiting` until it starts, `needs-approval` until `approve`
 * has decided, `running`; then `done`, `failed` or `denied`. A call keeps its status if the run is stopped, fails or is cut off, so
 * show a question only while the run is `streaming`.
 */
export type CallStatus = 'writing' | 'waiting' | 'needs-approval' | 'running' | 'done' | 'failed' | 'denied';

/** A call as a screen renders it. */
export interface RunCallOf<N extends string, P, I, O> {
  /** Id that links the call to its reply. */
  readonly id: string;
  /** Name of the tool. */
  readonly name: N;
  readonly status: CallStatus;
  /** The arguments so far; `undefined` without the option `partialInputs`, before they begin, and for calls of the history. */
  readonly partial: P | undefined;
  /** The decoded arguments, once the call starts or waits for approval. */
  readonly input: I | undefined;
  /** The latest value of the tool. */
  readonly progress: O | undefined;
  /**
   * The result; `null` before the end of the call.
   *
   * Of several tools it is a union, which `isRight` does not infer: narrow by the `name` first, or test `result._tag`.
   */
  readonly result: Either<ToolFailure, O> | null;
}

/** A call as a screen renders it. Its `name` discriminates the types of input and result. */
export type RunCall<T extends AnyTool = AnyTool> = T extends AnyTool
  ? RunCallOf<T['name'], PartialInputOf<T>, InputOf<T>, OutputOf<T>>
  : never;

/** A turn of the model, its attachments and its calls, as a screen renders them. */
export interface RunStep<T extends AnyTool = AnyTool> extends Attachments {
  /** Number of the turn, from 1; 0 for calls of the history without a reply. */
  readonly step: number;
  /** The text of the turn so far. */
  readonly content: string;
  /** The model's reasoning in the turn so far. */
  readonly reasoning: string;
  /** The answer as part of the conversation; `null` until it has ended, and if it is empty. */
  readonly message: AssistantMessage | null;
  /** In the order of the model. */
  readonly calls: readonly RunCall<T>[];
}

/** A run as a screen renders it: plain data, complete at every moment, never mutated. */
export interface RunState<T extends AnyTool = AnyTool> {
  /** Status of the run: `streaming` also while tools run. */
  readonly status: ChatStatus;
  /** Reason why the run is `done`; `null` before, and if it was stopped or has failed. */
  readonly reason: DoneReason | null;
  /** The turns of the model, the oldest first. */
  readonly steps: readonly RunStep<T>[];
  /** The text of all steps, with a blank line between. */
  readonly content: string;
  /**
   * The conversation so far. You can send or store it at any moment, because each call has a reply. The reply of a call without a
   * result is that it was not run, or that it may have run. Only a suspended run has calls without a reply, for the next run.
   */
  readonly messages: readonly Message[];
  /** Tokens of the steps that have ended, summed; `null` if the server reported none. */
  readonly usage: Usage | null;
  /** The failure, when `failed`. */
  readonly error: Error | null;
}

/**
 * A run before its first event.
 *
 * @example
 * ```ts
 * import { emptyRun } from 'rxjs-chat-completions/tools';
 *
 * console.assert(emptyRun.status === 'waiting' && emptyRun.steps.length === 0);
 * ```
 */
export const emptyRun: RunState<never> = {
  status: 'waiting',
  reason: null,
  steps: [],
  content: '',
  messages: [],
  usage: null,
  error: null,
};
