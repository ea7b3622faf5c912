import type { ChatRequest } from '../request/ChatRequest';
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
  const tools = toolbox === undefined ? [] : [...(request.tools ?? []), ...toolbox.definitions];
  const next = { ...request, messages: withoutOldReasoning(messages), tools };
  if (tools.length === 0) return withoutTools(next);
  return steps.length === 0 ? next : unforced(next);
}

function withoutTools(request: ChatRequest): ChatRequest {
  const { tools: _tools, tool_choice: _choice, parallel_tool_calls: _parallel, ...rest } = request;
  return rest;
}

/** Returns a request that forces no call. If each turn forced one, the model could never answer. */
function unforced(request: ChatRequest): ChatRequest {
  const { tool_choice: choice, ...rest } = request;
  // JSON has `null` for none.
  if (typeof choice !== 'object' || (choice as object | null) === null)
    return choice === 'required' ? rest : request;
  if (choice.type !== 'allowed_tools') return rest;
  const allowed_tools = { ...choice.allowed_tools, mode: 'auto' } as const;
  return { ...rest, tool_choice: { ...choice, allowed_tools } };
}
