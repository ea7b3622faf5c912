import { fetchTransport } from '../../transport/fetchTransport';
import type { Transport } from '../../transport/transport';
import { translated } from '../translated';
import { eventPayloads } from './eventPayloads';
import { createResponseChunks } from './responseChunks';
import { responsesRequestOf } from './responsesRequest';

/**
 * Creates a transport for OpenAI's Responses API, `/responses`, behind the same requests, chunks and errors.
 *
 * For hosted vendors only: OpenAI's newer models call tools while they reason only there, and xAI sends its reasoning only there.
 * Nothing is stored on the server (`store: false`), so each request has the conversation from its start. Encrypted reasoning
 * arrives in `reasoning_details`, and a tool loop or conversation returns it with the next turn, each block at its place between
 * texts and calls. The `phase` of the text returns too. {@link openaiResponses} has the settings for that.
 *
 * Not for local servers: llama.cpp and Ollama report an answer that the token limit cut off as complete, so its finish reason is
 * `stop` and not `length`. Their `/chat/completions` reports it. Reasoning that is not encrypted is not returned to the server.
 *
 * OpenAI always sends encrypted reasoning. For servers that send it on request only, such as xAI and Azure, it is requested if the
 * request sets `reasoning_effort` or `reasoning`: models that do not reason reject it. For one that reasons without either, set
 * `extra: { include: ['reasoning.encrypted_content'] }`. A function without `strict` is sent with `strict: false`, which is the
 * default of chat completions and not of `/responses`.
 *
 * Fields that `/responses` has no name for are sent as they are, and OpenAI rejects them by name: `stop`, `n`, `seed`,
 * `logit_bias` and both penalties. The profile of {@link openaiResponses} leaves them out, and reports them.
 *
 * Tools that the server runs may be set by `extra: { tools }`. Their items, such as searches, pictures and requests for approval, have
 * no form in chunks and are left out: an answer that has only these is empty.
 *
 * @param transport - Sends the requests; default `fetchTransport()`. Pass the transport here and not in the config.
 *
 * @example
 * ```ts
 * import { accumulateContent, chatCompletion$, type ChatConfig } from 'rxjs-chat-completions';
 * import { openaiResponses, responses } from 'rxjs-chat-completions/dialects';
 *
 * const config: ChatConfig = { ...openaiResponses, apiKey: 'key', transport: responses() };
 * chatCompletion$(config, {
 *   model: 'gpt-5.4',
 *   messages: [{ role: 'user', content: 'Hi' }],
 *   reasoning_effort: 'high',
 * }).pipe(accumulateContent());
 * ```
 *
 * @see https://platform.openai.com/docs/api-reference/responses
 */
export const responses = (transport: Transport = fetchTransport()): Transport =>
  translated(transport, {
    replaces: /\/chat\/completions(?=[?#]|$)/,
    path: '/responses',
    request: responsesRequestOf,
    streams: 'events',
    payloads: eventPayloads,
    chunks: createResponseChunks,
  });
