import { chatCompletion$ } from 'rxjs-chat-completions';
import { relay } from 'rxjs-chat-completions/relay';
import { scriptedTransport } from 'rxjs-chat-completions/testing';

/** The relay that the recipes of servers import. */
export const chat = relay({
  answer: ({ request, gate }) => chatCompletion$({ transport: scriptedTransport('Hello'), gate }, request),
  authorize: () => 'anyone on this machine',
  allow: { models: ['llama3.2'] },
});
