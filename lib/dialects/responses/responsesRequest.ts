import { isRecord } from '../../codec/isRecord';
import type { ChatRequest } from '../../request/ChatRequest';
import type { ResponseFormat } from '../../request/ResponseFormat';
import type { AllowedTools, NamedCustomTool, NamedFunction, Tool, ToolChoice } from '../../request/Tool';
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
    format: response_format ? formatOf(response_format) : undefined,
    verbosity: verbosity ?? undefined,
  };
  const reasoning = present({ effort: reasoning_effort ?? undefined, ...others.reasoning });
  return {
    ...others,
    input: messages.flatMap(inputOf(messages)),
    tools: tools?.map(toolOf),
    tool_choice: choiceOf(tool_choice),
    text: present({ ...text, ...others.text }),
    reasoning,
    max_output_tokens: max_completion_tokens ?? max_tokens ?? undefined,
    // Usage is always sent.
    stream_options: present({ ...stream_options, include_usage: undefined }),
    // Nothing is kept on the server, so the encrypted reasoning has to return with the next turn.
    store: store ?? false,
    include: include ?? [
      // OpenAI sends it without this, and rejects it for a model that does not reason.
      ...(reasoning ? ['reasoning.encrypted_content'] : []),
      ...(logprobs ? ['message.output_text.logprobs'] : []),
    ],
  };
}

/** Returns fields of which at least one is set, else `undefined`. */
const present = (fields: Json): Json | undefined =>
  Object.values(fields).some((value) => value !== undefined) ? fields : undefined;

const formatOf = (format: ResponseFormat): Json =>
  format.type === 'json_schema' ? { type: format.type, ...format.json_schema } : { ...format };

/** Returns a tool with the fields of its inner object beside its type. Tools that the server runs are sent as they are. */
function toolOf(tool: Tool): Json {
  if (tool.type === 'function') {
    const { parameters = { type: 'object', properties: {} }, strict, ...named } = tool.function;
    // Here the default of `strict` is true.
    return { type: tool.type, ...named, parameters, strict: strict ?? false };
  }
  // JavaScript, and `extra`, allow others.
  if (!isRecord(tool.custom)) return { ...tool };
  const { format, ...custom } = tool.custom;
  return {
    type: tool.type,
    ...custom,
    format: format?.type === 'grammar' ? { type: format.type, ...format.grammar } : format,
  };
}

function choiceOf(choice: ToolChoice | undefined): unknown {
  if (!isRecord(choice)) return choice;
  const named = choice as NamedFunction | NamedCustomTool | AllowedTools;
  if (named.type !== 'allowed_tools') return nameOf(named);
  const { mode, tools } = named.allowed_tools;
  return { type: named.type, mode, tools: tools.map(nameOf) };
}

const nameOf = (named: NamedFunction | NamedCustomTool): Json => ({
  type: named.type,
  name: named.type === 'function' ? named.function.name : named.custom.name,
});
