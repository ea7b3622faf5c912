import { defer, Observable, Subject, takeUntil } from 'rxjs';

import { isError } from '../../errors';
import { redactorOf } from '../../request/redact';
import { publicUrl } from '../../request/url';
import { addressAt, type Transport } from '../../transport/transport';
import { bodyValue } from './bodyValue';
import type { CallLog } from './CallLog';
import { tapParts } from './tapParts';
import type { Verdicts } from './Verdicts';

/** Creates a transport that records each attempt in a lane of its own, and passes everything through. */
export function recordAttempts(send: Transport, log: CallLog, verdicts: Verdicts): Transport {
  const recorded: Transport = (request) =>
    new Observable((subscriber) => {
      const lane = log.openAttempt(request);
      const redact = redactorOf(request);
      const body = redact(request.body ?? '');
      const title = `${request.method} ${publicUrl(addressAt(send, request.url))}`;
      log.add(lane, { kind: 'request', title, raw: body, value: bodyValue(body) });
      const elapsed = (): number => Math.max(0, Math.round(log.now() - lane.startedAt));
      const closed$ = new Subject<void>();
      // Registered first: a transport may emit everything while it is being subscribed to.
      subscriber.add(() => closed$.next());
      const part$ = defer(() => send(request)).pipe(
        tapParts(lane, log, verdicts.endings, redact),
        takeUntil(closed$),
      );
      const source = part$.subscribe({
        next: (part) => verdicts.emit(lane, () => subscriber.next(part)),
        error: (error: unknown) => {
          lane.recording.end = { at: elapsed(), error };
          verdicts.emit(lane, () => subscriber.error(error));
          if (lane.endedAt === null) verdicts.emit(lane, () => verdicts.fail(asError(error)));
        },
        complete: () => {
          if (subscriber.closed) return;
          lane.recording.end = { at: elapsed() };
          verdicts.emit(lane, () => subscriber.complete());
          if (lane.endedAt !== null) return;
          // The call sends another request, or has no hooks.
          const { status } = lane;
          const hasFailed = status !== null && status >= 300;
          verdicts.emit(lane, () =>
            hasFailed ? verdicts.fail(new Error(`HTTP ${status}`)) : verdicts.complete(),
          );
        },
      });
      return () => {
        source.unsubscribe();
        verdicts.close(lane);
      };
    });
  return Object.assign(recorded, { addressOf: send.addressOf });
}

const asError = (error: unknown): Error => (isError(error) ? error : new Error(String(error)));
