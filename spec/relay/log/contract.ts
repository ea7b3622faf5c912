import { defaultIfEmpty, firstValueFrom, from, lastValueFrom, map, Subscription, take, toArray } from 'rxjs';
import { LogError, type StreamLog } from 'rxjs-chat-completions/relay';

import { until } from '../../helpers/until';

/** Facts that hold for every log. `create` returns the same store each time, seen by another process. */
export function describeLog(create: () => StreamLog): void {
  let ids = 0;
  let id = '';
  let log: StreamLog;
  let subscriptions: Subscription;
  beforeEach(() => {
    id = JSON.stringify(['anna', `answer ${(ids += 1)} ${Date.now()}`]);
    log = create();
    subscriptions = new Subscription();
  });
  afterEach(() => subscriptions.unsubscribe());

  const claim = (by = log, ageMs = 0): Promise<string> => firstValueFrom(from(by.claim(id, ageMs)));
  const append = (after: number, texts: readonly string[], end?: 'ended' | 'withdrawn'): Promise<unknown> =>
    lastValueFrom(from(log.append(id, after, texts, end)).pipe(defaultIfEmpty(undefined)));
  const stop = (by = log): Promise<unknown> =>
    lastValueFrom(from(by.stop(id)).pipe(defaultIfEmpty(undefined)));
  const readAll = (after = 0, by = create()): Promise<readonly string[]> =>
    lastValueFrom(
      by.read$(id, after).pipe(
        map(({ number, text }) => `${number}${text}`),
        toArray(),
      ),
    );
  const follow = (after = 0, by = create()): { texts: string[]; end: () => unknown } => {
    const texts: string[] = [];
    let end: unknown;
    subscriptions.add(
      by.read$(id, after).subscribe({
        next: ({ text }) => texts.push(text),
        error: (error: unknown) => (end = error),
        complete: () => (end = 'complete'),
      }),
    );
    return { texts, end: () => end };
  };
  const error = (reason: LogError['reason']): LogError => new LogError(reason);

  it('has one writer of a stream, and readers', async () => {
    const roles = await Promise.all(Array.from({ length: 50 }, () => claim(create())));
    expect(roles.filter((role) => role === 'writer')).toHaveLength(1);
    await append(0, ['a'], 'ended').catch(() => undefined);
    expect(await claim(create())).toBe('reader');
  });

  it('has no second writer after the end', async () => {
    await claim();
    await append(0, ['a'], 'ended');
    expect(await claim(create())).toBe('reader');
  });

  it('replays the events after a number, and completes at the end', async () => {
    await claim();
    await append(0, ['a', 'b']);
    await append(2, ['c'], 'ended');
    expect(await readAll()).toEqual(['1a', '2b', '3c']);
    expect(await readAll(2)).toEqual(['3c']);
    expect(await readAll(3)).toEqual([]);
    expect(await readAll(999)).toEqual([]);
  });

  it('is followed by readers', async () => {
    await claim();
    const [early, late] = [follow(), follow(1)];
    await append(0, ['a']);
    await until(() => early.texts.length === 1);
    await append(1, ['b']);
    await until(() => early.texts.length === 2 && late.texts.length === 1);
    await append(2, ['c'], 'ended');
    await until(() => early.end() && late.end());
    expect([early.texts.join(''), late.texts.join('')]).toEqual(['abc', 'bc']);
    expect([early.end(), late.end()]).toEqual(['complete', 'complete']);
  });

  it('skips events that it has', async () => {
    await claim();
    await append(0, ['a', 'b']);
    await append(0, ['a', 'b']);
    await append(1, ['b', 'c'], 'ended');
    expect(await readAll()).toEqual(['1a', '2b', '3c']);
  });

  it('replays more events than a page has', async () => {
    await claim();
    const texts = Array.from({ length: 2_500 }, (_, i) => `${i}`);
    await append(0, texts, 'ended');
    expect((await readAll()).length).toBe(2_500);
    expect((await firstValueFrom(create().read$(id, 1_234).pipe(take(1)))).text).toBe('1234');
  });

  it('has no stream that was not claimed', async () => {
    await expect(readAll()).rejects.toEqual(error('UnknownStream'));
    await expect(stop()).rejects.toEqual(error('UnknownStream'));
    await expect(append(0, ['a'])).rejects.toThrow();
  });

  it('does not accept events after the end', async () => {
    await claim();
    await append(0, ['a'], 'ended');
    await expect(append(1, ['b'])).rejects.toEqual(error('LostLease'));
    expect(await readAll()).toEqual(['1a']);
  });

  it('drops a claim that was withdrawn', async () => {
    await claim();
    const waiting = follow();
    await append(0, [], 'withdrawn');
    await until(() => waiting.end());
    expect(waiting.end()).toEqual(error('UnknownStream'));
    expect(await claim(create())).toBe('writer');
  });

  it('requests the stop of a writer from any process', async () => {
    await claim();
    const reasons: string[] = [];
    subscriptions.add(log.lease$(id, Infinity).subscribe((reason) => reasons.push(reason)));
    await stop(create());
    await until(() => reasons.length > 0);
    expect(reasons).toEqual(['stopped']);
    expect(await firstValueFrom(log.lease$(id, Infinity))).toBe('stopped');
  });

  it('requests the stop of a writer whose request has arrived and is not authorized yet', async () => {
    await expect(stop(create())).rejects.toEqual(error('UnknownStream'));
    expect(await claim(log, 60_000)).toBe('writer');
    expect(await firstValueFrom(log.lease$(id, Infinity))).toBe('stopped');
  });

  it('does not stop a writer whose request arrived after the stop', async () => {
    // The log adds the time of the claim, which a busy machine makes longer than that since the stop.
    const stem = id;
    let waitMs = 5;
    let claimMs: number;
    do {
      waitMs *= 2;
      id = `${stem} ${waitMs}`;
      await expect(stop(create())).rejects.toEqual(error('UnknownStream'));
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      const start = performance.now();
      await claim();
      claimMs = performance.now() - start;
    } while (claimMs > waitMs / 2);
    const reasons: string[] = [];
    subscriptions.add(log.lease$(id, 200).subscribe((reason) => reasons.push(reason)));
    await until(() => reasons.length > 0);
    expect(reasons).toEqual(['unread']);
  });

  it('does not stop what has ended', async () => {
    await claim();
    await append(0, ['a'], 'ended');
    await stop();
    expect(await readAll()).toEqual(['1a']);
  });

  it('reports that nothing reads a stream, and not while something does', async () => {
    await claim();
    const reader = create().read$(id, 0).subscribe();
    subscriptions.add(reader);
    const reasons: string[] = [];
    subscriptions.add(log.lease$(id, 300).subscribe((reason) => reasons.push(reason)));
    await new Promise((resolve) => setTimeout(resolve, 900));
    expect(reasons).toEqual([]);
    reader.unsubscribe();
    await until(() => reasons.length > 0);
    expect(reasons).toEqual(['unread']);
  });
}
