import fc from 'fast-check';
import { concat, from, NEVER, of, Subject, take } from 'rxjs';

import type { ServerSentEvent } from '../../lib/sse/ServerSentEvent';
import { toServerSentEvents, type ServerSentEventsOptions } from '../../lib/sse/toServerSentEvents';
import { LimitError } from '../../lib/errors';
import { cutsOf, eventStreamBytes } from '../helpers/arbitraries';
import { comparable, marbles } from '../helpers/marbles';
import { bytesOf, outcomeOf, readsOf, type Outcome } from '../helpers/reads';

const message = (data: string, rest: Partial<ServerSentEvent> = {}): ServerSentEvent => ({
  event: 'message',
  data,
  id: '',
  ...rest,
});

const outcomeOfReads = (
  reads: readonly Uint8Array[],
  options?: ServerSentEventsOptions,
): Outcome<ServerSentEvent> => outcomeOf(from(reads).pipe(toServerSentEvents(options)));

/** Returns the events of a body, after checking that every size of read leads to the same. */
function eventsOf(body: string, options?: ServerSentEventsOptions): readonly ServerSentEvent[] {
  const bytes = bytesOf(body);
  const { values, end } = outcomeOfReads([bytes], options);
  expect(end).toBe('complete');
  for (let size = 1; size < bytes.length; size++) {
    expect(outcomeOfReads(readsOf(bytes, size), options).values).toEqual(values);
  }
  return values;
}

/** A literal implementation of the event-stream section of the HTML standard, over a complete body. */
function byTheStandard(body: Uint8Array): ServerSentEvent[] {
  const events: ServerSentEvent[] = [];
  let [data, event, id] = ['', '', ''];
  let retry: number | undefined;
  const lines = new TextDecoder().decode(body).split(/\r\n|\n|\r/);
  for (const line of lines.slice(0, -1)) {
    const [, field = line, value = ''] = /^([^:]*): ?(.*)$/s.exec(line) ?? [];
    if (line === '' && data !== '') {
      const name = event === '' ? 'message' : event;
      events.push({ event: name, data: data.slice(0, -1), id, ...(retry === undefined ? {} : { retry }) });
      retry = undefined;
    }
    if (line === '') [data, event] = ['', ''];
    else if (field === 'event') event = value;
    else if (field === 'data') data += `${value}\n`;
    else if (field === 'id' && !value.includes('\0')) id = value;
    else if (field === 'retry' && /^[0-9]+$/.test(value)) retry = Number(value);
  }
  return events;
}

describe('toServerSentEvents', () => {
  it('emits an event at its blank line', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a---b---|', { a: bytesOf('data: x\n\ndata: y'), b: bytesOf('z\n\n') });
      const subs = '         ^--------!';
      const expected = '     -p---q---|';
      expectObservable(source$.pipe(toServerSentEvents())).toBe(expected, {
        p: message('x'),
        q: message('yz'),
      });
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it.each(['', '\n', '\r\n\r\n', ':\n\n', '\uFEFF'])('emits nothing for %j', (body) => {
    expect(eventsOf(body)).toEqual([]);
  });

  it('never emits if the source does not', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<Uint8Array>('---').pipe(toServerSentEvents())).toBe('---');
    });
  });

  it.each(['\n', '\r', '\r\n'])('reads a stream whose lines end in %j', (end) => {
    const body = ['', ': hello', 'event: a', 'id: 7', 'data: é', 'data: 🙂', '', 'data: 2', '', ''].join(end);
    expect(eventsOf(body)).toEqual([message('é\n🙂', { event: 'a', id: '7' }), message('2', { id: '7' })]);
  });

  it('reads line breaks of all kinds in one stream', () => {
    expect(eventsOf('data: 1\r\n\rdata: 2\n\r\ndata: 3\r\r')).toEqual(['1', '2', '3'].map((n) => message(n)));
  });

  it('emits an event at its CR, without waiting for an LF that may follow', () => {
    const read$ = new Subject<Uint8Array>();
    const seen: unknown[] = [];
    read$.pipe(toServerSentEvents()).subscribe((event) => seen.push(event));
    read$.next(bytesOf('data: 1\r\n\r'));
    expect(seen).toEqual([message('1')]);
    read$.next(bytesOf('\ndata: 2\r\n\r\n'));
    expect(seen).toEqual([message('1'), message('2')]);
  });

  it('drops one byte order mark, and no second one', () => {
    expect(eventsOf('\uFEFFdata: 1\n\ndata: 2\n\n')).toEqual([message('1'), message('2')]);
    expect(eventsOf('\uFEFF\uFEFFdata: 1\n\ndata: 2\n\n')).toEqual([message('2')]);
    expect(eventsOf('data: 1\n\n\uFEFFdata: 2\n\n')).toEqual([message('1')]);
  });

  it('emits the events of one read one by one, in order', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a---|', { a: bytesOf('data: 1\n\ndata: 2\n\n') });
      const expected = '     -(pq)|';
      const events = { p: message('1'), q: message('2') };
      expectObservable(source$.pipe(toServerSentEvents())).toBe(expected, events);
    });
  });

  it('drops a last event without its blank line', () => {
    expect(eventsOf('data: 1\n\ndata: 2')).toEqual([message('1')]);
    expect(eventsOf('data: 1\n\ndata: 2\n')).toEqual([message('1')]);
  });

  it('keeps and marks that event with keepIncomplete', () => {
    const cut = [message('1'), message('2', { incomplete: true })];
    expect(eventsOf('data: 1\n\ndata: 2', { keepIncomplete: true })).toEqual(cut);
    expect(eventsOf('data: 1\n\ndata: 2\n', { keepIncomplete: true })).toEqual(cut);
    expect(eventsOf('data: 1\n\n', { keepIncomplete: true })).toEqual([message('1')]);
  });

  it('reads a field named error as an event, with lenient', () => {
    const body = 'data: 1\n\nerror: {"detail":"no"}\n\n';
    expect(eventsOf(body)).toEqual([message('1')]);
    expect(eventsOf(body, { lenient: true })).toEqual([
      message('1'),
      message('{"detail":"no"}', { event: 'error' }),
    ]);
  });

  describe('with limits of 16', () => {
    const limits = { line: 16, event: 16 };
    const tooLong = 'x'.repeat(17);

    it.each([
      ['line', `data: 1\n\n: ${tooLong}\n\ndata: 2\n\n`],
      ['line', `data: 1\n\n: ${tooLong}`],
      ['event', 'data: 1\n\ndata: 12345678\ndata: 12345678\n\ndata: 2\n\n'],
    ] as const)('fails at a %s over it, after the good events of the same read: %j', (thing, body) => {
      const failed = { values: [message('1')], end: 'error', error: new LimitError(thing, 16) };
      for (let size = 1; size <= body.length; size++) {
        expect(comparable(outcomeOfReads(readsOf(bytesOf(body), size), limits))).toEqual(comparable(failed));
      }
    });

    it('unsubscribes from its source at an error', () => {
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const source$ = cold(' -a--b-|', { a: bytesOf('data: 1\n'), b: bytesOf(tooLong) });
        const expected = '     ----#';
        const result$ = source$.pipe(toServerSentEvents(limits));
        expectObservable(result$).toBe(expected, undefined, new LimitError('line', 16));
        expectSubscriptions(source$.subscriptions).toBe('^---!');
      });
    });

    it('does not error after the consumer has unsubscribed', () => {
      const read$ = of(bytesOf(`data: 1\n\n${tooLong}`));
      const { values, end } = outcomeOf(read$.pipe(toServerSentEvents(limits), take(1)));
      expect([values, end]).toEqual([[message('1')], 'complete']);
    });

    it('has no limit for a stream of short events', () => {
      const body = 'data: 12345678\n\n'.repeat(1_000);
      expect(outcomeOfReads([bytesOf(body)], limits).values).toHaveLength(1_000);
    });
  });

  it('buffers a line and an event of 16 Mi by default, and no more', () => {
    const mebi = 'x'.repeat(2 ** 20);
    const head = bytesOf('data:');
    const reads = (count: number): Uint8Array[] => [head, ...Array<Uint8Array>(count).fill(bytesOf(mebi))];
    const tail = bytesOf('\n\n');
    const shorter = bytesOf(mebi.slice(5));
    expect(outcomeOfReads([...reads(15), shorter, tail])).toMatchObject({ end: 'complete' });
    expect(outcomeOfReads([...reads(16), tail]).error).toEqual(new LimitError('line', 2 ** 24));
    const line = bytesOf(`data:${mebi.slice(1)}\n`);
    expect(outcomeOfReads([...Array<Uint8Array>(16).fill(line), tail])).toMatchObject({ end: 'complete' });
    expect(outcomeOfReads([...Array<Uint8Array>(17).fill(line), tail]).error).toEqual(
      new LimitError('event', 2 ** 24),
    );
  });

  it('passes an error on after the events before it', () => {
    marbles(({ cold, expectObservable }) => {
      const reset = new Error('reset');
      const source$ = cold(' -a-#', { a: bytesOf('data: 1\n\ndata: 2') }, reset);
      const expected = '     -p-#';
      expectObservable(source$.pipe(toServerSentEvents({ keepIncomplete: true }))).toBe(
        expected,
        { p: message('1') },
        reset,
      );
    });
  });

  it('unsubscribes from its source at an early unsubscribe', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a--b-|', { a: bytesOf('data: 1\n\n'), b: bytesOf('data: 2\n\n') });
      const unsub = '        --!    ';
      expectObservable(source$.pipe(toServerSentEvents()), unsub).toBe('-p-', { p: message('1') });
      expectSubscriptions(source$.subscriptions).toBe('^-!');
    });
  });

  it('unsubscribes from its source if the consumer unsubscribes in the middle of a read', () => {
    const read$ = concat(of(bytesOf('data: 1\n\ndata: 2\n\ndata: 3\n\n')), NEVER);
    const { values, end } = outcomeOf(read$.pipe(toServerSentEvents(), take(2)));
    expect([values, end]).toEqual([[message('1'), message('2')], 'complete']);
  });

  it('starts a new parser for every subscription', () => {
    const event$ = of(bytesOf('id: 7\ndata: 1\n\ndata: cut')).pipe(toServerSentEvents());
    expect(outcomeOf(event$).values).toEqual([message('1', { id: '7' })]);
    expect(outcomeOf(event$).values).toEqual([message('1', { id: '7' })]);
  });

  it('reads a line of 1 Mi in reads of 7 bytes', () => {
    const data = '√'.repeat(2 ** 20 / 4);
    expect(outcomeOfReads(readsOf(bytesOf(`data: ${data}\n\n`), 7)).values).toEqual([message(data)]);
  });

  it('reads an event of 100,000 lines in reads of 7 bytes', () => {
    const lines = Array.from({ length: 100_000 }, (_, i) => String(i));
    const body = `${lines.map((line) => `data: ${line}\n`).join('')}\n`;
    expect(outcomeOfReads(readsOf(bytesOf(body), 7)).values).toEqual([message(lines.join('\n'))]);
  });

  const bytesAndCuts = eventStreamBytes.chain((body) => fc.tuple(fc.constant(body), cutsOf(body)));

  it('agrees with the HTML standard wherever the reads are cut', () => {
    fc.assert(
      fc.property(bytesAndCuts, ([body, reads]) => {
        expect(outcomeOfReads(reads)).toEqual({ values: byTheStandard(body), end: 'complete' });
      }),
      { numRuns: 500 },
    );
  });

  it('emits the same events and error wherever the reads are cut, with every option', () => {
    const options = fc.record({
      line: fc.integer({ min: 1, max: 40 }),
      event: fc.integer({ min: 1, max: 40 }),
      keepIncomplete: fc.boolean(),
      lenient: fc.boolean(),
    });
    fc.assert(
      fc.property(bytesAndCuts, options, ([body, reads], given) => {
        expect(comparable(outcomeOfReads(reads, given))).toEqual(comparable(outcomeOfReads([body], given)));
      }),
      { numRuns: 500 },
    );
  });
});
