import { isRight } from 'fp-ts/Either';
import { defer, Observable, Subject, Subscription, takeUntil } from 'rxjs';

import { parseJson } from '../../codec/parseJson';
import { isError } from '../../errors';
import { usageOf } from '../../fold/completion';
import { redactIn, redactorOf } from '../../request/redact';
import { publicUrl } from '../../request/url';
import { DONE, Failure } from '../../response/payload';
import {
  addressAt,
  isResponseHead,
  type Bytes,
  type ResponseHead,
  type Transport,
} from '../../transport/transport';
import { readBody, type BodyRead } from './bodyReads';
import type { CallLog } from './CallLog';
import { kindOf } from './kindOf';
import type { Lane } from './Lane';
import type { Verdicts } from './Verdicts';

/** Creates a transport that records each attempt in a lane of its own, and passes everything through. */
export function recordAttempts(send: Transport, log: CallLog, verdicts: Verdicts): Transport {
  const recorded: Transport = (request) =>
    new Observable((subscriber) => {
      const lane = log.openAttempt(request);
      const { method, url } = request;
      const redact = redactorOf(request);
      const body = redact(request.body ?? '');
      log.add(lane, {
        kind: 'request',
        title: `${method} ${publicUrl(addressAt(send, url))}`,
        raw: body,
        value: parsed(body),
      });
      const read$ = new Subject<Bytes>();
      let reading = Subscription.EMPTY;
      const elapsed = (): number => Math.max(0, Math.round(log.now() - lane.startedAt));

      const record = (part: ResponseHead | Bytes): void => {
        log.addPart(lane, part);
        if (isResponseHead(part)) {
          lane.headAt = log.now();
          lane.status = part.status;
          log.add(lane, {
            kind: 'head',
            title: `HTTP ${part.status}`,
            raw: '',
            value: redactIn(part, redact),
          });
          // Another head: the transport has sent the request again.
          reading.unsubscribe();
          reading = read$.pipe(readBody(part, redact)).subscribe({
            next: (read) => addRead(log, lane, verdicts, read),
            // The call reports it itself.
            error: () => undefined,
          });
        } else {
          lane.bytes += part.byteLength;
          read$.next(part);
        }
      };

      const closed$ = new Subject<void>();
      // Registered first: a transport may emit everything while it is being subscribed to.
      subscriber.add(() => closed$.next());
      const part$ = defer(() => send(request)).pipe(takeUntil(closed$));
      const source = part$.subscribe({
        next: (part) => {
          record(part);
          verdicts.emit(lane, () => subscriber.next(part));
        },
        error: (error: unknown) => {
          lane.wireEnd = { at: elapsed(), error };
          verdicts.emit(lane, () => subscriber.error(error));
          if (lane.endedAt === null) verdicts.emit(lane, () => verdicts.fail(asError(error)));
        },
        complete: () => {
          if (subscriber.closed) return;
          lane.wireEnd = { at: elapsed() };
          read$.complete();
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

function addRead(log: CallLog, lane: Lane, verdicts: Verdicts, read: BodyRead): void {
  if (typeof read === 'string') {
    if (lane.status !== null && lane.status >= 300) verdicts.endings.set(lane, read);
    else log.add(lane, { kind: 'other', title: 'body', raw: read, value: parsed(read) });
    return;
  }
  const { raw, payload } = read;
  if (payload === DONE || payload instanceof Failure) {
    verdicts.endings.set(lane, raw);
  } else if (isRight(payload)) {
    const chunk = payload.right;
    const [kind, title] = kindOf(chunk);
    lane.chunks += 1;
    lane.usage = usageOf(chunk) ?? lane.usage;
    log.add(lane, { kind, title, raw, value: chunk });
  } else {
    lane.lefts += 1;
    log.add(lane, { kind: 'left', title: payload.left._tag, raw, value: payload.left });
  }
}

function parsed(text: string): unknown {
  const json = parseJson(text);
  return json === undefined ? text || undefined : json;
}

const asError = (error: unknown): Error => (isError(error) ? error : new Error(String(error)));
