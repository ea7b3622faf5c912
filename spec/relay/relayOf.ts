import { chatCompletion$, type ChatConfig, type ChatRequest } from 'rxjs-chat-completions';
import { relay, type RelayHandler, type RelayOptions } from 'rxjs-chat-completions/relay';
import { scriptedTransport, type Script, type ScriptedTransport } from 'rxjs-chat-completions/testing';

export const question: ChatRequest = { model: 'small', messages: [{ role: 'user', content: 'Hi' }] };

/** A relay of a scripted model, for one user. */
export function relayOf(
  replies: Script,
  options: Partial<RelayOptions> = {},
): { readonly handler: RelayHandler; readonly model: ScriptedTransport } {
  const model = scriptedTransport(replies);
  const handler = relay({
    answer: ({ request, gate }) =>
      chatCompletion$({ apiKey: 'sk-of-the-relay', transport: model, gate }, request),
    authorize: () => 'anna',
    allow: { models: ['small'] },
    ...options,
  });
  return { handler, model };
}

/** A config whose fetch is a relay. */
export const through = (handler: RelayHandler): ChatConfig => ({
  baseURL: 'http://relay/api',
  fetch: (input, init) => handler(new Request(input, init)),
});

/** A POST of a question, or of anything else. */
export const post = (
  body: BodyInit = JSON.stringify({ ...question, stream: true }),
  init: RequestInit = {},
): Request =>
  new Request('http://relay/api/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    ...init,
  });
