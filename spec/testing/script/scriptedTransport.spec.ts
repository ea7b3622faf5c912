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

/** Heads as `h`, words as they are, finish reason as `f`, the end as `d`. */
const letters = (answer$: Observable<ResponseHead | Bytes>): Observable<string> =>
  answer$.pipe(
    map((part) => {
      if (isResponseHead(part)) return 'h';
      const text = new TextDecoder().decode(part);
      return /"content":"(\w)"/.exec(text)?.[1] ?? (text.includes('[DONE]') ? 'd' : 'f');
    }),
  );

const once = (reply: Reply) => letters(scriptedTransport(reply)(request));

describe('scriptedTransport', () => {
  it('plays an answer in virtual time', () => {
    marbles(({ expectObservable }) => {
      const answer$ = once({ parts: [{ text: ['a', 'b'] }], headAfterMs: 2, delayMs: 3 });
      expectObservable(answer$).toBe('--h--a--(bfd|)');
    });
  });

  it('stalls for half a minute in no time', () => {
    marbles(({ expectObservable }) => {
      const answer$ = once({ parts: ['a', { stall: 29_000 }, 'b'] });
      expectObservable(answer$).toBe('(ha) 28996ms (bfd|)');
    });
  });

  it('stalls for ever, and longer than a timer can', () => {
    marbles(({ expectObservable }) => {
      expectObservable(once({ parts: ['a', { stall: Infinity }, 'b'] })).toBe('(ha)');
      expectObservable(once({ parts: ['a', { stall: 2 ** 31 }, 'b'] })).toBe('(ha)');
    });
  });

  it('errors where the connection is cut, and where there is none', () => {
    marbles(({ expectObservable }) => {
      const broken = new ConnectionError(
        'the connection broke in the middle of the answer',
        'body',
        'UND_ERR_SOCKET',
      );
      expectObservable(once({ parts: ['a', { stall: 6 }, { cut: 'socket' }] })).toBe(
        '(ha)--#',
        undefined,
        broken,
      );
      const nobody = new ConnectionError(`cannot reach ${request.url}`, 'connect', 'ECONNREFUSED');
      expectObservable(once({ unreachable: 'ECONNREFUSED' })).toBe('#', undefined, nobody);
    });
  });

  it('sends a request for each subscription, and none before', () => {
    const transport = scriptedTransport(['a', 'b']);
    const answer$ = letters(transport(request));
    expect(transport.requests).toHaveLength(0);
    const seen: string[] = [];
    answer$.subscribe((letter) => seen.push(letter));
    answer$.subscribe((letter) => seen.push(letter));
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

  it('counts turns by chat completions alone', () => {
    const transport = scriptedTransport(['a']);
    transport({ method: 'GET', url: 'http://localhost:11434/v1/models', headers: {} }).subscribe();
    transport(request).subscribe();
    expect(transport.requests.map(({ turn }) => turn)).toEqual([0, 0]);
  });

  it('notices who lets go, and not who hears it out or fails', () => {
    const transport = scriptedTransport(['a', 'a', { parts: ['a', { cut: 'socket' }] }]);
    const answer$ = transport(request);
    answer$.pipe(take(1)).subscribe();
    answer$.subscribe();
    answer$.pipe(catchError(() => of())).subscribe();
    expect(transport.requests.map(({ aborted }) => aborted)).toEqual([true, false, false]);
  });
});
