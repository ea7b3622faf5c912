import { RequestError } from '../errors';
import type { ChatRequest } from '../request/ChatRequest';
import type { JsonSchema } from '../request/JsonSchema';
import type { FunctionTool } from '../request/Tool';
import { describeRoot } from '../schema/jsonSchemaOf';
import { rootOf } from '../schema/rootOf';
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
 * @throws RequestError if a name is invalid or used twice, or if an input has no schema.
 */
export function toolboxOf(tools: readonly AnyTool[], { tools: others = [] }: ChatRequest): Toolbox {
  const taken = new Set(
    others.map((other) => (other.type === 'function' ? other.function : other.custom).name),
  );
  for (const { name } of tools) {
    if (!NAME.test(name)) {
      throw new RequestError(
        `a tool named ${JSON.stringify(name)}: use letters, digits, _ and -, at most 64 of them`,
      );
    }
    if (taken.has(name)) throw new RequestError(`two tools named ${name}`);
    taken.add(name);
  }
  return { byName: new Map(tools.map((tool) => [tool.name, tool])), definitions: tools.map(definitionOf) };
}

function definitionOf(tool: AnyTool): FunctionTool {
  const { name, description } = tool;
  const { parameters, strict } = parametersOf(tool);
  return {
    type: 'function',
    function: { name, ...(description === undefined ? {} : { description }), parameters, strict },
  };
}

function parametersOf(tool: AnyTool): { readonly parameters: JsonSchema; readonly strict: boolean } {
  const { name, input, parameters, strict } = tool;
  if (parameters !== undefined) return { parameters, strict: strict ?? false };
  if (rootOf(input) !== 'object') {
    throw new RequestError(`${name}: the input is ${input.name}, and has to be an object`);
  }
  try {
    return { parameters: describeRoot(input, strict ?? true), strict: strict ?? true };
  } catch (cause) {
    // Not possible in strict mode, but perhaps without it.
    if (strict !== undefined) throw named(name, cause);
  }
  try {
    return { parameters: describeRoot(input, false), strict: false };
  } catch (cause) {
    throw named(name, cause);
  }
}

const named = (tool: string, cause: unknown): RequestError =>
  new RequestError(`${tool}: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
