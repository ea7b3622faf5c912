import type { ChatHooks } from '../../call/ChatHooks';
import type { ChatConfig } from '../../call/config';
import { changeConfig } from '../../call/changeConfig';
import { boundOptions } from '../../codec/boundOptions';
import { fieldsOf } from '../../codec/isRecord';
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
  const hooks = boundOptions(fieldsOf(given) as ChatHooks);
  // Not a copy: hooks are read by name.
  return Object.assign(Object.create(hooks) as ChatHooks, {
    onError: (error) => {
      verdicts.fail(error);
      hooks.onError?.(error);
    },
    onComplete: (completed) => {
      verdicts.complete();
      hooks.onComplete?.(completed);
    },
  } satisfies ChatHooks);
}
