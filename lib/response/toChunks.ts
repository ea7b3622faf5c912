import { Observable, type OperatorFunction, type Subscriber } from 'rxjs';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Decoded } from '../decode/decode';
import { isInterruption } from '../errors';
import { concatItems, type ItemReader } from '../rx/concatItems';
import { EventReader, lenientRules } from '../sse/EventReader';
import type { ServerSentEvent } from '../sse/ServerSentEvent';
import type { Bytes } from '../transport/transport';
import { Ending } from './Ending';
import type { ExpectedAnswer } from './ExpectedAnswer';
import { isPayload, PayloadDecoder } from './payload';
import type { ResponseContext } from './ResponseContext';
import { Waits } from './Waits';

type Chunk = Decoded<ChatCompletionChunk>;

/**
 * Decodes the reads of an event stream to chunks, one step per line.
 *
 * The steps from an event to its chunks are plain functions within one operator, so an event costs no more than one
 * subscriber. The stream completes at `[DONE]` or when the source completes, and errors if the answer failed or is truncated;
 * {@link Ending} has the rule. If the connection breaks or falls idle after all finish reasons, the answer is still complete.
 *
 * @param expected - The expectations of the request.
 */
export function toChunks(context: ResponseContext, expected: ExpectedAnswer): OperatorFunction<Bytes, Chunk> {
  const rules = lenientRules(context.limits);
  return (read$) =>
    new Observable((subscriber) => {
      const events = new EventReader(rules);
      const chunks = new ChunkReader(context, expected, subscriber);
      subscriber.add(() => chunks.waits.stop());
      read$
        .pipe(
          concatItems<Bytes, ServerSentEvent, Chunk>(
            (read) => {
              chunks.waits.onRead();
              return events.take(read); // bytes → text → lines → events
            },
            () => events.end(),
            chunks, // events → chunks
          ),
        )
        .subscribe(subscriber);
    });
}

/** The steps from an event of one stream to its chunks. */
class ChunkReader implements ItemReader<ServerSentEvent, Chunk> {
  readonly waits: Waits;
  readonly #decoder: PayloadDecoder;
  readonly #ending = new Ending();

  constructor(context: ResponseContext, expected: ExpectedAnswer, subscriber: Subscriber<Chunk>) {
    this.#decoder = new PayloadDecoder(context.redact, expected.isOne);
    this.waits = new Waits(context, this.#ending, expected.hasUsage, subscriber);
  }

  read(event: ServerSentEvent): ReturnType<Ending['add']> {
    if (!isPayload(event)) return []; // no comments, no pings, no blanks
    const payload = this.#decoder.decode(event); // JSON.parse, then io-ts → Either
    const items = this.#ending.add(payload); // completes at [DONE], errors after a failure
    this.waits.onPayload(payload);
    return items;
  }

  onEmitted(): void {
    this.waits.onEmitted();
  }

  /** Returns the items of the end: none if the answer is complete, else its error. */
  end(): ReturnType<Ending['end']> {
    return this.#ending.end(false);
  }

  isEnd(error: unknown): boolean {
    return this.#ending.missing !== 'answer' && isInterruption(error);
  }
}
