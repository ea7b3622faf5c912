import { isRecordList } from '../codec/recordsIn';
import { requireFunction } from '../codec/require';
import { RequestError } from '../errors';
import type { ChatRequest } from '../request/ChatRequest';
import type { FunctionTool } from '../request/Tool';
import type { AnyTool } from './tool';

/** The tools of a step: by name for the calls, as definitions for the request. */
export interface Toolbox {
  /** The tools by name. A Map, because a model may call `constructor`. */
  readonly byName: ReadonlyMap<string, AnyTool>;
  readonly definitions: readonly FunctionTool[];
}

const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Creates the toolbox of a list of tools.
 *
 * @throws RequestError if the tools are not a list, if a name is invalid or used twice, if there is no `run`, or if an input has no schema.
 */
export function toolboxOf(tools: readonly AnyTool[], { tools: others }: ChatRequest): Toolbox {
  if (!isRecordList(tools))
    throw new RequestError('tools must be a list of tools, or a function that returns one');
  const taken = new Set(
    (others ?? []).map((other) => (other.type === 'function' ? other.function : other.custom).name),
  );
  for (const { name, run } of tools) {
    // JavaScript allows a tool without a name, which a pattern takes for the text 'undefined'.
    if (typeof name !== 'string' || !NAME.test(name)) {
      throw new RequestError(
        `a tool named ${JSON.stringify(name)}: define the tool with tool(), and a name of letters, digits, _ and -, at most 64 of them`,
      );
    }
    if (taken.has(name))
      throw new RequestError(`two tools named ${name}: rename one of them, those of MCP servers with prefix`);
    requireFunction(run, `${name}: run must be a function`);
    taken.add(name);
  }
  return {
    byName: new Map(tools.map((tool) => [tool.name, tool])),
    definitions: tools.map(definitionOf),
  };
}

function definitionOf(tool: AnyTool): FunctionTool {
  const { name, description, conversion } = tool;
  const { parameters, strict } = conversion?.parametersOf(tool) ?? tool;
  if (!parameters) {
    throw new RequestError(`${name}: no schema: define the tool with tool(), or with parameters`);
  }
  return {
    type: 'function',
    function: {
      name,
      ...(description !== undefined && { description }),
      parameters,
      // Without it, the schema is not enforced. Some gateways of Gemini reject the field.
      ...(strict && { strict }),
    },
  };
}
