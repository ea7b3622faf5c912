import * as t from 'io-ts';
import { lastValueFrom, of } from 'rxjs';
import { scriptedTransport } from 'rxjs-chat-completions/testing';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import { deepSeek } from '../../lib/servers/deepSeek';
import { groq } from '../../lib/servers/groq';
import { llamaCpp } from '../../lib/servers/llamaCpp';
import { mistral } from '../../lib/servers/mistral';
import { ollama } from '../../lib/servers/ollama';
import { openai } from '../../lib/servers/openai';
import { openRouter } from '../../lib/servers/openRouter';
import { runTools$ } from '../../lib/tools/runTools';
import { tool } from '../../lib/tools/tool';

const time = tool({ name: 'time', input: t.type({}), run: () => of('noon') });
const request: ChatRequest = { model: 'any', messages: [{ role: 'user', content: 'What time is it?' }] };

describe('a tool loop', () => {
  it.each([
    ['ollama', ollama, { reasoning: 'Hm.' }],
    ['llama.cpp', llamaCpp, { reasoning_content: 'Hm.' }],
    ['deepseek', deepSeek, { reasoning_content: 'Hm.' }],
    ['groq', groq, { reasoning: 'Hm.' }],
    ['openrouter', openRouter, { reasoning_details: [expect.objectContaining({ text: 'Hm.' })] }],
    ['openai', openai, {}],
    // An answer of one server that goes to another, as a fallback does.
    ['ollama', deepSeek, { reasoning_content: 'Hm.' }],
    ['deepseek', groq, { reasoning: 'Hm.' }],
    ['openrouter', mistral, {}],
  ] as const)(
    'with the reasoning of %s returns it as the server reads it',
    async (dialect, server, expected) => {
      const transport = scriptedTransport(
        [{ parts: [{ reasoning: 'Hm.' }, { toolCall: { name: 'time', arguments: {} } }] }, 'Noon.'],
        { dialect },
      );
      await lastValueFrom(
        runTools$((next) => chatCompletion$({ ...server, transport }, next), request, [time]),
      );

      const { messages } = transport.requests[1]?.body as {
        readonly messages: ReadonlyArray<Record<string, unknown>>;
      };
      const { reasoning, reasoning_content, reasoning_details, tool_calls } = messages[1] ?? {};
      expect(tool_calls).toHaveLength(1);
      expect({ reasoning, reasoning_content, reasoning_details }).toEqual({
        reasoning: undefined,
        reasoning_content: undefined,
        reasoning_details: undefined,
        ...expected,
      });
    },
  );
});
