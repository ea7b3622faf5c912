import { of } from 'rxjs';
import { responseHead, rawBytesOf } from 'rxjs-chat-completions/testing';

import type { TransportRequest } from '../../lib/transport/transport';
import { models$ } from '../../lib/call/models';
import { marbles } from '../helpers/marbles';

const J = responseHead(200, { 'content-type': 'application/json' });
const modelsOf = (body: unknown) => models$({ transport: () => of(J, rawBytesOf(JSON.stringify(body))) });

describe('models$', () => {
  it('emits the list, in the order of the server', () => {
    const models = [
      { id: 'llama3.2', object: 'model', created: 1_790_000_000, owned_by: 'library' },
      { id: 'qwen3', object: 'model', created: 1_780_000_000, owned_by: 'library' },
    ];
    marbles(({ expectObservable }) => {
      expectObservable(modelsOf({ object: 'list', data: models })).toBe('(v|)', { v: models });
    });
  });

  it.each([
    ['an empty list', []],
    ['null, as an Ollama without models does', null],
  ])('emits an empty list when the server has %s', (_, data) => {
    marbles(({ expectObservable }) => {
      expectObservable(modelsOf({ object: 'list', data })).toBe('(v|)', { v: [] });
    });
  });

  it('sends neither a body nor a content type', () => {
    let sent: TransportRequest | undefined;
    const transport = (asked: TransportRequest) => {
      sent = asked;
      return of(J, rawBytesOf('{"data":[]}'));
    };
    models$({ transport, apiKey: 'sk-1' }).subscribe();
    expect(sent).toEqual({
      method: 'GET',
      url: 'http://localhost:11434/v1/models',
      headers: { accept: 'application/json', authorization: 'Bearer sk-1' },
    });
  });
});
