import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { jsonSchema, streamText, tool } from 'ai';

import { messages, model, parameters } from './request.mjs';

globalThis.AI_SDK_LOG_WARNINGS = false;

/** Keeps the error. Without `onError` it is only logged, and the text stream ends. */
function ask({ baseURL, fetch }, more) {
  const failures = [];
  const chatModel = createOpenAICompatible({ name: 'bench', apiKey: 'none', baseURL, fetch }).chatModel(
    model,
  );
  const onError = ({ error }) => failures.push(error);
  return { failures, answer: streamText({ model: chatModel, messages, maxRetries: 0, onError, ...more }) };
}

export const tasks = {
  'ai-sdk': {
    async chunks(server, sink) {
      const { answer, failures } = ask(server);
      for await (const delta of answer.textStream) {
        const pause = sink.add(delta);
        if (pause !== undefined) await pause;
      }
      if (failures.length > 0) throw failures[0];
    },
    text: async (server, sink) => sink.end(await ask(server).answer.text),
    async completion(server, sink) {
      const [step] = await ask(server).answer.steps;
      sink.end(step.text);
    },
    async toolCall(server, sink) {
      const store = tool({ inputSchema: jsonSchema(parameters) });
      const [call] = await ask(server, { tools: { store } }).answer.toolCalls;
      sink.end(JSON.stringify(call.input));
    },
  },
};
