import { fromEvent, NEVER, type Observable } from 'rxjs';

/** The signal of a request. Some runtimes have none, and report by the stream of the response alone. */
const signalOf = ({ signal }: Request): AbortSignal | undefined => signal;

/** Whether the reader has left. */
export const hasLeft = (http: Request): boolean => signalOf(http)?.aborted ?? false;

/** Emits when the reader leaves; never if it has left before. */
export function onLeave(http: Request): Observable<unknown> {
  const signal = signalOf(http);
  return signal === undefined ? NEVER : fromEvent(signal, 'abort');
}

/** Creates the response for a reader that has left, with nginx's status for that. */
export const goneResponse = (): Response => new Response(null, { status: 499 });
