import { isRight } from 'fp-ts/Either';
import { defer, filter, last, map, pipe, scan, type OperatorFunction } from 'rxjs';

import type { Redact } from '../../request/redact';
import { DONE, Failure, isPayload, PayloadDecoder, type Payload } from '../../response/payload';
import { readByKind } from '../../response/readByKind';
import type { ServerSentEvent } from '../../sse/ServerSentEvent';
import { toServerSentEvents } from '../../sse/toServerSentEvents';
import { toText } from '../../sse/toText';
import type { Bytes, ResponseHead } from '../../transport/transport';

/** Longest body that is shown of a response that is not a stream, in characters. */
const LONGEST_BODY = 64 * 1024;

/** An event and its payload, or the text of a body that is not a stream. */
export type BodyRead = { readonly raw: string; readonly payload: Payload } | string;

/** Reads a body as the call does. */
export const readBody = (head: ResponseHead, redact: Redact): OperatorFunction<Bytes, BodyRead> =>
  readByKind(head, (kind) =>
    kind === 'events' && head.status < 300 ? toPayloads(redact) : toBodyText(redact),
  );

const toPayloads =
  (redact: Redact): OperatorFunction<Bytes, BodyRead> =>
  (read$) =>
    defer(() => {
      const decoder = new PayloadDecoder(redact);
      return read$.pipe(
        toServerSentEvents({ keepIncomplete: true, lenient: true }),
        filter(isPayload),
        map((event): BodyRead => {
          const payload = decoder.decode(event);
          const raw = rawOf(event);
          const isChunk = payload !== DONE && !(payload instanceof Failure) && isRight(payload);
          return { raw: isChunk ? raw : redact(raw), payload };
        }),
      );
    });

const toBodyText = (redact: Redact): OperatorFunction<Bytes, BodyRead> =>
  pipe(
    toText(),
    scan((text, more) => (text + more).slice(0, LONGEST_BODY), ''),
    last(null, ''),
    map(redact),
  );

const rawOf = ({ event, data }: ServerSentEvent): string =>
  `${event === 'message' ? '' : `event: ${event}\n`}data: ${data.replaceAll('\n', '\ndata: ')}`;
