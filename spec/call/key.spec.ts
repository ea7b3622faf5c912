import { EMPTY, type Observable, of, throwError } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { ConnectionError, RequestError } from '../../lib/errors';
import { frames } from '../helpers/frames';
import { marbles } from '../helpers/marbles';
import { sending } from '../helpers/sending';
import { wire } from '../helpers/wire';

const request = { model: 'any', messages: [] };

/** A stream as it is sent. */
const stream = '--H-h-l-f-D|';

describe('the key of a call', () => {
  it('is sent as a bearer token, and not at all when there is none', () => {
    marbles(({ cold, flush }) => {
      const { sent, transport } = sending(cold(stream, wire));
      for (const apiKey of ['sk-1', '', undefined])
        chatCompletion$({ transport, apiKey }, request).subscribe();
      flush();
      expect(sent.map(({ headers }) => headers['authorization'])).toEqual([
        'Bearer sk-1',
        undefined,
        undefined,
      ]);
    });
  });

  it('may be emitted later by a function, whose source is then unsubscribed from', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const key$ = cold('   --k---------', { k: 'sk-1' });
      const answer$ = cold('  --H-h-l-f-D|', wire);
      const keySubs = '     ^-!';
      const subs = '        --^----------!';
      const expected = '    ------h-l-f-|';
      const { sent, transport } = sending(answer$);
      expectObservable(chatCompletion$({ transport, apiKey: () => key$ }, request)).toBe(expected, frames);
      expectSubscriptions(key$.subscriptions).toBe(keySubs);
      expectSubscriptions(answer$.subscriptions).toBe(subs);
      flush();
      expect(sent[0]?.headers['authorization']).toBe('Bearer sk-1');
    });
  });

  it('is read again at each subscription', () => {
    let asked = 0;
    const apiKey = (): Observable<string> => of(`sk-${++asked}`);
    marbles(({ cold, flush }) => {
      const { sent, transport } = sending(cold(stream, wire));
      const chunk$ = chatCompletion$({ transport, apiKey }, request);
      expect(asked).toBe(0);
      chunk$.subscribe();
      chunk$.subscribe();
      flush();
      expect(sent.map(({ headers }) => headers['authorization'])).toEqual(['Bearer sk-1', 'Bearer sk-2']);
    });
  });

  it('is the first value of its function', () => {
    marbles(({ cold, flush }) => {
      const { sent, transport } = sending(cold(stream, wire));
      chatCompletion$({ transport, apiKey: () => of('first', 'second') }, request).subscribe();
      flush();
      expect(sent.map(({ headers }) => headers['authorization'])).toEqual(['Bearer first']);
    });
  });

  it('may be the plain string that its function returns', () => {
    const { sent, transport } = sending(of(wire.H, wire.f, wire.D));
    chatCompletion$({ transport, apiKey: () => 'sk-0123456789' }, request).subscribe();
    expect(sent[0]?.headers['authorization']).toBe('Bearer sk-0123456789');
  });

  it('may be a promise', async () => {
    const { sent, transport } = sending(of(wire.H, wire.f, wire.D));
    const done = jest.fn();
    await new Promise<void>((resolve) => {
      chatCompletion$({ transport, apiKey: () => Promise.resolve('sk-1') }, request).subscribe({
        next: done,
        complete: resolve,
      });
    });
    expect(done).toHaveBeenCalledTimes(1);
    expect(sent[0]?.headers['authorization']).toBe('Bearer sk-1');
  });

  it.each<[string, () => Observable<string>, Error]>([
    [
      'throws',
      () => {
        throw new Error('locked');
      },
      new RequestError('the apiKey function failed; its error is the cause'),
    ],
    [
      'fails',
      () => throwError(() => new Error('locked')),
      new RequestError('the apiKey function failed; its error is the cause'),
    ],
    [
      'gives none',
      () => EMPTY,
      new RequestError('apiKey returned no key: return a string, or leave apiKey out'),
    ],
    [
      'fails with an error of this library',
      () => throwError(() => new ConnectionError('down', 'connect')),
      new ConnectionError('down', 'connect'),
    ],
    [
      'gives one with a line break',
      () => of('sk-1\n'),
      new RequestError('apiKey cannot be sent in a header: use a string of one line, in Latin-1'),
    ],
  ])('ends the call, and nothing is sent, when its function %s', (_, apiKey, error) => {
    marbles(({ cold, expectObservable, flush }) => {
      const { sent, transport } = sending(cold(stream, wire));
      expectObservable(chatCompletion$({ transport, apiKey }, request)).toBe('#', undefined, error);
      flush();
      expect(sent).toEqual([]);
    });
  });

  it('is not in the error when its function fails', () => {
    const failed = jest.fn<undefined, [unknown]>();
    const reason = new Error('locked');
    chatCompletion$({ apiKey: () => throwError(() => reason) }, request).subscribe({ error: failed });
    const [[error]] = failed.mock.calls as [[RequestError]];
    expect(error.cause).toBe(reason);
    expect(JSON.stringify(error)).not.toContain('locked');
  });

  it('is unsubscribed from together with the call', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const key$ = cold('---k', { k: 'sk-1' });
      const unsub = '    ^-!';
      const { sent, transport } = sending(cold(stream, wire));
      expectObservable(chatCompletion$({ transport, apiKey: () => key$ }, request), unsub).toBe('-');
      expectSubscriptions(key$.subscriptions).toBe(unsub);
      flush();
      expect(sent).toEqual([]);
    });
  });
});
