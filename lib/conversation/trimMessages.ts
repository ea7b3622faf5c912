import { recordsIn } from '../codec/recordsIn';
import { RequestError } from '../errors';
import type { AssistantMessage, Message } from '../request/Message';
import { isOfUser, reasoningTextOf } from '../tools/history';

/** Options for {@link trimMessages}. */
export interface TrimOptions {
  /** Most tokens of the messages together; a positive number. Leave room for the answer. */
  readonly maxTokens: number;
  /** Counts the tokens of a message. Default: {@link estimateTokens}. */
  readonly countTokens?: (message: Message) => number;
}

/**
 * Returns the newest messages that fit a budget of tokens.
 *
 * Keeps all instructions (`system`, `developer`). Omits the oldest messages of the user together with their answers, so the
 * history still starts with the user, and a call is never separated from its reply. The last message of the user is always kept.
 * If it does not fit with its answer, the oldest calls of the answer are omitted with their replies.
 *
 * @param messages - Well-formed messages, as {@link messagesOf} returns them.
 * @param options - The budget; a function that counts tokens.
 * @returns The messages that are kept; the given list itself if it fits.
 * @throws RequestError if the budget is not a positive number.
 *
 * @example
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { trimMessages, type AnswerFunction } from 'rxjs-chat-completions/conversation';
 * import { runTools$, toRunState } from 'rxjs-chat-completions/tools';
 *
 * const answer: AnswerFunction = (messages) =>
 *   runTools$(
 *     (request) => chatCompletion$({}, { ...request, messages: trimMessages(request.messages, { maxTokens: 6_000 }) }),
 *     { model: 'llama3.2', messages },
 *     [],
 *   ).pipe(toRunState());
 * ```
 */
export function trimMessages(messages: readonly Message[], options: TrimOptions): readonly Message[] {
  const { maxTokens, countTokens = estimateTokens } = options;
  if (!(maxTokens > 0)) throw new RequestError(`maxTokens: expected a positive number, got ${maxTokens}`);
  const entries = messages.map((message): Entry => ({ message, tokens: countTokens.call(options, message) }));
  if (size(entries) <= maxTokens) return messages;

  const instructions = entries.filter(({ message }) => isInstruction(message));
  const exchanges = split(
    entries.filter(({ message }) => !isInstruction(message)),
    isOfUser,
  );
  const [question = [], ...steps] = split(exchanges.pop() ?? [], startsStep);
  const kept = new Set([...instructions, ...question, ...(steps.pop() ?? [])]);
  let left = maxTokens - size([...kept]);
  for (const group of [...exchanges, ...steps].reverse()) {
    left -= size(group);
    if (left < 0) break;
    for (const entry of group) kept.add(entry);
  }
  return entries.filter((entry) => kept.has(entry)).map(({ message }) => message);
}

/** A message and its tokens. Identifies the message, which may occur twice in a list. */
interface Entry {
  readonly message: Message;
  readonly tokens: number;
}

const size = (entries: readonly Entry[]): number => entries.reduce((sum, { tokens }) => sum + tokens, 0);

const isInstruction = ({ role }: Message): boolean => role === 'system' || role === 'developer';

const startsStep = ({ role }: Message): boolean => role === 'assistant';

/** Splits a list before each message that starts a group. */
function split(
  entries: readonly Entry[],
  starts: (message: Message, before: Message | undefined) => boolean,
): Entry[][] {
  const groups: Entry[][] = [];
  for (const [place, entry] of entries.entries()) {
    const group = groups.at(-1);
    if (group === undefined || starts(entry.message, entries[place - 1]?.message)) groups.push([entry]);
    else group.push(entry);
  }
  return groups;
}

/** Tokens of an image, an audio clip or a file: a rough size, as servers differ. */
const ATTACHMENT_TOKENS = 1_000;
/** Tokens around each message: its role, and marks of the chat template. */
const MESSAGE_TOKENS = 4;

/**
 * Estimates the tokens of a message from its bytes in UTF-8: four to a token. Close for prose in most languages, low for JSON and for
 * older tokenizers.
 *
 * @example
 * ```ts
 * import { estimateTokens } from 'rxjs-chat-completions/conversation';
 *
 * console.assert(estimateTokens({ role: 'user', content: 'How are you?' }) === 7);
 * ```
 */
export function estimateTokens(message: Message): number {
  const { content } = message;
  const parts = recordsIn(content);
  const texts = parts.flatMap((part) => textIn(part) ?? []);
  const text = typeof content === 'string' ? content : texts.join('');
  const answer = message.role === 'assistant' ? message : undefined;
  const attachments = parts.length - texts.length + (answer?.images?.length ?? 0);
  const { length } = new TextEncoder().encode(answer?.tool_calls?.length ? text + callsText(answer) : text);
  return MESSAGE_TOKENS + Math.ceil(length / 4) + attachments * ATTACHMENT_TOKENS;
}

/** Returns the text of a part of a message, that of Mistral's reasoning as JSON; `undefined` for an attachment. */
function textIn({ text, refusal, thinking }: Readonly<Record<string, unknown>>): string | undefined {
  const found = text ?? refusal ?? thinking;
  return typeof found === 'string' ? found : JSON.stringify(found);
}

/** Returns the calls as text, and the reasoning, which every later request has beside them. */
const callsText = (answer: AssistantMessage): string =>
  JSON.stringify(answer.tool_calls) + reasoningTextOf(answer);
