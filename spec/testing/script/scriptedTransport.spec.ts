import { catchError, map, of, take, type Observable } from 'rxjs';

import {
  isResponseHead,
  type Bytes,
  type ResponseHead,
  type TransportRequest,
} from '../../../lib/transport/transport';
import { ConnectionError } from '../../../lib/errors';
import type { Reply } from '../../../lib/testing/script/Reply';
import { scriptedTransport } from '../../../lib/testing/script/scriptedTransport';
import { marbles } from '../../helpers/marbles';

const request: TransportRequest = {
  method: 'POST',
  url: 'http://localhost:11434/v1/chat/completions',
  headers: { 'content-type': 'application/json' },
  body: '{"model":"small","stream":true}',
};

/** Heads as `h`, text of one letter as that letter, a finish reason as `f`, `[DONE]` as `d`. */
const letters = (response$: Observable<ResponseHead | Bytes>): Observable<string> =>
  response$.pipe(
    map((part) => {
      if (isResponseHead(part)) return 'h';
      const text = new TextDecoder().decode(part);
      return /"content":"(\w)"/.exec(text)?.[1] ?? (text.includes('[DONE]') ? 'd' : 'f');
    }),
  );

const once = (reply: Reply) => letters(scriptedTransport(reply)(request));

describe('scriptedTransport', () => {
  it('plays a response in virtual time', () => {
    marbles(({ expectObservable }) => {
      const response$ = once({ parts: [{ text: ['a', 'b'] }], headAfterMs: 2, delayMs: 3 });
      expectObservable(response$).toBe('--h--a--(bfd|)');
    });
  });

  it('stalls in virtual time', () => {
    marbles(({ expectObservable }) => {
      const response$ = once({ parts: ['a', { stall: 29_000 }, 'b'] });
      expectObservable(response$).toBe('(ha) 28996ms (bfd|)');
    });
  });

  it('stalls without end, and longer than the longest timer', () => {
    marbles(({ expectObservable }) => {
      expectObservable(once({ parts: ['a', { stall: Infinity }, 'b'] })).toBe('(ha)');
      expectObservable(once({ parts: ['a', { stall: 2 ** 31 }, 'b'] })).toBe('(ha)');
    });
  });

  it('errors where the connection breaks, and where there is none', () => {
    marbles(({ expectObservable }) => {
      const broken = new ConnectionError(
        'the connection broke before the response ended',
        'body',
        'UND_ERR_SOCKET',
      );
      expectObservable(once({ parts: ['a', { stall: 6 }, { cut: 'socket' }] })).toBe(
        '(ha)--#',
        undefined,
        broken,
      );
      const unreachable = new ConnectionError(`cannot reach ${request.url}`, 'connect', 'ECONNREFUSED');
      expectObservable(once({ unreachable: 'ECONNREFUSED' })).toBe('#', undefined, unreachable);
    });
  });

  it('sends a request on each subscription, and none before', () => {
    const transport = scriptedTransport(['a', 'b']);
    const response$ = letters(transport(request));
    expect(transport.requests).toHaveLength(0);
    const seen: string[] = [];
    response$.subscribe((letter) => seen.push(letter));
    response$.subscribe((letter) => seen.push(letter));
    expect(seen.join('')).toBe('hafdhbfd');
    expect(transport.requests.map(({ turn }) => turn)).toEqual([0, 1]);
  });

  it('records a request as it was sent', () => {
    const transport = scriptedTransport('a');
    transport(request).subscribe();
    const { method, url, headers } = request;
    const body = { model: 'small', stream: true };
    expect(transport.requests).toEqual([{ method, url, headers, body, turn: 0, aborted: false }]);
  });

  it('counts only chat completions as turns', () => {
    const transport = scriptedTransport(['a']);
    transport({ method: 'GET', url: 'http://localhost:11434/v1/models', headers: {} }).subscribe();
    transport(request).subscribe();
    expect(transport.requests.map(({ turn }) => turn)).toEqual([0, 0]);
  });

  it('marks a request as aborted on unsubscribe, not on completion or error', () => {
    const transport = scriptedTransport(['a', 'a', { parts: ['a', { cut: 'socket' }] }]);
    const response$ = transport(request);
    response$.pipe(take(1)).subscribe();
    response$.subscribe();
    response$.pipe(catchError(() => of())).subscribe();
    expect(transport.requests.map(({ aborted }) => aborted)).toEqual([true, false, false]);
  });
});
