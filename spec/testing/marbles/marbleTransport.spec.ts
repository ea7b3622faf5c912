import { catchError, of, take } from 'rxjs';
import {
  accumulateContent,
  chatCompletion$,
  ConnectionError,
  HttpError,
  retryChat,
  type ChatRequest,
  type TransportRequest,
} from 'rxjs-chat-completions';
import {
  bytesOf,
  textChunk,
  doneFrame,
  finishChunk,
  head200,
  responseHead,
  marbleTransport,
  rawBytesOf,
} from 'rxjs-chat-completions/testing';

import { marbles } from '../../helpers/marbles';

const sent: TransportRequest = { method: 'GET', url: 'http://localhost/v1/models', headers: {} };
const request: ChatRequest = { model: 'any', messages: [] };

describe('marbleTransport', () => {
  it('behaves like cold', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const letters = { a: bytesOf('Hel'), b: bytesOf('lo') };
      const plain$ = cold('                              h-a--b 29s -', { h: head200, ...letters });
      const transport = marbleTransport(cold, '          h-a--b 29s -', letters);
      const texts = [plain$, transport(sent)].map((wire$) =>
        chatCompletion$({ transport: () => wire$, timeouts: { idle: 10_000 } }, request).pipe(
          accumulateContent(),
        ),
      );
      for (const text$ of texts) {
        expectObservable(text$).toBe(
          '                   --x--y 9999ms #',
          { x: 'Hel', y: 'Hello' },
          { _tag: 'ChatTimeoutError' },
        );
      }
      for (const { subscriptions } of [plain$, transport]) {
        expectSubscriptions(subscriptions).toBe('        ^----- 9999ms !');
      }
    });
  });

  it('accepts heads, bytes, texts, chunks and lists of frames', () => {
    marbles(({ cold, expectObservable }) => {
      const bytes = rawBytesOf('{}');
      const frames = [textChunk('a'), finishChunk('stop'), doneFrame()];
      const values = {
        h: responseHead(429),
        b: bytes,
        t: 'Hel',
        c: textChunk('Hel'),
        l: frames,
        d: doneFrame(),
      };
      const expected = {
        h: responseHead(429),
        b: bytes,
        t: bytesOf('Hel'),
        c: bytesOf('Hel'),
        l: bytesOf(...frames),
        d: bytesOf(doneFrame()),
      };
      expectObservable(marbleTransport(cold, 'hbtcld|', values)(sent)).toBe('hbtcld|', expected);
    });
  });

  it('plays a single diagram for every request, from its start', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const transport = marbleTransport(cold, '  h-|');
      expectObservable(transport(sent)).toBe('   h-|', { h: head200 });
      expectObservable(transport(sent), '     --^').toBe('--h-|', { h: head200 });
      expectSubscriptions(transport.subscriptions).toBe(['^-!', '--^-!']);
    });
  });

  it('plays a list of diagrams request by request, with one log', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const values = {
        r: responseHead(429, { 'retry-after-ms': '3' }),
        a: ['Hello', finishChunk('stop'), doneFrame()] as const,
      };
      const transport = marbleTransport(cold, ['-(r|)', '-h-(a|)'], values);
      const expected = '                        -------(a|)';
      const subs = ['                           ^!', '                           ----^--!'];
      const text$ = chatCompletion$({ transport }, request).pipe(
        retryChat({ random: () => 0 }),
        accumulateContent(),
      );
      expectObservable(text$).toBe(expected, { a: 'Hello' });
      expectSubscriptions(transport.subscriptions).toBe(subs);
    });
  });

  it('records the requests and which of them were aborted', () => {
    marbles(({ cold, flush }) => {
      const transport = marbleTransport(cold, ['h-a', 'h|'], { a: 'Hel' });
      const config = { baseURL: 'http://localhost/v1', transport };
      chatCompletion$(config, { model: 'small', messages: [{ role: 'user', content: 'Hi' }] })
        .pipe(take(1))
        .subscribe();
      transport(sent).subscribe();
      flush();
      const [first, second] = transport.requests;
      expect(first).toMatchObject({ method: 'POST', body: { model: 'small', stream: true }, aborted: true });
      expect(second).toMatchObject({ method: 'GET', url: sent.url, aborted: false });
    });
  });

  it('errors at # as a network does: refused before the head, broken after it', () => {
    marbles(({ cold, expectObservable }) => {
      const refused = new ConnectionError('cannot reach the server', 'connect', 'ECONNREFUSED');
      const cut = new ConnectionError(
        'the connection broke before the response ended',
        'body',
        'UND_ERR_SOCKET',
      );
      const own = new RangeError('mine');
      expectObservable(marbleTransport(cold, '-#')(sent)).toBe('-#', {}, refused);
      expectObservable(marbleTransport(cold, 'h-#')(sent)).toBe('h-#', { h: head200 }, cut);
      expectObservable(marbleTransport(cold, '-#', {}, own)(sent)).toBe('-#', {}, own);
    });
  });

  it('fails requests beyond the last diagram', () => {
    marbles(({ cold, expectObservable }) => {
      const transport = marbleTransport(cold, ['#']);
      const chunk$ = chatCompletion$({ transport }, request).pipe(retryChat({ policy: () => 2, count: 1 }));
      const error = {
        _tag: 'RequestError',
        message: 'no diagram for request 2; the transport was created with 1',
      };
      expectObservable(chunk$).toBe('--#', {}, error);
    });
  });

  it('rejects a letter without a value, and accepts times', () => {
    marbles(({ cold }) => {
      expect(() => marbleTransport(cold, ' h-c', { a: 'Hel' })).toThrow(
        new TypeError("no value for 'c' in 'h-c': add it to values"),
      );
      expect(() => marbleTransport(cold, 'h 5ms 1.5s 2m (a|)', { a: 'Hel' })).not.toThrow();
    });
  });

  it('plays an HTTP error', () => {
    marbles(({ cold, expectObservable }) => {
      const values = { e: responseHead(404), b: rawBytesOf('{"error":{"message":"no such model"}}') };
      const transport = marbleTransport(cold, '-e-(b|)', values);
      const status$ = chatCompletion$({ transport }, request).pipe(
        catchError((error: unknown) => of(error instanceof HttpError ? error.message : 'another error')),
      );
      expectObservable(status$).toBe('         ---(m|)', {
        m: '404 no such model (run `ollama pull any`, or choose one of `ollama list`)',
      });
    });
  });
});
