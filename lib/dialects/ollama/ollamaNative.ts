import { fetchTransport } from '../../transport/fetchTransport';
import type { Transport } from '../../transport/transport';
import type { Dialect } from '../Dialect';
import { translated } from '../translated';
import { ollamaCompletion } from './answer';
import { ollamaEvents } from './chunks';
import { ollamaRequest } from './request';

/**
 * Creates a transport that calls Ollama's own `/api/chat` in place of its `/v1/chat/completions`.
 *
 * Chunks, operators and errors stay the same. The native API has what `/v1` hides: the size of the context (`num_ctx`),
 * `keep_alive`, `think`, an error in place of a history cut in silence (`truncate: false`), and the message of a model that
 * crashes after the first token, which is a {@link ServerError} here and a {@link TruncatedError} there. The last chunk has `timings` in
 * milliseconds, with the time to load the model. `n`, `tool_choice` and `logit_bias` have no effect in either; {@link ollamaApi}
 * reports them.
 *
 * Embeddings and the list of models pass unchanged.
 *
 * @param transport - Sends the requests. Default {@link fetchTransport}.
 * @returns A transport. It errors with {@link RequestError} for an image that is not a `data:` URI, and for a part of a message
 * that Ollama has no place for.
 *
 * @example A context of 32,768 tokens
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { ollamaApi, ollamaNative } from 'rxjs-chat-completions/dialects';
 *
 * const config = { ...ollamaApi, transport: ollamaNative() };
 * const messages = [{ role: 'user', content: 'Hi' }] as const;
 * chatCompletion$(config, { model: 'llama3.2', messages, extra: { options: { num_ctx: 32_768 }, truncate: false } });
 * ```
 *
 * @see https://docs.ollama.com/api/chat
 */
export const ollamaNative = (transport: Transport = fetchTransport()): Transport =>
  translated(transport, dialect);

const dialect: Dialect = {
  path: () => '/api/chat',
  request: ollamaRequest,
  events: ollamaEvents,
  completion: ollamaCompletion,
};
