import { scriptedFetch, type Reply, type ScriptedRequest } from 'rxjs-chat-completions/testing';

import { dialectFetch } from '../../spec/helpers/dialectFetch';

/** Milliseconds between deltas. */
const DELAY_MS = 120;

/** The addresses that the scripted model answers. */
const API = /\/(models|embeddings|chat\/completions|responses|api\/(chat|tags|ps|pull))$/;

/** Number of examples that run, and the page's own `fetch` meanwhile. */
let running = 0;
let original = globalThis.fetch;

/**
 * Replaces the page's `fetch` for requests to a model, while any example runs. Other requests are sent.
 *
 * @returns A function that restores it.
 */
export function scriptFetch(): () => void {
  if (running === 0) {
    original = globalThis.fetch;
    const scripted = dialectFetch(
      scriptedFetch(replyTo, { delayMs: DELAY_MS, models: ['llama3.2', 'gpt-oss'] }),
    );
    globalThis.fetch = (input, init) => {
      const url = input instanceof Request ? input.url : String(input);
      return API.test(url.replace(/[?#].*$/, '')) ? scripted(input, init) : original(input, init);
    };
  }
  running += 1;
  return () => {
    running -= 1;
    if (running === 0) globalThis.fetch = original;
  };
}

interface Body {
  readonly tools?: readonly { readonly function?: { readonly name?: string } }[];
  readonly messages?: readonly { readonly role?: string }[];
  readonly response_format?: unknown;
}

/** Calls the first tool once, then answers with its result. Without tools it greets. */
function replyTo({ body }: ScriptedRequest): Reply {
  const { tools = [], messages = [] } = (body ?? {}) as Body;
  const [tool] = tools;
  if (tool !== undefined && messages.at(-1)?.role !== 'tool') {
    const name = tool.function?.name ?? 'weather';
    return { parts: [{ toolCall: { name, arguments: { city: 'Oslo' } } }] };
  }
  return tool === undefined
    ? { parts: [{ reasoning: 'A greeting.' }, 'Hello there, this is a scripted model.'] }
    : { parts: ['It is 4 °C and clear.'] };
}
