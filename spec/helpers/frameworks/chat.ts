import { chatCompletion$ } from 'rxjs-chat-completions';
import { relay } from 'rxjs-chat-completions/relay';

/** The relay that the recipes of servers import. */
export const chat = relay({
  answer: ({ request, gate }) => chatCompletion$({ gate }, request),
  authorize: () => 'anyone on this machine',
  allow: { models: ['llama3.2'] },
});
