import {
  concat,
  delay,
  EMPTY,
  interval,
  map,
  NEVER,
  Observable,
  of,
  Subject,
  throwError,
  timer,
  VirtualTimeScheduler,
} from 'rxjs';
import { ReadGate, TruncatedError } from 'rxjs-chat-completions';
import { toResponse } from 'rxjs-chat-completions/relay';

import { coalesced } from '../../lib/relay/coalesced';
import { marbles } from '../helpers/marbles';
import { until } from '../helpers/until';

const http = (init: RequestInit = {}): Request => new Request('http://relay/', init);

/** A source that counts its subscriptions, and those that are open. */
function counted<T>(source$: Observable<T>): {
  readonly open: number;
  readonly total: number;
  readonly source$: Observable<T>;
} {
  let open = 0;
  let total = 0;
  return {
    get open() {
      return open;
    },
    get total() {
      return total;
    },
    source$: new Observable<T>((subscriber) => {
      open += 1;
      total += 1;
      subscriber.add(() => (open -= 1));
      subscriber.add(source$.subscribe(subscriber));
    }),
  };
}

describe('toResponse', () => {
  it('streams the text', async () => {
    const response = await toResponse(of('a', 'b', 'é'), http(), { headers: { 'x-stream-id': 'm1' } });
    expect(response.headers.get('x-stream-id')).toBe('m1');
    expect(await response.text()).toBe('abé');
  });

  it.each<Record<string, string>>([{ 'x-title': 'a – b' }, { 'x-title': 'a\nb' }, { 'a title': 'a' }])(
    'throws for a header that HTTP does not allow, and does not subscribe: %j',
    (headers) => {
      const { source$, ...counts } = counted(of('a'));
      expect(() => toResponse(source$, http(), { headers })).toThrow(/header|ByteString/);
      expect(counts.total).toBe(0);
    },
  );

  it('has no body and sends nothing if the reader left before', async () => {
    const { source$, ...counts } = counted(of('a'));
    const response = await toResponse(source$, http({ signal: AbortSignal.abort() }));
    expect([response.status, counts.total]).toEqual([499, 0]);
  });

  it('unsubscribes in the same tick when the reader leaves before the head', async () => {
    const source = counted(NEVER);
    const leave = new AbortController();
    const response = toResponse(source.source$, http({ signal: leave.signal }));
    expect(source.open).toBe(1);
    leave.abort();
    expect(source.open).toBe(0);
    expect((await response).status).toBe(499);
  });

  it('has the status of a reader that left, if the source completes for that reason', async () => {
    const leave = new AbortController();
    const request = http({ signal: leave.signal });
    const text$ = new Subject<string>();
    request.signal.addEventListener('abort', () => text$.complete());
    const response = toResponse(text$, request);
    leave.abort();
    expect((await response).status).toBe(499);
  });

  it.each(['signal', 'cancel'] as const)('unsubscribes in the same tick at a %s in the body', async (way) => {
    const source = counted(concat(of('a'), NEVER));
    const leave = new AbortController();
    const response = await toResponse(source.source$, http({ signal: leave.signal }));
    const reader = response.body?.getReader();
    await reader?.read();
    void reader?.read();
    if (way === 'signal') leave.abort();
    else void reader?.cancel();
    expect(source.open).toBe(0);
  });

  it('ignores a signal after the end, as Deno sends it', async () => {
    const leave = new AbortController();
    const response = await toResponse(of('a'), http({ signal: leave.signal }));
    leave.abort();
    expect(await response.text()).toBe('a');
  });

  it('ignores what a source emits after the reader left', async () => {
    const text$ = new Subject<string>();
    const source$ = new Observable<string>((subscriber) => {
      text$.subscribe({ next: (text) => subscriber.next(text) }); // Not unsubscribed from.
    });
    const pending = toResponse(source$, http());
    text$.next('a');
    const response = await pending;
    await response.body?.cancel();
    expect(() => text$.next('b')).not.toThrow();
  });

  it('sends the head at the first heartbeat', async () => {
    const response = await toResponse(NEVER, http(), { heartbeat: 5 });
    const reader = response.body?.getReader();
    const read = await reader?.read();
    await reader?.cancel();
    expect([response.status, new TextDecoder().decode(read?.value)]).toEqual([200, ': keep-alive\n\n']);
  });

  it('reports an error after a heartbeat as an event', async () => {
    const event$ = timer(20).pipe(
      map(() => {
        throw new TruncatedError('secret');
      }),
    );
    const response = await toResponse(event$, http(), { heartbeat: 5 });
    expect(await response.text()).toMatch(/^(: keep-alive\n\n)+data: \{"error":\{.*"code":502.*\}\}\n\n$/);
  });

  it('has the status of an error before the first event', async () => {
    const response = await toResponse(
      throwError(() => new TruncatedError()),
      http(),
    );
    expect([response.status, response.headers.get('content-type')]).toEqual([502, 'application/json']);
  });

  it('has the status 204 for a source without events', async () => {
    const response = await toResponse(EMPTY, http());
    expect([response.status, await response.text()]).toEqual([204, '']);
  });

  it('pauses the source while the reader does not read', async () => {
    const gate = new ReadGate();
    let sent = 0;
    const source$ = interval(0).pipe(
      map(() => {
        if (!gate.isOpen) return '';
        sent += 1_000;
        return 'x'.repeat(1_000);
      }),
    );
    const response = await toResponse(source$, http(), { gate });
    await until(() => !gate.isOpen);
    expect(sent).toBeLessThan(20_000);
    const reader = response.body?.getReader();
    await reader?.read();
    expect(gate.isOpen).toBe(true);
    await reader?.cancel();
  });

  it('does not pause the source for a long event that the reader takes at once', async () => {
    const gate = new ReadGate();
    const changes: boolean[] = [];
    gate.isOpen$.subscribe((isOpen) => changes.push(isOpen));
    const text$ = new Subject<string>();
    const pending = toResponse(text$, http(), { gate });
    text$.next('a');
    const reader = (await pending).body?.getReader();
    await reader?.read();
    const read = reader?.read();
    text$.next('x'.repeat(20 * 1024 * 1024));
    expect((await read)?.value).toHaveLength(20 * 1024 * 1024);
    expect(changes).toEqual([]);
    await reader?.cancel();
  });

  it('opens the gate when the reader leaves', async () => {
    const gate = new ReadGate();
    const response = await toResponse(concat(of('x'.repeat(20_000)), NEVER), http(), { gate });
    expect(gate.isOpen).toBe(false);
    await response.body?.cancel();
    expect(gate.isOpen).toBe(true);
  });

  it('breaks the response if a source ignores the gate', async () => {
    const source = counted(concat(of('a'), interval(0).pipe(map(() => 'x'.repeat(1024 * 1024)))));
    const response = await toResponse(source.source$, http());
    await until(() => source.open === 0);
    await expect(response.text()).rejects.toThrow('stopped');
  });
});

describe('the heartbeat', () => {
  /** A response of a source and its reader, at a virtual time. */
  function respondTo(event$: (scheduler: VirtualTimeScheduler) => Observable<string>, heartbeat: number) {
    const scheduler = new VirtualTimeScheduler(undefined, 0);
    const pending = toResponse(event$(scheduler), http(), { heartbeat, scheduler });
    const advance = async (ms: number): Promise<void> => {
      scheduler.maxFrames += ms;
      scheduler.flush();
      await new Promise(setImmediate);
    };
    return { pending, advance };
  }

  it('is a comment in each interval without text', async () => {
    const events = (scheduler: VirtualTimeScheduler): Observable<string> =>
      concat(
        of('a').pipe(delay(1, scheduler)),
        of('b').pipe(delay(7, scheduler)),
        of('c').pipe(delay(5, scheduler)),
      );
    const { pending, advance } = respondTo(events, 3);
    await advance(1);
    const text = (await pending).text();
    for (let ms = 1; ms < 20; ms += 1) await advance(1);
    expect(await text).toBe('a: keep-alive\n\nb: keep-alive\n\nc');
  });

  it('is not sent while the reader does not read, nor after the end', async () => {
    const { pending, advance } = respondTo((scheduler) => of('a').pipe(delay(1, scheduler)), 3);
    const open = respondTo(() => concat(of('a'), NEVER), 3);
    for (const each of [advance, open.advance]) for (let ms = 0; ms < 20; ms += 1) await each(1);
    expect(await (await pending).text()).toBe('a');
    const reader = (await open.pending).body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('a');
    await reader?.cancel();
  });

  it('is not sent for Infinity', async () => {
    const { pending, advance } = respondTo(
      (scheduler) => of('a').pipe(delay(1_000_000, scheduler)),
      Infinity,
    );
    await advance(2_000_000);
    expect(await (await pending).text()).toBe('a');
  });
});

describe('coalesced', () => {
  it('emits the first value after a pause at once, and joins those that follow', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const source$ = cold('  -a-bc----d|');
      const subs = '          ^---------!';
      const ms = time('       ----|      ');
      const expected = '      -a---B---d|';
      expectObservable(source$.pipe(coalesced(ms))).toBe(expected, { a: 'a', B: 'bc', d: 'd' });
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('emits the rest at the end and before an error, and passes all values for 0', () => {
    marbles(({ cold, time, expectObservable }) => {
      const ms = time('                                 -----|');
      expectObservable(cold('-ab|').pipe(coalesced(ms))).toBe('-a-(b|)');
      expectObservable(cold('-ab#').pipe(coalesced(ms))).toBe('-a-(b#)');
      expectObservable(cold('-(abc)|').pipe(coalesced(0))).toBe('-(abc)|');
    });
  });
});
