import { asyncScheduler, concatMap, from, lastValueFrom, map, timer, toArray, type Observable } from 'rxjs';
import { LogError, memoryLog, type StreamLog } from 'rxjs-chat-completions/relay';

import { marbles } from '../../helpers/marbles';
import { describeLog } from './contract';

describe('memoryLog', () => {
  const shared = memoryLog();
  describeLog(() => shared);

  const textOf = (log: StreamLog, id: string, after = 0): Promise<string> =>
    lastValueFrom(
      log.read$(id, after).pipe(
        map(({ text }) => text),
        toArray(),
        map((texts) => texts.join('')),
      ),
    );
  const write = async (log: StreamLog, id: string, texts: readonly string[]): Promise<void> => {
    await lastValueFrom(from(log.claim(id, 0)));
    await lastValueFrom(from(log.append(id, 0, texts, 'ended')), { defaultValue: undefined });
  };

  it('keeps a stream for a time after its end, whatever the time before it', () => {
    marbles(({ expectObservable }) => {
      const log = memoryLog({ ttlMs: 10 });
      from(log.claim('a', 0)).subscribe();
      timer(100)
        .pipe(concatMap(() => log.append('a', 0, ['x'], 'ended')))
        .subscribe();
      const readAt = (ms: number): Observable<string> =>
        timer(ms).pipe(
          concatMap(() => log.read$('a', 0)),
          map(({ text }) => text),
        );
      expectObservable(readAt(109)).toBe('109ms (x|)');
      expectObservable(readAt(110)).toBe('110ms #', undefined, new LogError('UnknownStream'));
      expectObservable(timer(110).pipe(concatMap(() => log.claim('a', 0)))).toBe('110ms (w|)', {
        w: 'writer',
      });
    });
  });

  it('remembers a stop of a stream whose time is over for the next one of its id', () => {
    marbles(({ expectObservable }) => {
      const log = memoryLog({ ttlMs: 10 });
      from(log.claim('a', 0)).subscribe();
      from(log.append('a', 0, ['x'], 'ended')).subscribe();
      expectObservable(timer(20).pipe(concatMap(() => log.stop('a')))).toBe(
        '20ms #',
        undefined,
        new LogError('UnknownStream'),
      );
      const next$ = timer(30).pipe(
        concatMap(() => log.claim('a', 20)),
        concatMap(() => log.lease$('a', Infinity)),
      );
      expectObservable(next$).toBe('30ms (s|)', { s: 'stopped' });
    });
  });

  it('removes the streams that ended first when it is full', async () => {
    const log = memoryLog({ maxSize: 10 });
    await write(log, 'a', ['aaaa']);
    await write(log, 'b', ['bbbb']);
    await write(log, 'c', ['cccc']);
    await expect(textOf(log, 'a')).rejects.toEqual(new LogError('UnknownStream'));
    expect([await textOf(log, 'b'), await textOf(log, 'c')]).toEqual(['bbbb', 'cccc']);
  });

  it('removes the streams in the order of their ends, and not of their claims', async () => {
    const log = memoryLog({ maxSize: 10 });
    await lastValueFrom(from(log.claim('a', 0)));
    await write(log, 'b', ['bbbb']);
    await lastValueFrom(from(log.append('a', 0, ['aaaa'], 'ended')), { defaultValue: undefined });
    await write(log, 'c', ['cccc']);
    await expect(textOf(log, 'b')).rejects.toEqual(new LogError('UnknownStream'));
    expect([await textOf(log, 'a'), await textOf(log, 'c')]).toEqual(['aaaa', 'cccc']);
  });

  it('looks at no more streams for a claim than run or are over', () => {
    const now = jest.fn(() => 0);
    const scheduler = Object.assign(Object.create(asyncScheduler) as typeof asyncScheduler, { now });
    const log = memoryLog({ scheduler });
    const claims = (count: number, name: string): number => {
      now.mockClear();
      for (let i = 0; i < count; i += 1) {
        from(log.claim(`${name}${i}`, 0)).subscribe();
        from(log.append(`${name}${i}`, 0, ['x'], 'ended')).subscribe();
      }
      return now.mock.calls.length;
    };
    claims(2, 'first');
    expect(claims(1_000, 'second')).toBeLessThan(5_000);
  });

  it('removes the oldest events of a stream that is larger than the log', async () => {
    const log = memoryLog({ maxSize: 10 });
    await write(log, 'a', ['aaaa', 'bbbb', 'cccc']);
    await expect(textOf(log, 'a')).rejects.toEqual(new LogError('Trimmed'));
    expect(await textOf(log, 'a', 1)).toBe('bbbbcccc');
  });

  it('remembers the last 10,000 stops of streams that are not claimed', () => {
    const log = memoryLog();
    for (let i = 0; i <= 10_000; i += 1) from(log.stop(`${i}`)).subscribe({ error: () => undefined });
    const reasons = ['0', '1', '10000'].map((id) => {
      let reason = '';
      from(log.claim(id, 60_000)).subscribe();
      log
        .lease$(id, Infinity)
        .subscribe((emitted) => (reason = emitted))
        .unsubscribe();
      return reason;
    });
    expect(reasons).toEqual(['', 'stopped', 'stopped']);
  });

  it('emits in order when a reader causes the next event', () => {
    const log = memoryLog();
    from(log.claim('a', 0)).subscribe();
    const texts: string[] = [];
    log.read$('a', 0).subscribe(({ number, text }) => {
      // eslint-disable-next-line rxjs-x/no-nested-subscribe -- a reader that writes
      if (number < 4) from(log.append('a', number, [`${number + 1}`])).subscribe();
      texts.push(text);
    });
    from(log.append('a', 0, ['1'])).subscribe();
    expect(texts).toEqual(['1', '2', '3', '4']);
  });
});
