import { concatMap, endWith, from, Observable, of } from 'rxjs';
import {
  fetchTransport,
  concatMapGated,
  ReadGate,
  type Bytes,
  type ChatConfig,
  type ResponseHead,
} from 'rxjs-chat-completions';

/** Bytes processed in one task of the browser, about fifty tokens. */
const SLICE_SIZE = 8_192;

/**
 * Splits large reads into slices, one a task, so that the page can render and handle clicks in between.
 *
 * A read can be large: a cached response, or one received in a hidden tab, is a single read of a megabyte. The next read starts
 * after the last slice.
 */
export function sliceReads(config: ChatConfig): ChatConfig {
  const send = config.transport ?? fetchTransport({ fetch: config.fetch });
  const gate = new ReadGate();
  return {
    ...config,
    gate,
    transport: (request) =>
      send(request).pipe(
        concatMapGated<ResponseHead | Bytes, ResponseHead | Bytes>(
          (part) => ('status' in part ? of(part) : toSlices$(part)),
          gate,
        ),
      ),
  };
}

const toSlices$ = (bytes: Bytes): Observable<Bytes> =>
  from(Array.from({ length: Math.ceil(bytes.length / SLICE_SIZE) }, (_, i) => i * SLICE_SIZE)).pipe(
    concatMap((at) => nextTask$.pipe(endWith(bytes.subarray(at, at + SLICE_SIZE)))),
  );

/** Completes in the next task. Without a timer, as a hidden tab runs timers once a minute. */
const nextTask$ = new Observable<never>((subscriber) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => subscriber.complete();
  port2.postMessage(null);
  return () => port1.close();
});
