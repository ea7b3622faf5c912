import type { Either, Left } from 'fp-ts/Either';

import type { ChatCompletion } from '../codec/ChatCompletion';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Usage } from '../codec/Usage';
import type { ToolFailure, UnknownTool } from '../errors';
import type { ChatRequest } from '../request/ChatRequest';
import type { AssistantMessage, Message, ToolMessage } from '../request/Message';
import type { AnyTool, InputOf, OutputOf, PartialInputOf } from './tool';

/** A call of a tool whose arguments have been decoded. The name tells the type of the input. */
export type Call<T extends AnyTool = AnyTool> = T extends AnyTool
  ? {
      /** Ties the result to the call; unique in its conversation. */
      readonly id: string;
      /** The turn of the model that called, from 1; 0 for a call that was waiting in the history. */
      readonly step: number;
      readonly name: T['name'];
      readonly input: InputOf<T>;
    }
  : never;

/** A call that waits to be allowed. */
export type Approval<T extends AnyTool = AnyTool> = Call<T>;

/**
 * Why a run ended.
 *
 * - `answered`: the model answered without calling a tool.
 * - `cut-off`: the answer is not whole, for the token limit or a filter. Its calls were not run.
 * - `max-steps`: the model still called tools in the last turn it had.
 * - `stopped`: `stopWhen` said so.
 * - `suspended`: a call waits for an approval that comes later.
 */
export type DoneReason = 'answered' | 'cut-off' | 'max-steps' | 'stopped' | 'suspended';

/** The end of a run, and the conversation to go on with. */
export interface DoneEvent<T extends AnyTool = AnyTool> {
  readonly type: 'done';
  readonly reason: DoneReason;
  /** How often the model was asked. */
  readonly steps: number;
  /** The whole conversation, well formed: every call has its reply, except those in `pending`. */
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
        /** The arguments as far as they are written. */
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
 * An event of a run, told apart by its `type`; among the events of tools `name` tells the types of input and output.
 *
 * | type | when |
 * | --- | --- |
 * | `resumed` | first, if calls in the history have no reply |
 * | `step-start` | before each request, with the request and the conversation so far |
 * | `chunk` | for each chunk of the answer |
 * | `tool-input` | whenever more of the arguments of a call is written |
 * | `step-end` | when the answer has ended, with all of it |
 * | `tool-call` | a call is about to run or to be asked for |
 * | `tool-approval` | a call waits for approval |
 * | `tool-approved` | a call was allowed and is about to run |
 * | `tool-progress` | for each value of the tool |
 * | `tool-result` | a call has its reply, be it a result or a failure |
 * | `done` | last, before completion; not on an error |
 */
export type ToolEvent<T extends AnyTool = AnyTool> =
  | {
      readonly type: 'step-start';
      readonly step: number;
      /** The request that is sent. */
      readonly request: ChatRequest;
      /** The conversation so far, whatever `prepareStep` made of it for this request. */
      readonly messages: readonly Message[];
    }
  | { readonly type: 'chunk'; readonly step: number; readonly chunk: ChatCompletionChunk }
  | {
      readonly type: 'step-end';
      readonly step: number;
      readonly completion: ChatCompletion;
      /** The answer as it goes into the conversation; `null` if it says nothing. */
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
      /** A name that no tool has. */
      readonly name: string;
      readonly result: Left<UnknownTool>;
      readonly message: ToolMessage;
    }
  | DoneEvent<T>;

/** A call of a finished step, and what came of it. */
export interface FinishedCall {
  readonly id: string;
  readonly name: string;
  /** The arguments as parsed JSON, or the text that is not JSON. */
  readonly arguments: unknown;
  readonly result: Either<ToolFailure, unknown>;
}

/** A finished step: an answer of the model, and the calls in it. */
export interface ToolStep {
  readonly step: number;
  readonly completion: ChatCompletion;
  /** In the order of the model. */
  readonly calls: readonly FinishedCall[];
}
