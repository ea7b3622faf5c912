import { concatMap, endWith, from, Observable, of } from 'rxjs';
import {
  fetchTransport,
  concatMapGated,
  ReadGate,
  type Bytes,
  type ChatConfig,
  type ResponseHead,
} from 'rxjs-chat-completions';

/** How much is read in a task of the browser, in bytes: a hundred tokens or so. */
const SLICE = 16_384;

/**
 * A config that takes what comes a slice at a time, and lets the page draw and be clicked in between.
 *
 * A read is as long as what has come: an answer that was cached, or waited for in a hidden tab, is one of a megabyte. No more is
 * read before its last slice is through.
 */
export function inSlices(config: ChatConfig): ChatConfig {
  const send = config.transport ?? fetchTransport({ fetch: config.fetch });
  const gate = new ReadGate();
  return {
    ...config,
    gate,
    transport: (request) =>
      send(request).pipe(
        concatMapGated<ResponseHead | Bytes, ResponseHead | Bytes>(
          (part) => ('status' in part ? of(part) : sliced$(part)),
          gate,
        ),
      ),
  };
}

const sliced$ = (bytes: Bytes): Observable<Bytes> =>
  from(Array.from({ length: Math.ceil(bytes.length / SLICE) }, (_, i) => i * SLICE)).pipe(
    concatMap((at) => nextTask$.pipe(endWith(bytes.subarray(at, at + SLICE)))),
  );

/** Completes in the next task. Not by a timer: those of a hidden tab come once a minute. */
const nextTask$ = new Observable<never>((subscriber) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => subscriber.complete();
  port2.postMessage(null);
  return () => port1.close();
});
