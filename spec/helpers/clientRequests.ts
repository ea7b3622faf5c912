import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { BehaviorSubject, filter, firstValueFrom, throwError, timeout } from 'rxjs';

/** Milliseconds for which the library drains a body after the end of its stream. */
const DRAIN_MS = 100;

/** Milliseconds until a spec stops waiting. Only a spec that fails waits this long. */
const PATIENCE_MS = 20_000;

/** The requests of Node's `fetch` to one origin, as the client sees them. */
export interface ClientRequests {
  /** Resolves when every request has ended, so that its connection is free or closed. */
  readonly ended: () => Promise<void>;
  /** Number of requests that have ended, also with an error. */
  readonly count: number;
  /**
   * Number of requests whose body did not end within the time of a drain.
   *
   * A busy machine may stop this process for that long. Each such request costs a connection.
   */
  readonly overdue: number;
  readonly close: () => void;
}

interface Message {
  readonly request: { readonly origin: string | URL };
}

/** Follows the requests to the origin of a URL. A server knows that a response has ended before its client does. */
export function followRequests(url: string): ClientRequests {
  const { origin } = new URL(url);
  const active$ = new BehaviorSubject(0);
  const receivedHead = new Map<object, number>();
  let [count, overdue] = [0, 0];

  const end = (request: object): void => {
    count += 1;
    receivedHead.delete(request);
    active$.next(active$.value - 1);
  };
  const listeners: Readonly<Record<string, (request: object) => void>> = {
    'undici:request:create': () => active$.next(active$.value + 1),
    'undici:request:headers': (request) => receivedHead.set(request, performance.now()),
    'undici:request:trailers': end,
    'undici:request:error': (request) => {
      const since = receivedHead.get(request);
      if (since !== undefined && performance.now() - since >= DRAIN_MS) overdue += 1;
      end(request);
    },
  };
  const subscriptions = Object.entries(listeners).map(([name, listen]) => {
    const onMessage = (message: unknown): void => {
      const { request } = message as Message;
      if (String(request.origin) === origin) listen(request);
    };
    subscribe(name, onMessage);
    return () => unsubscribe(name, onMessage);
  });

  return {
    ended: async () => {
      const late = () => throwError(() => new Error(`${active$.value} requests have not ended`));
      await firstValueFrom(
        active$.pipe(
          filter((active) => active === 0),
          timeout({ first: PATIENCE_MS, with: late }),
        ),
      );
    },
    get count() {
      return count;
    },
    get overdue() {
      return overdue;
    },
    close: () => subscriptions.forEach((close) => close()),
  };
}
