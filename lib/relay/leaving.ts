import { fromEvent, NEVER, type Observable } from 'rxjs';

/** A request. Some runtimes give it no signal, and report by the stream of the response alone. */
type Reader = Partial<Pick<Request, 'signal'>>;

/** Whether the reader has left. */
export const hasLeft = ({ signal }: Reader): boolean => signal?.aborted ?? false;

/** Emits when the reader leaves; never if it has left before. */
export const onLeave = ({ signal }: Reader): Observable<unknown> =>
  signal === undefined ? NEVER : fromEvent(signal, 'abort');

/** Creates the response for a reader that has left, with nginx's status for that. */
export const goneResponse = (): Response => new Response(null, { status: 499 });
