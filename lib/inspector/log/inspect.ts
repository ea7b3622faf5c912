import type { ChatHooks } from '../../call/ChatHooks';
import type { ChatConfig } from '../../call/config';
import { changeConfig } from '../../call/changeConfig';
import { fetchTransport } from '../../transport/fetchTransport';
import { sharedLog, type CallLog } from './CallLog';
import { recordAttempts } from './recordAttempts';
import { Verdicts } from './Verdicts';

/**
 * Records the calls of a config, for the inspector.
 *
 * Each attempt is a lane: its request, the head, every chunk with the event that it was decoded from, and its end. The config works as
 * before. The bytes are decoded a second time for the record, so this is for development.
 *
 * @param config - The config of the calls.
 * @param log - The log that records them. Default {@link sharedLog}, which `<chat-inspector>` shows.
 * @returns A config with a transport and hooks that record, then do as those of `config` do.
 *
 * @example
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { inspect } from 'rxjs-chat-completions/inspector';
 *
 * const config = inspect({ baseURL: 'http://localhost:11434/v1' });
 * chatCompletion$(config, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] });
 * ```
 */
export function inspect(config: ChatConfig, log: CallLog = sharedLog()): ChatConfig {
  const { transport = fetchTransport({ fetch: config.fetch }), hooks } = config;
  const verdicts = new Verdicts(log);
  return changeConfig(config, {
    transport: recordAttempts(transport, log, verdicts),
    hooks: (call) => recordEndings(typeof hooks === 'function' ? hooks(call) : hooks, verdicts),
  });
}

/** Hooks that report the end of a call as the app receives it, which the transport does not know: a timeout, for one. */
function recordEndings(given: ChatHooks | null | undefined, verdicts: Verdicts): ChatHooks {
  const hooks = given ?? {};
  // A call does less without a hook, so only those that exist are passed on.
  const own = HOOKS.filter((name) => hooks[name]).map((name) => [
    name,
    // As a method: the hooks may be an instance of a class.
    (...values: readonly never[]) =>
      (hooks[name] as (...args: readonly never[]) => void).apply(hooks, [...values]),
  ]);
  return {
    ...(Object.fromEntries(own) as ChatHooks),
    onError: (error) => {
      verdicts.fail(error);
      hooks.onError?.(error);
    },
    onComplete: (completed) => {
      verdicts.complete();
      hooks.onComplete?.(completed);
    },
  };
}

const HOOKS = [
  'onRequest',
  'onHead',
  'onIgnored',
  'onRemovedField',
  'onFirstOutput',
  'onUsage',
  'onAbort',
] as const satisfies readonly (keyof ChatHooks)[];
