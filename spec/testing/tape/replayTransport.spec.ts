import {
  catchError,
  concat,
  last,
  of,
  throwError,
  toArray,
  VirtualTimeScheduler,
  type Observable,
  type SchedulerAction,
  type Subscription,
} from 'rxjs';
import {
  accumulateContent,
  chatCompletion$,
  ConnectionError,
  type Bytes,
  type ChatRequest,
  type ResponseHead,
  type TransportRequest,
} from 'rxjs-chat-completions';
import {
  bytesOf,
  doneFrame,
  finishChunk,
  head200,
  rawBytesOf,
  recordTransport,
  replayTransport,
  tapeText,
  type Tape,
} from 'rxjs-chat-completions/testing';

import { marbles } from '../../helpers/marbles';

const sent: TransportRequest = {
  method: 'POST',
  url: 'http://localhost/v1/chat/completions',
  headers: {},
  body: '{}',
};
const request: ChatRequest = { model: 'any', messages: [] };

const tape: Tape = {
  version: 1,
  request: { method: 'POST', path: '/v1/chat/completions' },
  head: { ms: 200, ...head200 },
  reads: [
    { ms: 40, text: 'data: {"choices":[{"delta":{"content":"Z', ends: 'c3' },
    { ms: 2, begins: 'bc', text: 'ri"}}]}\n\n' },
    {
      ms: 5_000,
      text: 'data: {"choices":[{"delta":{"content":"ch"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
    },
  ],
  end: { ms: 3 },
};

const partsOf = ({ head, reads }: Tape) => {
  const [first = '', second = '', third = ''] = reads.map(({ text }) => text);
  const { status, headers } = head!;
  return {
    h: { status, headers },
    a: new Uint8Array([...rawBytesOf(first), 0xc3]),
    b: new Uint8Array([0xbc, ...rawBytesOf(second)]),
    c: rawBytesOf(third),
  };
};

/** A tape of a response without delays. */
function recorded(answer$: Observable<ResponseHead | Bytes>): Tape {
  const tapes: Tape[] = [];
  const recording = recordTransport(
    () => answer$,
    (made) => tapes.push(made),
    { scheduler: new VirtualTimeScheduler() },
  );
  recording(sent)
    .subscribe({ error: () => undefined })
    .unsubscribe();
  return JSON.parse(tapeText(tapes[0]!)) as Tape;
}

/** A scheduler whose timers are 2 ms late. */
class LateScheduler extends VirtualTimeScheduler {
  override schedule<T>(
    work: (this: SchedulerAction<T>, state?: T) => void,
    delay = 0,
    state?: T,
  ): Subscription {
    return super.schedule(work, delay + 2, state);
  }
}

describe('replayTransport', () => {
  it('plays each read at its time', () => {
    marbles(({ expectObservable }) => {
      expectObservable(replayTransport(tape)(sent)).toBe('200ms h 39ms a-b 4999ms c--|', partsOf(tape));
    });
  });

  it('plays at a multiple of the recorded speed', () => {
    marbles(({ expectObservable }) => {
      expectObservable(replayTransport(tape, { speed: 2 })(sent)).toBe(
        '100ms h 19ms ab 2499ms c-|',
        partsOf(tape),
      );
      expectObservable(replayTransport(tape, { speed: 0.5 })(sent)).toBe(
        '400ms h 79ms a---b 9999ms c 5ms |',
        partsOf(tape),
      );
    });
  });

  it('plays without delays at infinite speed', () => {
    const seen: unknown[] = [];
    replayTransport(tape, { speed: Infinity })(sent).subscribe({
      next: (part) => seen.push(part),
      complete: () => seen.push('end'),
    });
    const { h, a, b, c } = partsOf(tape);
    expect(seen).toEqual([h, a, b, c, 'end']);
  });

  it('plays through a complete pipeline in virtual time', () => {
    marbles(({ expectObservable }) => {
      const text$ = chatCompletion$({ transport: replayTransport(tape) }, request).pipe(accumulateContent());
      expectObservable(text$).toBe('242ms a 4999ms (b|)', { a: 'Züri', b: 'Zürich' });
    });
  });

  it('plays again for each subscription, and records the requests', () => {
    const transport = replayTransport(tape, { speed: Infinity });
    const answer$ = transport(sent).pipe(toArray());
    expect(transport.requests).toHaveLength(0);
    const seen: unknown[] = [];
    answer$.subscribe((parts) => seen.push(parts));
    answer$.subscribe((parts) => seen.push(parts));
    expect(seen[1]).toEqual(seen[0]);
    expect(transport.requests).toMatchObject([{ url: sent.url, body: {} }, { aborted: false }]);
  });

  it('plays a list request by request, and then fails', () => {
    const other = { ...tape, reads: [] };
    const transport = replayTransport([tape, other], { speed: Infinity });
    const counts = [1, 2, 3].map(() => {
      let count: unknown;
      transport(sent)
        .pipe(
          toArray(),
          catchError((error: unknown) => of((error as Error).message)),
        )
        .subscribe((parts) => (count = typeof parts === 'string' ? parts : parts.length));
      return count;
    });
    expect(counts).toEqual([4, 1, 'no tape for request 3; the transport was created with 2']);
  });

  it('does not add up small delays', () => {
    const scheduler = new VirtualTimeScheduler();
    const reads = Array.from({ length: 10 }, () => ({ ms: 1, text: 'a' }));
    const times: number[] = [];
    replayTransport(
      { ...tape, head: { ...tape.head!, ms: 0 }, reads },
      { speed: 3, scheduler },
    )(sent).subscribe(() => times.push(scheduler.now()));
    scheduler.flush();
    expect(times).toEqual([0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]);
  });

  it('catches up after a delay', () => {
    const scheduler = new LateScheduler();
    const times: number[] = [];
    const reads = [1, 1, 1, 1].map((ms) => ({ ms, text: 'a' }));
    replayTransport(
      { ...tape, head: { ...tape.head!, ms: 0 }, reads },
      { scheduler },
    )(sent).subscribe(() => times.push(scheduler.frame));
    scheduler.flush();
    expect(times).toEqual([0, 3, 3, 3, 6]);
  });

  it('stops its timers on unsubscribe', () => {
    marbles(({ expectObservable }) => {
      const transport = replayTransport(tape);
      expectObservable(transport(sent), '^ 240ms !').toBe('200ms h 39ms a', partsOf(tape));
    });
  });

  it('stays open where the recording was aborted', () => {
    marbles(({ expectObservable }) => {
      expectObservable(replayTransport({ ...tape, reads: [], end: null })(sent)).toBe(
        '200ms h',
        partsOf(tape),
      );
    });
  });

  it('rejects an invalid tape and an invalid speed when it is created', () => {
    const bad = { ...tape, version: 2 };
    expect(() => replayTransport(bad)).toThrow('not a tape: version 2');
    expect(() => replayTransport([tape, bad])).toThrow('not a tape: version 2');
    expect(() => replayTransport(tape, { speed: 0 })).toThrow(new RangeError('speed must be above 0'));
    expect(() => replayTransport(tape, { speed: NaN })).toThrow(RangeError);
  });
});

describe('a replayed end', () => {
  it('is the recorded error, with its class and fields', () => {
    const cut = new ConnectionError('it broke', 'body', 'ECONNRESET');
    const made = recorded(
      concat(
        of(head200, bytesOf('a')),
        throwError(() => cut),
      ),
    );
    marbles(({ expectObservable }) => {
      const expected = { h: head200, a: bytesOf('a') };
      expectObservable(replayTransport(made)(sent)).toBe('(ha#)', expected, cut);
    });
    let seen: unknown;
    replayTransport(made)(sent).subscribe({ error: (error: unknown) => (seen = error) });
    expect(seen).toBeInstanceOf(ConnectionError);
  });

  it('has the message of any other recorded error', () => {
    const answer$ = throwError(() => new URIError('odd'));
    const made = recorded(answer$);
    marbles(({ expectObservable }) => {
      const error = new ConnectionError('the transport failed: odd', 'connect');
      expectObservable(chatCompletion$({ transport: () => answer$ }, request)).toBe('#', {}, error);
      expectObservable(chatCompletion$({ transport: replayTransport(made) }, request)).toBe('#', {}, error);
    });
  });

  it('is the recorded one, wherever the reads are split', () => {
    const body = bytesOf('Grüße 🌊', finishChunk('stop'), doneFrame());
    for (let size = 1; size < body.length; size += 7) {
      const reads = Array.from({ length: Math.ceil(body.length / size) }, (_, at) =>
        body.slice(at * size, (at + 1) * size),
      );
      const made = recorded(of(head200, ...reads));
      let text: string | undefined;
      chatCompletion$({ transport: replayTransport(made) }, request)
        .pipe(accumulateContent(), last())
        .subscribe((all) => (text = all));
      expect(text).toBe('Grüße 🌊');
    }
  });
});
