import { openai } from '../../servers/openai';
import type { ServerConfig } from '../../servers/ServerConfig';

/**
 * OpenAI's Responses API, as of November 2026; for use with the transport {@link responses}.
 *
 * The API responds with 400 to the fields in `rejects`, which it does not have: they are not sent, and the hook `onRemovedField`
 * receives each. Encrypted reasoning returns with the next turn. For xAI, replace `baseURL` and the `name` of the profile.
 *
 * @example
 * ```ts
 * import { chatCompletion$, type ChatConfig } from 'rxjs-chat-completions';
 * import { openaiResponses, responses } from 'rxjs-chat-completions/dialects';
 *
 * const config: ChatConfig = { ...openaiResponses, apiKey: 'key', transport: responses() };
 * chatCompletion$(config, { model: 'gpt-5.4', messages: [{ role: 'user', content: 'Hi' }] });
 * ```
 *
 * @see https://platform.openai.com/docs/api-reference/responses/create
 */
export const openaiResponses: ServerConfig = {
  baseURL: openai.baseURL,
  profile: {
    name: openai.profile.name,
    rejects: [
      'audio',
      'frequency_penalty',
      'function_call',
      'functions',
      'logit_bias',
      'messages[].name',
      'modalities',
      'n',
      'prediction',
      'presence_penalty',
      'seed',
      'stop',
      'web_search_options',
    ],
    reasoningField: 'reasoning_details',
    keyNames: openai.profile.keyNames,
  },
};
