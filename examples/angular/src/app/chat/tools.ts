import { delay, of, type Observable } from 'rxjs';
import type { Tool, ToolMessage } from 'rxjs-chat-completions';
import type { ConversationAnswer } from 'rxjs-chat-completions/angular';

type Call = ConversationAnswer['toolCalls'][number];

/** What the model may ask this page to do. */
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

/** What a tool gave back, for the model. */
export type ToolReply = ToolMessage & { readonly content: string };

/** Runs a call. Made up, and slow enough to be seen. */
export function run(call: Call): Observable<ToolReply> {
  const result =
    call.name === 'weather' ? weatherOf(call.arguments) : { error: `there is no tool ${call.name}` };
  return of({ role: 'tool', tool_call_id: call.id, content: JSON.stringify(result) } as const).pipe(
    delay(900),
  );
}

function weatherOf(text: string): unknown {
  try {
    const { city } = JSON.parse(text) as { readonly city?: string };
    return city === 'Bergen' ? { celsius: 7, sky: 'rain' } : { celsius: 4, sky: 'clear' };
  } catch {
    return { error: 'the arguments are no JSON' };
  }
}
