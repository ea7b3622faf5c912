import type { ChatCompletionChunk } from '../../../codec/ChatCompletionChunk';
import type { Delta } from '../../../codec/Delta';
import type { ScriptedToolCall } from '../chunks';
import type { CompleteAnswer, Dialect, Tokens } from '../DialectBuilders';
import { responseHead } from '../heads';

/** The fields in which a server's chunks and completions differ from those of others. */
interface DialectFields {
  /** Fields of every chunk and of a completion: id, model, … */
  readonly base: object;
  /** Fields of every delta. */
  readonly delta?: object;
  /** Returns the fields of a choice beside index, delta and finish reason. */
  readonly choice?: (finishReason: string | null) => object;
  /** Fields of every chunk that has a choice. */
  readonly chunk?: object;
  /** Fields of a completion without streaming. */
  readonly completion?: object;
  /** Deltas of a tool call. */
  readonly toolCall: (call: ScriptedToolCall) => readonly NonNullable<Delta['tool_calls']>[number][];
  /** Fields of the message of a completion, beside its role. */
  readonly message: (answer: CompleteAnswer) => object;
  readonly usage: (tokens: Tokens) => object;
}

/** The builders that follow from {@link DialectFields}, and the chunk for those that do not. */
interface CommonBuilders extends Pick<
  Dialect,
  'head' | 'textChunk' | 'toolCallChunk' | 'finishChunk' | 'completion'
> {
  /** Builds a chunk with one choice. */
  readonly chunk: (delta: object, finishReason?: string | null) => ChatCompletionChunk;
}

/**
 * Builds the parts that most dialects share: text and tool calls in a chunk each, the finish reason in an empty delta, and
 * the usage in a chunk without choices. A dialect adds its own builders and replaces those that differ.
 */
export function dialectFrom(fields: DialectFields): CommonBuilders {
  const { base } = fields;
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    ...base,
    choices: [
      { index: 0, delta: { ...fields.delta, ...delta }, ...fields.choice?.(finish_reason), finish_reason },
    ],
    ...fields.chunk,
  });
  return {
    chunk,
    head: responseHead(200),
    textChunk: (text) => [chunk({ content: text })],
    toolCallChunk: (call) => fields.toolCall(call).map((delta) => chunk({ tool_calls: [delta] })),
    finishChunk: (reason, usage) => [
      chunk({}, reason),
      ...(usage ? [{ ...base, choices: [], usage: fields.usage(usage) }] : []),
    ],
    completion: (answer) => ({
      ...base,
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', ...fields.message(answer) },
          ...fields.choice?.(answer.finish),
          finish_reason: answer.finish,
        },
      ],
      usage: fields.usage(answer.usage),
      ...fields.completion,
    }),
  };
}

/** Returns the field `tool_calls` of a message, unless there are no calls. */
export const toolCallsField = (
  { toolCalls }: CompleteAnswer,
  toCall: (call: ScriptedToolCall) => object,
): object => (toolCalls.length > 0 ? { tool_calls: toolCalls.map(toCall) } : {});
