import { NEVER, type Observable } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { ollamaModels$ } from '../../lib/dialects/ollama/ollamaModels';
import { ollamaNative } from '../../lib/dialects/ollama/ollamaNative';
import { pull$ } from '../../lib/dialects/ollama/pull';
import type { Transport } from '../../lib/transport/transport';

describe("the address of Ollama's own API", () => {
  it.each([
    ['http://localhost:11434', 'http://localhost:11434/api'],
    ['http://localhost:11434/', 'http://localhost:11434/api'],
    ['http://localhost:11434/v1', 'http://localhost:11434/api'],
    ['http://localhost:11434/v1/', 'http://localhost:11434/api'],
    ['http://localhost:11434/v1//', 'http://localhost:11434/api'],
    ['http://localhost:11434/api', 'http://localhost:11434/api'],
    ['http://localhost:11434/api/', 'http://localhost:11434/api'],
    [' https://ollama.com/v1 ', 'https://ollama.com/api'],
    // Behind a proxy.
    ['https://example.com/ollama', 'https://example.com/ollama/api'],
    ['https://example.com/ollama/v1', 'https://example.com/ollama/api'],
    ['https://example.com/api/v1', 'https://example.com/api/api'],
    ['https://example.com/v1beta', 'https://example.com/v1beta/api'],
    ['https://example.com/v1?key=x', 'https://example.com/api?key=x'],
    ['https://example.com/v1/?from=/v1', 'https://example.com/api?from=/v1'],
    ['https://example.com?from=/v1', 'https://example.com/api?from=/v1'],
    ['https://example.com/v1#v1', 'https://example.com/api'],
    // A host of a container with this name.
    ['http://api', 'http://api/api'],
    ['http://api/v1', 'http://api/api'],
    ['http://v1/', 'http://v1/api'],
  ])('%s is %s', (baseURL, expected) => {
    const urls: string[] = [];
    const transport: Transport = ({ url }) => {
      urls.push(url);
      return NEVER;
    };
    const request = { model: 'llama3.2', messages: [] };
    const calls: ReadonlyArray<Observable<unknown>> = [
      chatCompletion$({ baseURL, transport: ollamaNative(transport) }, request),
      ollamaModels$({ baseURL, transport }),
      pull$({ baseURL, transport }, 'llama3.2'),
    ];
    for (const call$ of calls) call$.subscribe().unsubscribe();
    const [address = '', query = ''] = expected.split(/(?=\?)/);
    expect(urls).toEqual(['/chat', '/tags', '/pull'].map((path) => `${address}${path}${query}`));
  });
});
