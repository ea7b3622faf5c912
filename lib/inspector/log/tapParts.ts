import { isRight } from 'fp-ts/Either';
import { Subject, Subscription, tap, type MonoTypeOperatorFunction } from 'rxjs';

import { usageOf } from '../../fold/completion';
import { redactIn, type Redact } from '../../request/redact';
import { DONE, Failure } from '../../response/payload';
import { isResponseHead, type Bytes, type ResponseHead } from '../../transport/transport';
import { readBody, type BodyRead } from './bodyReads';
import { bodyValue } from './bodyValue';
import type { CallLog } from './CallLog';
import { kindOf } from './kindOf';
import type { Lane } from './Lane';

/**
 * Records a response in a lane: its head, its reads, and the events that they contain; passes every part through.
 *
 * @param endings - Receives the last event of the lane that ends it, such as `[DONE]`.
 */
export function tapParts(
  lane: Lane,
  log: CallLog,
  endings: WeakMap<Lane, string>,
  redact: Redact,
): MonoTypeOperatorFunction<ResponseHead | Bytes> {
  const read$ = new Subject<Bytes>();
  let reading = Subscription.EMPTY;
  const addHead = (head: ResponseHead): void => {
    lane.headAt = log.now();
    lane.status = head.status;
    log.add(lane, { kind: 'head', title: `HTTP ${head.status}`, raw: '', value: redactIn(head, redact) });
    // Another head: the transport has sent the request again.
    reading.unsubscribe();
    reading = read$.pipe(readBody(head, redact)).subscribe({
      next: (read) => addRead(log, lane, endings, read),
      // The call reports it itself.
      error: () => undefined,
    });
  };
  return tap({
    next: (part) => {
      log.addPart(lane, part);
      if (isResponseHead(part)) return addHead(part);
      lane.bytes += part.byteLength;
      read$.next(part);
    },
    complete: () => read$.complete(),
  });
}

function addRead(log: CallLog, lane: Lane, endings: WeakMap<Lane, string>, read: BodyRead): void {
  if (typeof read === 'string') {
    if (lane.status !== null && lane.status >= 300) endings.set(lane, read);
    else log.add(lane, { kind: 'other', title: 'body', raw: read, value: bodyValue(read) });
    return;
  }
  const { raw, payload } = read;
  if (payload === DONE || payload instanceof Failure) {
    endings.set(lane, raw);
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
