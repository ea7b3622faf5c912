import fc from 'fast-check';
import {
  concat,
  identity,
  lastValueFrom,
  map,
  of,
  Subject,
  throwError,
  toArray,
  type Observable,
} from 'rxjs';

import { bodyKindOf, type BodyKind } from '../../lib/response/bodyKind';
import { readByKind } from '../../lib/response/readByKind';
import { fullText } from '../../lib/response/bodyText';
import type { Bytes, ResponseHead } from '../../lib/transport/transport';
import { marbles } from '../helpers/marbles';

const headWith = (type?: string): ResponseHead => ({
  status: 200,
  headers: type === undefined ? {} : { 'content-type': type },
});
const bytes = (text: string): Bytes => new TextEncoder().encode(text);
const kindAndText = (head: ResponseHead, reads: readonly Bytes[]): Promise<readonly string[]> =>
  lastValueFrom(
    of(...reads).pipe(
      readByKind(
        head,
        (kind) => (read$: Observable<Bytes>) =>
          read$.pipe(
            fullText(Infinity),
            map((text) => [kind, text]),
          ),
      ),
    ),
  );

const TYPES = [
  'text/event-stream',
  'text/plain; charset=utf-8',
  '',
  'application/json',
  'application/problem+json',
  'text/html',
  'image/png',
];
const BODIES: ReadonlyArray<readonly [string, BodyKind]> = [
  ['data: {"choices":[]}\n\n', 'events'],
  ['event: message\ndata: {}\n\n', 'events'],
  ['id: 1\ndata: {}\n\n', 'events'],
  ['retry: 1000\n\n', 'events'],
  ['error: {"detail":"no"}\n\n', 'events'],
  [': OPENROUTER PROCESSING\n\n', 'events'],
  ['trace: 1\ndata: {}\n\n', 'events'],
  ['data\n\ndata: {}\n\n', 'events'],
  ['event\r\nid\rretry\ndata: {}\n\n', 'events'],
  ['{"choices":[]}', 'json'],
  ['[{"error":{}}]', 'json'],
  ['<!DOCTYPE html><title>Sign in</title>', 'other'],
];

describe('the kind of a body', () => {
  it.each(TYPES.flatMap((type) => BODIES.map(([body, kind]) => [body, type, kind] as const)))(
    'that begins %j under %j is %s',
    async (body, type, kind) => {
      expect(await kindAndText(headWith(type), [bytes(body)])).toEqual([kind, body]);
    },
  );

  it.each([
    ['Sorry', 'text/event-stream', 'other'],
    ['sorry', 'text/event-stream', undefined],
    ['sorry.', undefined, 'other'],
    ['Internal Server Error', 'text/plain', 'other'],
    ['id', 'text/event-stream', undefined],
    ['idle ', 'text/event-stream', 'other'],
    ['busy\n', 'text/event-stream', 'other'],
    ['sorry!', 'application/json', 'json'],
    ['"sorry"', 'application/json', 'json'],
    ['null', 'application/json', undefined],
    ['null\n', 'application/json', 'json'],
    ['-1', 'application/json', 'json'],
    ['Sorry', 'text/html', 'other'],
    ['dat', 'text/html', undefined],
    ['database', 'text/html', 'other'],
    ['event', 'application/json', undefined],
    ['errors', 'application/json', 'json'],
    ['', 'application/json', undefined],
  ] as const)('that begins %j under %j is %s', (beginning, type, kind) => {
    expect(bodyKindOf(headWith(type), beginning.slice(0, 6))).toBe(kind);
  });

  it('does not depend on blanks and byte order marks before it, nor on how the reads cut it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...TYPES),
        fc.constantFrom(...BODIES),
        fc.array(fc.constantFrom(' ', '\n', '\r\n', '\t', '\ufeff'), { maxLength: 4 }),
        fc.array(fc.nat(24), { maxLength: 6 }),
        async (type, [body, kind], before, cuts) => {
          const all = bytes(before.join('') + body);
          const at = [0, ...cuts.filter((cut) => cut < all.length).sort((a, b) => a - b), all.length];
          const reads = at.slice(1).map((end, i) => all.slice(at[i], end));
          expect(await kindAndText(headWith(type), reads)).toEqual([kind, body]);
        },
      ),
    );
  });

  it.each([[[]], [['']], [[' \n', '\r']], [['\ufeff']]])(
    'of the reads %j, which have no content, is another one',
    async (reads) => {
      expect(await kindAndText(headWith('text/event-stream'), reads.map(bytes))).toEqual(['other', '']);
    },
  );

  it('of an undecided beginning is another one when the body ends', async () => {
    expect(await kindAndText(headWith('text/html'), [bytes('dat')])).toEqual(['other', 'dat']);
  });

  it('of a stream that ends inside its first field is that of its type', async () => {
    expect(await kindAndText(headWith('text/event-stream'), [bytes('dat')])).toEqual(['events', 'dat']);
  });

  it('of a body that ends inside a byte order mark is that of its type', async () => {
    const [kind] = await kindAndText(headWith('text/event-stream'), [new Uint8Array([0xef, 0xbb])]);
    expect(kind).toBe('events');
  });
});

describe('readByKind', () => {
  const asText = readByKind(
    headWith(),
    () => (read$: Observable<Bytes>) => read$.pipe(map((read) => String.fromCharCode(...read))),
  );

  it('passes the reads on as they arrive', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a-b-|', { a: bytes('A'), b: bytes('B') });
      const subs = '         ^----!';
      const expected = '     -A-B-|';
      expectObservable(source$.pipe(asText)).toBe(expected);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('errors as the source does, before and after the decision', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<Bytes>('-#').pipe(asText)).toBe('-#');
      expectObservable(cold('-a-#', { a: bytes('A') }).pipe(asText)).toBe('-A-#');
    });
  });

  it('errors as the decision does, and unsubscribes', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('-a-|', { a: bytes('A') });
      const failing = readByKind<never>(headWith(), () => {
        throw new Error('no');
      });
      expectObservable(source$.pipe(failing)).toBe('-#', undefined, new Error('no'));
      expectSubscriptions(source$.subscriptions).toBe('^!');
    });
  });

  it('is unsubscribed from in the same frame', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('-a-b-|', { a: bytes('A'), b: bytes('B') });
      expectObservable(source$.pipe(asText), '--!').toBe('-A');
      expectSubscriptions(source$.subscriptions).toBe('^-!');
    });
  });

  it.each([
    ['application/json', 'json'],
    ['text/plain', 'events'],
    ['text/html', 'other'],
  ] as const)('counts blanks without end towards the limits of %s', (type, kind) => {
    const kinds: BodyKind[] = [];
    const read$ = new Subject<Bytes>();
    read$.pipe(readByKind(headWith(type), (each) => (kinds.push(each), identity))).subscribe();
    for (let i = 0; i < 65; i += 1) read$.next(bytes(' '.repeat(1_024)));
    expect(kinds).toEqual([kind]);
  });

  it('holds no more than six bytes back', async () => {
    const read = readByKind(
      headWith('text/html'),
      () => (read$: Observable<Bytes>) => read$.pipe(map(({ length }) => length)),
    );
    const source$ = concat(
      of(bytes('d'), bytes('at'), bytes('abase'), bytes('xx')),
      throwError(() => new Error('end')),
    );
    await expect(lastValueFrom(source$.pipe(read, toArray()))).rejects.toThrow('end');
    const seen: number[] = [];
    source$.pipe(read).subscribe({ next: (length) => seen.push(length), error: () => undefined });
    expect(seen).toEqual([8, 2]);
  });
});
