import { NEVER, of } from 'rxjs';
import { recordTransport } from 'rxjs-chat-completions/testing';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import type { CallInfo, ChatHooks } from '../../lib/call/ChatHooks';
import { completion$ } from '../../lib/call/completion';
import { models$ } from '../../lib/call/models';
import { ollamaNative } from '../../lib/dialects/ollama/ollamaNative';
import { responses } from '../../lib/dialects/responses/responses';
import { inspect } from '../../lib/inspector/log/inspect';
import type { Transport } from '../../lib/transport/transport';
import { bytesOf, outcomeOf } from '../helpers/reads';

const request = { model: 'any', messages: [{ role: 'user', content: 'Hi' }] } as const;
const baseURL = 'https://llm.example.com/v1?key=sk-12345678';

const DIALECTS = [
  ['ollamaNative', ollamaNative, 'https://llm.example.com/api/chat'],
  ['responses', responses, 'https://llm.example.com/v1/responses'],
] as const;
const WRAPPERS: ReadonlyArray<readonly [string, (transport: Transport) => Transport]> = [
  ['alone', (transport) => transport],
  ['that is recorded', (transport) => recordTransport(transport, () => undefined)],
  ['that is inspected', (transport) => inspect({ transport }).transport as Transport],
];

describe.each(DIALECTS)('the hooks of a call through %s', (_, dialect, expected) => {
  /** The addresses that the hooks of a call receive. */
  const addresses = (transport: Transport, call = chatCompletion$): readonly string[] => {
    const urls: string[] = [];
    const hooks = ({ url }: CallInfo): ChatHooks => {
      urls.push(url);
      return { onRequest: (sent) => urls.push(sent.url) };
    };
    call({ baseURL, transport, hooks }, request).subscribe().unsubscribe();
    return urls;
  };

  it.each(WRAPPERS)('receive the address that is called, by a transport %s', (__, wrapped) => {
    expect(addresses(wrapped(dialect(() => NEVER)))).toEqual([expected, expected]);
  });

  it('receive it for a completion that is not streamed', () => {
    expect(
      addresses(
        dialect(() => NEVER),
        completion$ as never,
      ),
    ).toEqual([expected, expected]);
  });

  it('receive that of other calls, which are not translated', () => {
    const url = 'https://llm.example.com/v1/models';
    expect(
      addresses(
        dialect(() => NEVER),
        models$ as never,
      ),
    ).toEqual([url, url]);
  });

  it.each(WRAPPERS)('receive an error with that address, by a transport %s', (__, wrapped) => {
    const transport = wrapped(dialect(() => of({ status: 404, headers: {} }, bytesOf('Not Found'))));
    const { error } = outcomeOf(chatCompletion$({ baseURL, transport }, request));
    expect((error as Error).message).toContain(expected);
  });
});
