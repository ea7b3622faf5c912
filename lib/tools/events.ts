import type { Either, Left } from 'fp-ts/Either';

import type { ChatCompletion } from '../codec/ChatCompletion';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Usage } from '../codec/Usage';
import type { ToolFailure, UnknownTool } from '../errors';
import type { ChatRequest } from '../request/ChatRequest';
import type { AssistantMessage, Message, ToolMessage } from '../request/Message';
import type { AnyTool, InputOf, OutputOf, PartialInputOf } from './tool';

/** A call of a tool with decoded arguments. Its `name` discriminates the type of the input. */
export type Call<T extends AnyTool = AnyTool> = T extends AnyTool
  ? {
      /** Id that links the result to the call; unique in its conversation. */
      readonly id: string;
      /** Number of the turn that contains the call, from 1; 0 for a call of the history without a reply. */
      readonly step: number;
      readonly name: T['name'];
      readonly input: InputOf<T>;
    }
  : never;

/** A call that waits for approval. */
export type Approval<T extends AnyTool = AnyTool> = Call<T>;

/**
 * The reason for the end of a run.
 *
 * - `answered`: the model answered without calling a tool.
 * - `cut-off`: the answer is incomplete, because of the token limit or a filter. Its calls were not run.
 * - `max-steps`: the model called tools in the last allowed turn.
 * - `stopped`: `stopWhen` returned true.
 * - `suspended`: a call waits for a later approval.
 */
export type DoneReason = 'answered' | 'cut-off' | 'max-steps' | 'stopped' | 'suspended';

/** The end of a run, and the conversation for the next one. */
export interface DoneEvent<T extends AnyTool = AnyTool> {
  readonly type: 'done';
  readonly reason: DoneReason;
  /** Number of requests. */
  readonly steps: number;
  /** The complete conversation. Every call has its reply, except those in `pending`. */
  readonly messages: readonly Message[];
  /** Tokens of all steps, summed; `null` if the server reported none. */
  readonly usage: Usage | null;
  /** Calls without a reply, in the order of the model; only if the run was suspended. */
  readonly pending: readonly Call<T>[];
}

/** Events of the calls of one tool. */
type EventOf<T extends AnyTool> = T extends AnyTool
  ? | {
        readonly type: 'tool-input';
        readonly id: string;
        readonly step: number;
        readonly name: T['name'];
        /** The arguments so far. */
        readonly partial: PartialInputOf<T>;
      }
    | (Call<T> & { readonly type: 'tool-call' })
    | (Call<T> & { readonly type: 'tool-approval' })
    | (Call<T> & { readonly type: 'tool-approved' })
    | (Call<T> & { readonly type: 'tool-progress'; readonly output: OutputOf<T> })
    | {
        readonly type: 'tool-result';
        readonly id: string;
        readonly step: number;
        readonly name: T['name'];
        readonly result: Either<ToolFailure, OutputOf<T>>;
        readonly message: ToolMessage;
      }
  : never;

/**
 * An event of a run, discriminated by its `type`. The `name` of a tool event discriminates the types of input and output.
 *
 * | type | when |
 * | --- | --- |
 * | `resumed` | first, if calls in the history have no reply |
 * | `step-start` | before each request, with the request and the conversation so far |
 * | `chunk` | for each chunk of the answer |
 * | `tool-input` | when there are more arguments of a call; only with the option `partialInputs` |
 * | `step-end` | when the answer has ended, with the completion |
 * | `tool-call` | a call starts, or needs approval |
 * | `tool-approval` | a call waits for approval |
 * | `tool-approved` | a call was approved and starts |
 * | `tool-progress` | for each value of the tool |
 * | `tool-result` | a call has its reply, a result or a failure |
 * | `done` | last, before completion; not on an error |
 */
export type ToolEvent<T extends AnyTool = AnyTool> =
  | {
      readonly type: 'step-start';
      readonly step: number;
      /** The request that is sent. */
      readonly request: ChatRequest;
      /** The conversation so far, without the changes of `prepareStep`. */
      readonly messages: readonly Message[];
    }
  | { readonly type: 'chunk'; readonly step: number; readonly chunk: ChatCompletionChunk }
  | {
      readonly type: 'step-end';
      readonly step: number;
      readonly completion: ChatCompletion;
      /** The answer as part of the conversation; `null` if it is empty. */
      readonly message: AssistantMessage | null;
    }
  | {
      readonly type: 'resumed';
      readonly step: 0;
      /** The conversation, with calls at its end that have no reply yet. */
      readonly messages: readonly Message[];
    }
  | EventOf<T>
  | {
      readonly type: 'tool-result';
      readonly id: string;
      readonly step: number;
      /** Name of an unknown tool. */
      readonly name: string;
      readonly result: Left<UnknownTool>;
      readonly message: ToolMessage;
    }
  | DoneEvent<T>;

/** A call of a finished step, and its result. */
export interface FinishedCall {
  /** Id that links the call to its reply. */
  readonly id: string;
  /** Name of the tool, as the model wrote it. */
  readonly name: string;
  /** The arguments as parsed JSON, or the text that is not JSON. */
  readonly arguments: unknown;
  /** The result of the tool, or the reason why there is none. */
  readonly result: Either<ToolFailure, unknown>;
}

/** A finished step: an answer of the model, and the calls in it. */
export interface ToolStep {
  /** Number of the turn, from 1; 0 for calls of the history without a reply. */
  readonly step: number;
  /** The answer of the turn. */
  readonly completion: ChatCompletion;
  /** In the order of the model. */
  readonly calls: readonly FinishedCall[];
}
