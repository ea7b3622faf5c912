import { delay, of, type Observable } from 'rxjs';
import type { Tool, ToolMessage } from 'rxjs-chat-completions';
import type { ConversationAnswer } from 'rxjs-chat-completions/angular';

type Call = ConversationAnswer['toolCalls'][number];

/** The tools of this page. */
export const TOOLS: readonly Tool[] = [
  {
    type: 'function',
    function: {
      name: 'weather',
      description: 'The weather of a city, now.',
      parameters: {
        type: 'object',
        properties: { city: { type: 'string' }, unit: { type: 'string', enum: ['celsius', 'fahrenheit'] } },
        required: ['city'],
      },
    },
  },
];

/** The result of a tool call. */
export type ToolReply = ToolMessage & { readonly content: string };

/** Runs a tool call with made-up results, slow enough to be visible. */
export function runTool(call: Call): Observable<ToolReply> {
  const result =
    call.name === 'weather' ? getWeather(call.arguments) : { error: `unknown tool: ${call.name}` };
  return of({ role: 'tool', tool_call_id: call.id, content: JSON.stringify(result) } as const).pipe(
    delay(900),
  );
}

function getWeather(text: string): unknown {
  try {
    const { city } = JSON.parse(text) as { readonly city?: string };
    return city === 'Bergen' ? { celsius: 7, sky: 'rain' } : { celsius: 4, sky: 'clear' };
  } catch {
    return { error: 'the arguments are not JSON' };
  }
}
