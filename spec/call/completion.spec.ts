import { of } from 'rxjs';
import { bytesOf, doneFrame, responseHead, rawBytesOf } from 'rxjs-chat-completions/testing';

import type { ResponseHead, TransportRequest } from '../../lib/transport/transport';
import { completion$ } from '../../lib/call/completion';
import type { ChatConfig } from '../../lib/call/config';
import { LimitError, ProtocolError } from '../../lib/errors';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import { marbles } from '../helpers/marbles';

const request: ChatRequest = { model: 'any', messages: [{ role: 'user', content: 'Hi' }], n: 2 };
const J = responseHead(200, { 'content-type': 'application/json' });
const completion = {
  id: 'chatcmpl-1',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hé' }, finish_reason: 'stop' }],
  timings: { predicted_ms: 5 },
};
const body = rawBytesOf(JSON.stringify(completion));

/** The completion of an answer that is one body. */
const completionOf = (body: Uint8Array, head: ResponseHead = J, config: ChatConfig = {}) =>
  completion$({ ...config, transport: () => of(head, body) }, request);

describe('completion$', () => {
  it('emits the completion, unknown fields included', () => {
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-a---|', { H: J, a: body });
      const expected = '     ------(v|)';
      expectObservable(completion$({ transport: () => answer$ }, request)).toBe(expected, { v: completion });
    });
  });

  it.each([
    [
      'a finish reason of failure',
      { message: { content: 'x' }, finish_reason: 'error' },
      'finish reason error',
    ],
    ['an error inside a choice', { error: { message: 'upstream is down', code: 502 } }, 'upstream is down'],
  ])('errors at %s', (_, choice, message) => {
    const seen: unknown[] = [];
    completionOf(rawBytesOf(JSON.stringify({ choices: [choice] }))).subscribe({
      error: (error: unknown) => seen.push(error),
    });
    expect(seen).toEqual([
      expect.objectContaining({
        _tag: 'ServerError',
        serverMessage: expect.stringContaining(message) as unknown,
      }),
    ]);
  });

  it('reads a completion that a relay has serialized twice', () => {
    const seen: unknown[] = [];
    completionOf(rawBytesOf(JSON.stringify(JSON.stringify(completion)))).subscribe((value) =>
      seen.push(value),
    );
    expect(seen).toEqual([completion]);
  });

  it('joins reads, and a character that they cut apart', () => {
    const inside = body.indexOf(0xc3) + 1;
    marbles(({ cold, expectObservable }) => {
      const answer$ = cold(' H-a-b-|', { H: J, a: body.slice(0, inside), b: body.slice(inside) });
      const expected = '     ------(v|)';
      expectObservable(completion$({ transport: () => answer$ }, request)).toBe(expected, { v: completion });
    });
  });

  it('requests no stream, and nothing that is for streams only', () => {
    let sent: TransportRequest | undefined;
    const transport = (asked: TransportRequest) => {
      sent = asked;
      return of(J, body);
    };
    completion$({ transport }, { ...request, stream_options: { include_usage: true } }).subscribe();
    expect(sent).toEqual({
      method: 'POST',
      url: 'http://localhost:11434/v1/chat/completions',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify({ ...request, stream: false }),
    });
  });

  it.each(['text/plain', 'application/octet-stream', 'application/vnd.api+json', undefined])(
    'reads JSON that is sent as %s',
    (type) => {
      const head =
        type === undefined ? { status: 200, headers: {} } : responseHead(200, { 'content-type': type });
      marbles(({ expectObservable }) => {
        expectObservable(completionOf(body, head)).toBe('(v|)', { v: completion });
      });
    },
  );

  it.each(['text/event-stream', 'application/json'])(
    'fails when the server streams all the same as %s',
    (type) => {
      const stream = bytesOf('Hel', doneFrame());
      const kind = 'the response is not what was requested, but an event stream; check baseURL';
      marbles(({ expectObservable }) => {
        const error = new ProtocolError(kind, new TextDecoder().decode(stream));
        expectObservable(completionOf(stream, responseHead(200, { 'content-type': type }))).toBe(
          '#',
          undefined,
          error,
        );
      });
    },
  );

  it('names the field that does not fit', () => {
    const wrong = '{"choices":[{"message":"Hi"}]}';
    marbles(({ expectObservable }) => {
      const words =
        'the response does not fit ChatCompletion: choices/0/message: expected object, got "Hi"; check baseURL';
      const error = new ProtocolError(words, wrong);
      expectObservable(completionOf(rawBytesOf(wrong))).toBe('#', undefined, error);
    });
  });

  it('does not show the key that the answer repeats', () => {
    const wrong = '{"choices":"sk-secret"}';
    marbles(({ expectObservable }) => {
      const words =
        'the response does not fit ChatCompletion: choices: expected array, got "***"; check baseURL';
      const error = new ProtocolError(words, '{"choices":"***"}');
      expectObservable(completionOf(rawBytesOf(wrong), J, { apiKey: 'sk-secret' })).toBe(
        '#',
        undefined,
        error,
      );
    });
  });

  it('fails when the answer is longer than its limit, without the rest of it', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const answer$ = cold(' H-a-a-a|', { H: J, a: rawBytesOf(`{${' '.repeat(60)}`) });
      const subs = '         ^---!   ';
      const expected = '     ----#   ';
      const result$ = completion$({ transport: () => answer$, limits: { answer: 100 } }, request);
      expectObservable(result$).toBe(expected, undefined, new LimitError('answer', 100));
      expectSubscriptions(answer$.subscriptions).toBe(subs);
    });
  });

  it('ignores an error that is null', () => {
    const odd = { ...completion, error: null };
    marbles(({ expectObservable }) => {
      expectObservable(completionOf(rawBytesOf(JSON.stringify(odd)))).toBe('(v|)', { v: odd });
    });
  });

  it('pollutes no prototype', () => {
    completionOf(rawBytesOf('{"__proto__":{"polluted":1},"choices":[]}')).subscribe();
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
