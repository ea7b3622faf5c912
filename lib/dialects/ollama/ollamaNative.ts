import { fetchTransport } from '../../transport/fetchTransport';
import type { Transport } from '../../transport/transport';
import { translated } from '../translated';
import { ROOT } from './apiConfig';
import { createChatChunks } from './chatChunks';
import { chatRequestOf } from './chatRequest';
import { LinePayloads } from './LinePayloads';

/**
 * Creates a transport for Ollama's own API, `/api/chat`, behind the same requests, chunks and errors.
 *
 * Its `/v1` cannot set the context size, and ends without an error if the model crashes. With this transport `extra` sends
 * {@link OllamaNativeExtras}, a crash is a `ServerError` with the message of Ollama, and the last chunk has `timings`: durations of
 * loading, prompt and answer. Fields that `/api/chat` does not have are not sent (`n`, `tool_choice`, `logit_bias` and others);
 * {@link ollamaNativeProfile} reports them to the hooks.
 *
 * Calls other than chat completions are sent unchanged.
 *
 * @param transport - Sends the requests; default `fetchTransport()`. Pass the transport here and not in the config.
 * @returns A transport that errors with `RequestError` for a part of a message that Ollama does not read, such as an image at a URL.
 *
 * @example A context of 16,384 tokens, without silent truncation of the prompt
 * ```ts
 * import { accumulateContent, chatCompletion$ } from 'rxjs-chat-completions';
 * import { ollamaNative } from 'rxjs-chat-completions/dialects';
 *
 * chatCompletion$(
 *   { transport: ollamaNative() },
 *   {
 *     model: 'llama3.2',
 *     messages: [{ role: 'user', content: 'Summarise this text: …' }],
 *     extra: { options: { num_ctx: 16_384 }, truncate: false },
 *   },
 * ).pipe(accumulateContent());
 * ```
 *
 * @see https://docs.ollama.com/api/chat
 */
// Read from Ollama's source of 21 August 2026 (commit fb30760): api/types.go, server/routes.go,
// openai/openai.go and middleware/openai.go. Not from recordings.
export const ollamaNative = (transport: Transport = fetchTransport()): Transport =>
  translated(transport, {
    replaces: new RegExp(`${ROOT}/chat/completions(?=[?#]|$)`),
    path: '$1/api/chat',
    request: chatRequestOf,
    streams: 'json',
    payloads: (limits) => new LinePayloads(limits),
    chunks: createChatChunks,
  });
