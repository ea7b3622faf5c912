import type { Usage } from '../codec/Usage';
import type { ChatError, HttpError, RateLimit } from '../errors';
import type { Profile } from '../servers/Profile';
import type { ResponseHead } from '../transport/transport';

/**
 * Callbacks that run during a call, for logs and metrics.
 *
 * They receive no key, no request header, no message and no text of the answer. If a hook throws, the call errors with that
 * value, except in `onAbort`. A promise that a hook returns is not awaited: handle its rejection in the hook. The hooks are
 * called as methods, so an instance of a class works too. Annotate the return type of a function that returns hooks: only then is
 * a misspelt hook a type error.
 *
 * @example A log line for each call
 * ```ts
 * import { chatCompletion$, type CallInfo, type ChatHooks } from 'rxjs-chat-completions';
 *
 * const logged = ({ model, attempt }: CallInfo): ChatHooks => ({
 *   onComplete: ({ usage, requestId }) => console.log(model, attempt, requestId, usage?.total_tokens),
 *   onError: (error) => console.log(model, attempt, error.message),
 * });
 * chatCompletion$({ hooks: logged }, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] });
 * ```
 */
export interface ChatHooks {
  /** Called before a request is sent; `url` is without its query. */
  readonly onRequest?: (request: { readonly method: string; readonly url: string }) => void;
  /** Called when the response's head has arrived. */
  readonly onHead?: (head: ResponseHead) => void;
  /** Called for each field of a request that the server ignores, according to its profile. */
  readonly onIgnored?: (field: string, profile: Profile) => void;
  /**
   * Called for each field of a request that is not sent: because the profile lists it as rejected, or because the server has just
   * refused it and `ChatConfig.refusedFields` allows another try. The reason is that profile, or the error of the server.
   */
  readonly onRemovedField?: (field: string, reason: Profile | HttpError) => void;
  /** Called at the first output of a stream: text, reasoning, a tool-call fragment. Once, before the output is emitted. */
  readonly onFirstOutput?: () => void;
  /** Called for each usage that the server sends, also in a call that fails later. Of running counts, the last is final. */
  readonly onUsage?: (usage: Usage) => void;
  /** Called when the call has failed. */
  readonly onError?: (error: ChatError) => void;
  /** Called when the call has completed. */
  readonly onComplete?: (completed: CompletedCall) => void;
  /** Called when the call was unsubscribed before its end. If it throws, RxJS reports the value as an unhandled error. */
  readonly onAbort?: () => void;
}

/** A call that has started, as passed to the function that creates its hooks. */
export interface CallInfo {
  /** Kind of the call, as in OpenTelemetry's `gen_ai.operation.name`, which has no name for `models` and `pull` (Ollama's downloads). */
  readonly operation: 'chat' | 'embeddings' | 'models' | 'pull';
  /** Model of the request; `null` for a list of models. */
  readonly model: string | null;
  /** URL without its query and credentials; `''` if `baseURL` is invalid, which is reported to `onError`. */
  readonly url: string;
  /**
   * Number of this subscription to the Observable; the first is 1. Each attempt of {@link retryChat} is one, and so is any other
   * second subscriber.
   */
  readonly attempt: number;
  /** Fields of the body that are numbers, booleans or strings, under the server's names, without the input of embeddings. */
  readonly request: Readonly<Record<string, string | number | boolean>>;
}

/** A call that has completed, as passed to {@link ChatHooks.onComplete}. */
export interface CompletedCall {
  /** Finish reasons by choice; empty for an answer without any, and for calls other than chat completions. */
  readonly finishReasons: readonly string[];
  /** Final usage; `null` if the server has sent none. */
  readonly usage: Usage | null;
  /** The server's id of the request. */
  readonly requestId: string | null;
  /** Rate limits of the account; `resetMs` counts from the arrival of the response's head. */
  readonly rateLimit: RateLimit | null;
}
