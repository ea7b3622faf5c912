import { of } from 'rxjs';
import { responseHead, rawBytesOf } from 'rxjs-chat-completions/testing';

import type { TransportRequest } from '../../lib/transport/transport';
import { embeddings$ } from '../../lib/call/embeddings';
import { marbles } from '../helpers/marbles';

const J = responseHead(200, { 'content-type': 'application/json' });
const answer = {
  object: 'list',
  model: 'nomic-embed-text',
  data: [
    { object: 'embedding', index: 0, embedding: [0.5, -1] },
    { object: 'embedding', index: 1, embedding: [1, 0] },
  ],
  usage: { prompt_tokens: 4, total_tokens: 4 },
};

describe('embeddings$', () => {
  it('emits the vectors and the usage', () => {
    const transport = () => of(J, rawBytesOf(JSON.stringify(answer)));
    marbles(({ expectObservable }) => {
      const request = { model: 'nomic-embed-text', input: ['one', 'two'] };
      expectObservable(embeddings$({ transport }, request)).toBe('(v|)', { v: answer });
    });
  });

  it('sends the request and the extras of a server', () => {
    let sent: TransportRequest | undefined;
    const transport = (asked: TransportRequest) => {
      sent = asked;
      return of(J, rawBytesOf(JSON.stringify(answer)));
    };
    embeddings$(
      { transport },
      { model: 'any', input: 'one', dimensions: 2, extra: { truncate: true } },
    ).subscribe();
    expect(sent).toEqual({
      method: 'POST',
      url: 'http://localhost:11434/v1/embeddings',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: '{"model":"any","input":"one","dimensions":2,"truncate":true}',
    });
  });
});
