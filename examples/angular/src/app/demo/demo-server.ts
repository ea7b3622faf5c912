import { demoModel, scriptedFetch, type Reply, type ScriptedRequest } from 'rxjs-chat-completions/testing';

import { DEMO_MODELS } from './demo-fetch';
import { SCENARIOS } from './scenarios';

/**
 * Creates a `fetch` without a server. It plays scenarios by their question, and a small rule-based model answers anything else.
 *
 * It uses the library's testing kit, so all of the library runs: requests, bytes, events, codecs, errors.
 */
export function scriptedModel(): typeof globalThis.fetch {
  const attempts = new Map<string, number>();
  const model = demoModel();
  const script = (request: ScriptedRequest): Reply => {
    const question = lastQuestion(request.body);
    const scenario = SCENARIOS.find((each) => each.question === question);
    if (scenario?.reply === undefined) return model(request);
    const attempt = attempts.get(scenario.id) ?? 0;
    attempts.set(scenario.id, attempt + 1);
    return scenario.reply(attempt, request);
  };
  // The dialect of a server that streams tool calls in small fragments.
  return scriptedFetch(script, { delayMs: 28, models: DEMO_MODELS, dialect: 'deepseek' });
}

function lastQuestion(body: unknown): string {
  const { messages } = body as {
    readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  };
  const content = messages.filter(({ role }) => role === 'user').at(-1)?.content;
  return typeof content === 'string' ? content : '';
}
