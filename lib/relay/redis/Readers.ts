import {
  concatMap,
  EMPTY,
  expand,
  map,
  of,
  race,
  retry,
  switchMap,
  take,
  throwError,
  timer,
  type Observable,
} from 'rxjs';

import { inTime } from '../inTime';
import { LogError, type LogErrorReason } from '../log/LogError';
import type { LogEvent } from '../log/StreamLog';
import type { Commands } from './Commands';
import { READ } from './scripts';
import { LOOK_MS, type Wakeups } from './Wakeups';

/** The most events of one read. */
const PAGE = 500;

/** Milliseconds that a reader counts as present after a look. */
const PRESENT_MS = 3 * LOOK_MS;

/** The readers of this process. */
export class Readers {
  readonly #commands: Commands;
  readonly #wakeups: Wakeups;
  readonly #leaseMs: number;

  /** @param leaseMs - Milliseconds without a renewal after which a writer counts as dead. */
  constructor(commands: Commands, wakeups: Wakeups, leaseMs: number) {
    this.#commands = commands;
    this.#wakeups = wakeups;
    this.#leaseMs = leaseMs;
  }

  read$(id: string, after: number): Observable<LogEvent> {
    return this.#page(id, after).pipe(
      expand((page) => (page.state === 'ended' || isFailed(page) ? EMPTY : this.#nextPage(id, page))),
      concatMap((page) =>
        isFailed(page) ? throwError(() => new LogError(FAILURES[page.state])) : page.events,
      ),
    );
  }

  #page(id: string, after: number): Observable<Page> {
    return this.#commands.run(READ, id, after, PAGE, PRESENT_MS).pipe(map((reply) => pageOf(reply, after)));
  }

  /** Emits the events after a page, once there are any or a look is due. */
  #nextPage(id: string, { state, token, last }: Page): Observable<Page> {
    const isReady$: Observable<unknown> =
      state === 'more'
        ? of(0)
        : race(this.#wakeups.after$(this.#commands.eventsKey(id), last), timer(LOOK_MS));
    return isReady$.pipe(
      take(1),
      switchMap(() => this.#page(id, last)),
      // Redis has lost a stream that had events and is gone, and its writer with it. Another one may have begun it again.
      map((page): Page => (last > 0 && page.token !== token ? { ...page, state: 'orphaned' } : page)),
      retry({ delay: () => timer(LOOK_MS / 2) }),
      // Without Redis, nothing is known of the writer for longer than its lease.
      inTime(this.#leaseMs + 2 * LOOK_MS, () => new LogError('Orphaned')),
    );
  }
}

/** A read of a stream. */
interface Page {
  readonly state: 'open' | 'more' | 'ended' | keyof typeof FAILURES;
  /** The token of the writer; `undefined` of a stream that is unknown. */
  readonly token: string | undefined;
  readonly events: readonly LogEvent[];
  /** The number of the last event. */
  readonly last: number;
}

const FAILURES = {
  unknown: 'UnknownStream',
  trimmed: 'Trimmed',
  orphaned: 'Orphaned',
} as const satisfies Record<string, LogErrorReason>;

const isFailed = (page: Page): page is Page & { readonly state: keyof typeof FAILURES } =>
  page.state in FAILURES;

function pageOf(reply: unknown, after: number): Page {
  const [state, token, ...values] = (reply as readonly unknown[]).map(String);
  const events: LogEvent[] = [];
  for (let i = 0; i < values.length; i += 2) {
    events.push({ number: Number(values[i]), text: values[i + 1] ?? '' });
  }
  return { state: state as Page['state'], token, events, last: events.at(-1)?.number ?? after };
}
