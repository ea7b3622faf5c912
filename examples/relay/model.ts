import type { ChatConfig } from 'rxjs-chat-completions';
import { nodeTransport } from 'rxjs-chat-completions/node';
import { scriptedTransport } from 'rxjs-chat-completions/testing';

const { MODEL, BASE_URL, API_KEY } = process.env;

/** The name of the model: that of `MODEL`, or a scripted one, so that the example needs no key and no Ollama. */
export const model = MODEL === undefined || MODEL === '' ? 'story' : MODEL;

/** A minute, so that there is time to reload, to kill and to stop, on a busy machine too. */
const STORY = Array.from(
  { length: 400 },
  (_, i) => `${i + 1}. The answer goes on, and every reader sees the same words. `,
);

/** The server of the model. `BASE_URL` and `API_KEY` are for `MODEL`; without an address it is Ollama on this machine. */
export const server: ChatConfig =
  model === 'story'
    ? { transport: scriptedTransport(() => ({ parts: [{ text: STORY }], delayMs: 150 })) }
    : {
        transport: nodeTransport(),
        ...(BASE_URL !== undefined && { baseURL: BASE_URL }),
        ...(API_KEY !== undefined && { apiKey: API_KEY }),
      };
