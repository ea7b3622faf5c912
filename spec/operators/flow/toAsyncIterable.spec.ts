import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { EMPTY, from, NEVER, Observable, of, Subject, throwError } from 'rxjs';
import {
  chatCompletion$,
  contentDeltas,
  ReadGate,
  toAsyncIterable,
  TruncatedError,
} from 'rxjs-chat-completions';

import { bytesOf, textChunk, doneFrame, finishChunk } from 'rxjs-chat-completions/testing';

async function taken<T>(iterable: AsyncIterable<T>): Promise<readonly T[]> {
  const values: T[] = [];
  for await (const value of iterable) values.push(value);
  return values;
}

describe('toAsyncIterable', () => {
  it('returns all values, then ends', async () => {
    expect(await taken(toAsyncIterable(of(1, 2, 3)))).toEqual([1, 2, 3]);
    expect(await taken(toAsyncIterable(EMPTY))).toEqual([]);
  });

  it('resolves pending requests as values arrive', async () => {
    const source$ = new Subject<number>();
    const values = toAsyncIterable(source$)[Symbol.asyncIterator]();
    const first = values.next();
    const second = values.next();
    source$.next(1);
    source$.next(2);
    source$.complete();
    expect([await first, await second, await values.next(), await values.next()]).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
  });

  it('throws an error after all values before it, and only once', async () => {
    const error = new TruncatedError();
    const source$ = new Observable<number>((subscriber) => {
      subscriber.next(1);
      subscriber.error(error);
    });
    const values = toAsyncIterable(source$)[Symbol.asyncIterator]();
    expect(await values.next()).toEqual({ done: false, value: 1 });
    await expect(values.next()).rejects.toBe(error);
    expect(await values.next()).toEqual({ done: true, value: undefined });
    await expect(taken(toAsyncIterable(throwError(() => error)))).rejects.toBe(error);
  });

  it('unsubscribes when the loop is left', async () => {
    let open = false;
    const source$ = new Observable<number>((subscriber) => {
      open = true;
      subscriber.next(1);
      return () => (open = false);
    });
    for await (const value of toAsyncIterable(source$)) {
      expect([value, open]).toEqual([1, true]);
      break;
    }
    expect(open).toBe(false);
  });

  it('ends pending requests when the loop is left', async () => {
    const values = toAsyncIterable(NEVER)[Symbol.asyncIterator]();
    const waiting = values.next();
    await values.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it('returns the value that it is ended with, as a generator does', async () => {
    const values = toAsyncIterable(NEVER)[Symbol.asyncIterator]();
    expect(await values.return?.('left')).toEqual({ done: true, value: 'left' });
    expect(await values.return?.(Promise.resolve('again'))).toEqual({ done: true, value: 'again' });
    expect(await values.return?.()).toEqual({ done: true, value: undefined });
    expect(await values.next()).toEqual({ done: true, value: undefined });
  });

  it('continues in a loop after the first value was requested alone', async () => {
    const values = toAsyncIterable(from(['a', 'b', 'c']))[Symbol.asyncIterator]();
    expect(await values.next()).toEqual({ done: false, value: 'a' });
    const rest: string[] = [];
    for await (const value of values as AsyncIterableIterator<string>) rest.push(value);
    expect(rest).toEqual(['b', 'c']);
  });

  it('subscribes for each loop', async () => {
    let subscriptions = 0;
    const source$ = new Observable<number>((subscriber) => {
      subscriptions += 1;
      subscriber.complete();
    });
    const values = toAsyncIterable(source$);
    expect(subscriptions).toBe(0);
    await taken(values);
    await taken(values);
    expect(subscriptions).toBe(2);
  });

  it('opens the gate only while a request is pending', async () => {
    const gate = new ReadGate();
    const source$ = new Subject<number>();
    const values = toAsyncIterable(source$, gate)[Symbol.asyncIterator]();
    const seen: boolean[] = [gate.isOpen];
    const first = values.next();
    seen.push(gate.isOpen);
    source$.next(1);
    source$.next(2);
    await first;
    seen.push(gate.isOpen);
    await values.next();
    seen.push(gate.isOpen);
    await values.return?.();
    seen.push(gate.isOpen);
    expect(seen).toEqual([false, true, false, false, true]);
  });

  describe('with the gate of the config', () => {
    let server: Server;
    let baseURL: string;
    let written = 0;
    let events = 0;
    let flooded: boolean;

    beforeEach(async () => {
      written = 0;
      events = 50_000;
      flooded = false;
      // Writes until the socket is full, and continues when it drains.
      server = createServer((_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const event = bytesOf(textChunk('x'.repeat(1_000)));
        const write = (): void => {
          while (written < events) {
            written += 1;
            if (!response.write(event)) {
              flooded = true;
              response.once('drain', write);
              return;
            }
          }
          response.end(bytesOf(finishChunk('stop'), doneFrame()));
        };
        write();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    });

    afterEach(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });

    it('leaves values that were not requested with the server', async () => {
      const gate = new ReadGate();
      const text$ = chatCompletion$({ baseURL, gate }, { model: 'any', messages: [] }).pipe(contentDeltas());
      const values = toAsyncIterable(text$, gate)[Symbol.asyncIterator]();
      await values.next();
      // No event reports that the server has stopped writing; only an unchanged count does.
      for (let quiet = 0; quiet < 3;) {
        const before = written;
        await new Promise((resolve) => setTimeout(resolve, 100));
        quiet = before === written ? quiet + 1 : 0;
      }
      expect(flooded).toBe(true);
      expect(written).toBeLessThan(events);
      await values.return?.();
    }, 30_000);

    it('loses nothing', async () => {
      events = 2_000;
      const gate = new ReadGate();
      const text$ = chatCompletion$({ baseURL, gate }, { model: 'any', messages: [] }).pipe(contentDeltas());
      let length = 0;
      for await (const text of toAsyncIterable(text$, gate)) length += text.length;
      expect(length).toBe(2_000_000);
    });
  });
});
