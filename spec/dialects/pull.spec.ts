import * as fc from 'fast-check';
import { from, of, retry, Subject, throwError } from 'rxjs';

import { addPullStatus, emptyPull, type PullStatus } from '../../lib/dialects/ollama/PullProgress';
import { pull$ } from '../../lib/dialects/ollama/pull';
import { HttpError, isChatError, ProtocolError, ServerError, TruncatedError } from '../../lib/errors';
import type { ResponseHead, Transport, TransportRequest } from '../../lib/transport/transport';
import { bytesOf, cutAt, outcomeOf } from '../helpers/reads';

const head: ResponseHead = { status: 200, headers: { 'content-type': 'application/x-ndjson' } };
const lines = (...records: readonly object[]): Uint8Array =>
  bytesOf(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
const answering =
  (...reads: readonly Uint8Array[]): Transport =>
  () =>
    from([head, ...reads]);

// As `PullModel` of Ollama's source writes them.
const records = [
  { status: 'pulling manifest' },
  { status: 'pulling aaa', digest: 'sha256:aaa', total: 900 },
  { status: 'pulling aaa', digest: 'sha256:aaa', total: 900, completed: 450 },
  { status: 'pulling aaa', digest: 'sha256:aaa', total: 900, completed: 900 },
  { status: 'pulling bbb', digest: 'sha256:bbb', total: 100, completed: 50 },
  { status: 'verifying sha256 digest' },
  { status: 'success' },
];

describe('pull$', () => {
  it('emits each status with the progress of all layers, and completes after success', () => {
    let sent: TransportRequest | undefined;
    const transport: Transport = (request) => {
      sent = request;
      return from([head, lines(...records)]);
    };
    const { values, end } = outcomeOf(pull$({ transport }, 'llama3.2'));
    expect(sent).toMatchObject({ method: 'POST', url: 'http://localhost:11434/api/pull' });
    expect(JSON.parse(sent?.body ?? '')).toEqual({ model: 'llama3.2', stream: true });
    expect(values.map(({ fraction }) => fraction)).toEqual([0, 0, 0.5, 0.999, 0.999, 0.999, 1]);
    expect(values[2]).toEqual({ ...records[2], fraction: 0.5 });
    expect(end).toBe('complete');
  });

  it('sends nothing before it is subscribed to, and aborts when it is unsubscribed', () => {
    const response$ = new Subject<ResponseHead | Uint8Array>();
    const pulled$ = pull$({ transport: () => response$ }, 'llama3.2');
    expect(response$.observed).toBe(false);
    const pull = pulled$.subscribe();
    expect(response$.observed).toBe(true);
    pull.unsubscribe();
    expect(response$.observed).toBe(false);
  });

  it('completes although the connection stays open after success', () => {
    const response$ = new Subject<ResponseHead | Uint8Array>();
    const values: string[] = [];
    pull$({ transport: () => response$ }, 'llama3.2').subscribe({ complete: () => values.push('complete') });
    response$.next(head);
    response$.next(lines({ status: 'success' }));
    expect(values).toEqual(['complete']);
  });

  it('errors with the message of Ollama', () => {
    const message = 'pull model manifest: file does not exist';
    const body = lines({ status: 'pulling manifest' }, { error: message });
    const { values, error } = outcomeOf(pull$({ transport: answering(body) }, 'none'));
    expect(values).toHaveLength(1);
    expect(error).toBeInstanceOf(ServerError);
    expect(error).toMatchObject({ message });
  });

  it.each([
    ['a body that ends early', answering(lines({ status: 'pulling manifest' })), TruncatedError],
    ['a record that is cut', answering(lines(...records).slice(0, 60)), TruncatedError],
    ['a line that is not JSON', answering(bytesOf('<html>\n')), ProtocolError],
    ['a web page without a line end', answering(bytesOf('<html>')), ProtocolError],
    ['another value', answering(bytesOf('[1]\n')), ProtocolError],
    ['a status', () => of({ ...head, status: 400 }, bytesOf('{"error":"no"}')), HttpError],
  ])('errors at %s', (_, transport, kind) => {
    expect(outcomeOf(pull$({ transport }, 'llama3.2')).error).toBeInstanceOf(kind);
  });

  it('ignores the timeout of idle connections, since verifying takes minutes', () => {
    jest.useFakeTimers();
    const failures: unknown[] = [];
    const response$ = new Subject<ResponseHead | Uint8Array>();
    const pull = pull$({ transport: () => response$, timeouts: { idle: 10 } }, 'llama3.2').subscribe({
      error: (error: unknown) => failures.push(error),
    });
    response$.next(head);
    response$.next(lines({ status: 'verifying sha256 digest' }));
    jest.advanceTimersByTime(600_000);
    expect(failures).toEqual([]);
    pull.unsubscribe();
    jest.useRealTimers();
  });

  it('continues after a lost connection with the retry of RxJS', () => {
    const bodies = [records.slice(0, 3), records.slice(2)];
    const transport: Transport = () => from([head, lines(...(bodies.shift() ?? []))]);
    const { values, end } = outcomeOf(
      pull$({ transport }, 'llama3.2').pipe(
        retry({
          delay: (error) =>
            isChatError(error) && error.retryable ? of(0) : throwError(() => error as Error),
        }),
      ),
    );
    expect(values.map(({ fraction }) => fraction)).toEqual([0, 0, 0.5, 0.5, 0.999, 0.999, 0.999, 1]);
    expect(end).toBe('complete');
  });

  it('has the same result for any cut of the bytes', () => {
    const body = lines(...records);
    const whole = outcomeOf(pull$({ transport: answering(body) }, 'llama3.2'));
    fc.assert(
      fc.property(fc.array(fc.nat(body.length)), (places) => {
        expect(outcomeOf(pull$({ transport: answering(...cutAt(body, places)) }, 'llama3.2'))).toEqual(whole);
      }),
    );
  });
});

describe('addPullStatus', () => {
  it('keeps a limited number of layers', () => {
    let pull = emptyPull;
    for (let at = 0; at < 10_000; at += 1)
      pull = addPullStatus(pull, { digest: `sha256:${at}`, total: 10, completed: 5 });
    expect(pull.layers.size).toBeLessThanOrEqual(1_000);
    expect(pull.progress.fraction).toBe(0.5);
  });

  it('never decreases the fraction, and reports 1 for success only', () => {
    const status = fc.record({
      status: fc.constantFrom('pulling', 'success'),
      digest: fc.constantFrom('a', 'b', undefined),
      total: fc.option(fc.oneof(fc.integer({ min: -9, max: 1000 }), fc.constant(1e308)), { nil: undefined }),
      completed: fc.option(fc.oneof(fc.integer({ min: -9, max: 1000 }), fc.constant(1e308)), {
        nil: undefined,
      }),
    });
    fc.assert(
      fc.property(fc.array(status), (messages: readonly PullStatus[]) => {
        let pull = emptyPull;
        let succeeded = false;
        for (const message of messages) {
          const { fraction } = pull.progress;
          pull = addPullStatus(pull, message);
          succeeded ||= message.status === 'success';
          expect(pull.progress.fraction).toBeGreaterThanOrEqual(fraction);
          expect(pull.progress.fraction === 1).toBe(succeeded);
        }
      }),
    );
  });
});
