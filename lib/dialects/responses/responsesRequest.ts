import { ifAny } from '../../codec/ifAny';
import { isRecord } from '../../codec/isRecord';
import { recordsIn } from '../../codec/recordsIn';
import type { ChatRequest } from '../../request/ChatRequest';
import type { Tool, ToolChoice } from '../../request/Tool';
import type { Json } from '../translated';
import { inputOf } from './input';

/** A request as the library sends it, with the entries of `extra` among its fields. */
type Fields = Omit<ChatRequest, 'extra' | 'stream'> & {
  readonly reasoning?: Json;
  readonly text?: Json;
  readonly include?: readonly string[];
};

/**
 * Returns the body of `/responses` for that of a chat completion.
 *
 * A field that has no other name there is sent as it is: the server rejects an unknown one by its name (`stop`, `n`), so nothing is
 * dropped without notice.
 */
export function responsesRequestOf(json: Json): Json {
  const {
    messages,
    tools,
    tool_choice,
    response_format,
    verbosity,
    reasoning_effort,
    max_completion_tokens,
    max_tokens,
    stream_options,
    logprobs,
    store,
    include,
    ...others
  } = json as unknown as Fields;
  const text = {
    format: response_format ? flat(response_format) : undefined,
    verbosity: verbosity ?? undefined,
  };
  const reasoning = ifAny({ effort: reasoning_effort ?? undefined, ...others.reasoning });
  return {
    ...others,
    input: inputOf(messages),
    tools: tools?.map(toolOf),
    tool_choice: choiceOf(tool_choice),
    text: ifAny({ ...text, ...others.text }),
    reasoning,
    max_output_tokens: max_completion_tokens ?? max_tokens ?? undefined,
    // Usage is always sent.
    stream_options: ifAny({ ...stream_options, include_usage: undefined }),
    // Nothing is kept on the server, so the encrypted reasoning has to return with the next turn.
    store: store ?? false,
    include: include ?? [
      // OpenAI sends it without this, and rejects it for a model that does not reason.
      ...(reasoning ? ['reasoning.encrypted_content'] : []),
      ...(logprobs ? ['message.output_text.logprobs'] : []),
    ],
  };
}

/**
 * Returns an object with the fields of its inner object, which its type names, beside the type.
 *
 * One without an inner object, such as a tool that the server runs, is returned as it is.
 */
function flat(nested: object): Json {
  const { type, ...others } = nested as Json;
  const { [String(type)]: inner, ...beside } = others;
  return isRecord(inner) ? { type, ...beside, ...inner } : { ...nested };
}

function toolOf(tool: Tool): Json {
  const sent = flat(tool);
  // Here the default of `strict` is true.
  if (tool.type === 'function')
    return { parameters: { type: 'object', properties: {} }, ...sent, strict: sent.strict ?? false };
  return isRecord(sent.format) ? { ...sent, format: flat(sent.format) } : sent;
}

function choiceOf(choice: ToolChoice | undefined): unknown {
  if (!isRecord(choice)) return choice;
  const { tools, ...fields } = flat(choice);
  return { ...fields, tools: Array.isArray(tools) ? recordsIn(tools).map(flat) : undefined };
}
