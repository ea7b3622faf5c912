import type { ChatCompletion, CompletionChoice } from '../codec/ChatCompletion';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { ChunkChoice } from '../codec/ChunkChoice';
import type { CompletionMessage } from '../codec/CompletionMessage';
import type { Delta } from '../codec/Delta';
import { hasLongLists } from './fields';

/**
 * Adds a chunk that is only more text of the only choice, as nearly every one of a long answer is.
 *
 * A shortcut and nothing else: the fold of all chunks returns the same for them.
 *
 * @returns `undefined` for any other chunk.
 */
export function addMoreText(
  completion: ChatCompletion,
  chunk: ChatCompletionChunk,
): ChatCompletion | undefined {
  if (hasLongLists(completion) || completion.choices.length !== 1 || chunk.choices?.length !== 1)
    return undefined;
  const choice = completion.choices[0];
  const entry = chunk.choices[0];
  if (choice?.message == null || entry?.delta == null || (entry.index ?? 0) !== (choice.index ?? 0))
    return undefined;
  if (!isUnchanged(completion, chunk) || !isUnchangedChoice(choice, entry)) return undefined;
  const message = withMoreText(choice.message, entry.delta);
  return message && { ...completion, choices: [{ ...choice, message }] };
}

/** Whether the fields of a chunk beside its choices add nothing to a completion. */
function isUnchanged(completion: ChatCompletion, chunk: ChatCompletionChunk): boolean {
  for (const name in chunk) {
    switch (name) {
      // All but the first are left out of a completion.
      case 'choices':
      case 'object':
      case 'obfuscation':
      case 'p':
      case 'error':
        break;
      case 'id':
      case 'created':
      case 'model':
      case 'service_tier':
      case 'system_fingerprint':
        if (!completion[name]) return false;
        break;
      case 'usage':
        if (chunk.usage !== null || completion.usage === undefined) return false;
        break;
      default:
        return false;
    }
  }
  return true;
}

/** Whether the fields of an entry beside its delta add nothing to its choice. */
function isUnchangedChoice(choice: CompletionChoice, entry: ChunkChoice): boolean {
  if (hasLongLists(choice)) return false;
  for (const name in entry) {
    switch (name) {
      case 'index':
      case 'delta':
        break;
      case 'finish_reason':
      case 'logprobs':
        if (entry[name] !== null || choice[name] === undefined) return false;
        break;
      default:
        return false;
    }
  }
  return true;
}

/** Returns a message with the text of a delta, or `undefined` if the delta adds anything else or nothing. */
function withMoreText(message: CompletionMessage, delta: Delta): CompletionMessage | undefined {
  if (hasLongLists(message)) return undefined;
  const next: { -readonly [Name in keyof CompletionMessage]: CompletionMessage[Name] } = { ...message };
  let isMore = false;
  for (const name in delta) {
    switch (name) {
      case 'role':
        if (!message.role) return undefined;
        break;
      case 'content':
      case 'refusal':
      case 'reasoning':
      case 'reasoning_content': {
        const before = message[name];
        const text = delta[name];
        if (typeof before === 'string' && typeof text === 'string') next[name] = before + text;
        else if (before === undefined || text !== null) return undefined;
        isMore ||= Boolean(text);
        break;
      }
      default:
        return undefined;
    }
  }
  return isMore ? next : undefined;
}
