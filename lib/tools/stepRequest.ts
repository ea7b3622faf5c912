import type { ChatRequest } from '../request/ChatRequest';
import type { ToolChoice } from '../request/Tool';
import { withoutOldReasoning } from './history';
import type { Run } from './Run';
import type { Toolbox } from './toolbox';

/**
 * Returns the request of a step.
 *
 * @param toolbox - The tools; `undefined` for a turn without tools.
 */
export function requestOf(
  request: ChatRequest,
  { messages, steps }: Run,
  toolbox: Toolbox | undefined,
): ChatRequest {
  const { tools, tool_choice, parallel_tool_calls, ...rest } = request;
  const offered = toolbox === undefined ? [] : [...(tools ?? []), ...toolbox.definitions];
  const next = { ...rest, messages: withoutOldReasoning(messages) };
  if (offered.length === 0) return next;
  const choice = steps.length === 0 ? tool_choice : unforced(tool_choice);
  return {
    ...next,
    tools: offered,
    ...(choice === undefined ? {} : { tool_choice: choice }),
    ...(parallel_tool_calls === undefined ? {} : { parallel_tool_calls }),
  };
}

/** Returns a `tool_choice` that forces no call. If each turn forced one, the model could never answer. */
function unforced(choice: ToolChoice | undefined): ToolChoice | undefined {
  if (typeof choice !== 'object') return choice === 'required' ? undefined : choice;
  if (choice.type !== 'allowed_tools') return undefined;
  return { ...choice, allowed_tools: { ...choice.allowed_tools, mode: 'auto' } };
}
