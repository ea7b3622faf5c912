import { demoModel, scriptedFetch, type Reply, type ScriptedRequest } from 'rxjs-chat-completions/testing';

import { SCENARIOS } from './scenarios';

/** The models that the page has without a server. */
export const DEMO_MODELS = ['scripted', 'scripted-large'];

/**
 * A `fetch` to no server: the scenarios by their question, and a small model of rules for anything else.
 *
 * It is the library's own testing kit, so all of the library runs: requests, bytes, events, codecs, errors.
 */
export function demoFetch(): typeof globalThis.fetch {
  const asked = new Map<string, number>();
  const otherwise = demoModel();
  const script = (request: ScriptedRequest): Reply => {
    const question = lastQuestion(request.body);
    const scenario = SCENARIOS.find((each) => each.question === question);
    if (scenario === undefined) return otherwise(request);
    const attempt = asked.get(scenario.id) ?? 0;
    asked.set(scenario.id, attempt + 1);
    return scenario.reply(attempt, request);
  };
  // Of the servers it can speak like, one that streams tool calls in small pieces.
  return scriptedFetch(script, { delayMs: 28, models: DEMO_MODELS, dialect: 'deepseek' });
}

function lastQuestion(body: unknown): string {
  const { messages } = body as {
    readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  };
  const content = messages.filter(({ role }) => role === 'user').at(-1)?.content;
  return typeof content === 'string' ? content : '';
}
