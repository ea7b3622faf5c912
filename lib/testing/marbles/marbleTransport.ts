import { defer, throwError } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';

import { isResponseHead, type Bytes, type ResponseHead } from '../../transport/transport';
import { RequestError } from '../../errors';
import { brokenError, unreachableError } from '../script/connections';
import { head200 } from '../wire/heads';
import { recordRequests, type ScriptedTransport } from '../script/requests';
import { bytesOf, type ServerFrame } from '../wire/wire';

/** A value of a network's marbles: a response head, a read, or the frames that a server sends in one read. */
export type MarbleValue = ResponseHead | Bytes | ServerFrame | readonly ServerFrame[];

/** A transport that is described by marbles. */
export interface MarbleTransport extends ScriptedTransport {
  /** Frames at which each request was sent and aborted, for `expectSubscriptions`. */
  readonly subscriptions: Cold['subscriptions'];
}

type Cold = ReturnType<RunHelpers['cold']>;

/**
 * Creates a transport from marbles: one diagram for all requests, or a list with a diagram for each.
 *
 * It does what `cold` does, with less code: `h` is a head of status 200 by default, a string is a chunk of content, and a list
 * of diagrams serves retries. `#` is a connection error: refused before the head, broken after it. A request beyond the last
 * diagram fails, so an unexpected request does not go unnoticed.
 *
 * @param cold - The helper of `TestScheduler.run`.
 * @param marbles - The response, from the moment of the request.
 * @param values - The values of the letters.
 * @param error - The error of `#`, in place of a connection error.
 * @throws TypeError when a letter has no value.
 *
 * @example A stall, and the request that it aborts
 * ```ts
 * import { TestScheduler } from 'rxjs/testing';
 * import { accumulateContent, chatCompletion$ } from 'rxjs-chat-completions';
 * import { assertMarbles, marbleTransport } from 'rxjs-chat-completions/testing';
 *
 * new TestScheduler(assertMarbles).run(({ cold, expectObservable, expectSubscriptions }) => {
 *   const transport = marbleTransport(cold, ' h-a--b 29s -    ', { a: 'Hel', b: 'lo' });
 *   const expected = '                       --x--y 9999ms #  ';
 *   const subs = '                           ^----- 9999ms !  ';
 *   const config = { transport, timeouts: { idle: 10_000 } };
 *   const text$ = chatCompletion$(config, { model: 'any', messages: [] }).pipe(accumulateContent());
 *   expectObservable(text$).toBe(expected, { x: 'Hel', y: 'Hello' }, { _tag: 'ChatTimeoutError', phase: 'idle' });
 *   expectSubscriptions(transport.subscriptions).toBe(subs);
 * });
 * ```
 */
export function marbleTransport(
  cold: RunHelpers['cold'],
  marbles: string | readonly string[],
  values: Readonly<Record<string, MarbleValue>> = {},
  error?: unknown,
): MarbleTransport {
  const parts: Record<string, ResponseHead | Bytes> = { h: head200 };
  for (const [letter, value] of Object.entries(values)) parts[letter] = partOf(value);
  const subscriptions: Cold['subscriptions'] = [];
  const createSocket = (diagram: string) => {
    const letters = lettersOf(diagram);
    const unknown = letters.find((letter) => letter !== '#' && parts[letter] === undefined);
    if (unknown !== undefined)
      throw new TypeError(`no value for '${unknown}' in '${diagram.trim()}': add it to values`);
    const hasHead = letters
      .slice(0, letters.indexOf('#'))
      .some((letter) => parts[letter] && isResponseHead(parts[letter]));
    const socket$ = cold(diagram, parts, error ?? (hasHead ? brokenError() : unreachableError('the server')));
    // One log for all of them, in the order of the requests.
    return Object.assign(socket$, { subscriptions });
  };
  const sockets = typeof marbles === 'string' ? createSocket(marbles) : marbles.map(createSocket);
  const transport = recordRequests((_, index) =>
    defer(
      () =>
        (Array.isArray(sockets) ? sockets[index] : sockets) ??
        throwError(() => noDiagram(index, marbles.length)),
    ),
  );
  return Object.assign(transport, { subscriptions });
}

function partOf(value: MarbleValue): ResponseHead | Bytes {
  if (typeof value === 'string') return bytesOf(value);
  if (ArrayBuffer.isView(value)) return value;
  return 'status' in value ? value : bytesOf(...[value as ServerFrame | readonly ServerFrame[]].flat());
}

/** The letters that need a value, and `#`. */
const lettersOf = (marbles: string): readonly string[] => [
  ...marbles.replace(/(^| )\d+(\.\d+)?(ms|s|m)(?= |$)/g, '').replace(/[-|^!() ]/g, ''),
];

const noDiagram = (index: number, count: number): RequestError =>
  new RequestError(`no diagram for request ${index + 1}; the transport was created with ${count}`);
