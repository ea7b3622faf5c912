import { defer, throwError } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';

import { isResponseHead, type Bytes, type ResponseHead } from '../../transport/transport';
import { RequestError } from '../../errors';
import { broken, unreachable } from '../script/connections';
import { head200 } from '../wire/heads';
import { keepingRequests, type ScriptedTransport } from '../script/requests';
import { bytesOf, type ServerFrame } from '../wire/wire';

/** What a letter of a network's marbles stands for: a head, a read, or what a server says in one read. */
export type SentRequest = ResponseHead | Bytes | ServerFrame | readonly ServerFrame[];

/** A transport of marbles. */
export interface MarbleTransport extends ScriptedTransport {
  /** When each request was sent and let go of, for `expectSubscriptions`. */
  readonly subscriptions: Cold['subscriptions'];
}

type Cold = ReturnType<RunHelpers['cold']>;

/**
 * The network as marbles: a diagram for each request, or one for all.
 *
 * What `cold` alone does too, with less around it: `h` is a good head unless it is given, a string is a chunk of
 * content, and several diagrams answer by turn, for what is sent again. `#` is a broken connection: refused before the
 * head, cut after it. A request beyond the last diagram fails, so that one nobody expected does not pass unnoticed.
 *
 * @param cold - The helper of `TestScheduler.run`.
 * @param marbles - What comes, and when, from the moment of the request.
 * @param values - What the letters stand for.
 * @param error - What `#` stands for, if it is another error.
 * @throws TypeError when a letter has no value.
 *
 * @example A stall, and the proof that the socket is let go of
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
  values: Readonly<Record<string, SentRequest>> = {},
  error?: unknown,
): MarbleTransport {
  const parts: Record<string, ResponseHead | Bytes> = { h: head200 };
  for (const [letter, sent] of Object.entries(values)) parts[letter] = partOf(sent);
  const subscriptions: Cold['subscriptions'] = [];
  const socketOf = (diagram: string) => {
    const letters = lettersOf(diagram);
    const unknown = letters.find((letter) => letter !== '#' && parts[letter] === undefined);
    if (unknown !== undefined)
      throw new TypeError(`no value is given for '${unknown}' in '${diagram.trim()}'`);
    const begun = letters
      .slice(0, letters.indexOf('#'))
      .some((letter) => parts[letter] && isResponseHead(parts[letter]));
    const socket$ = cold(diagram, parts, error ?? (begun ? broken() : unreachable('the server')));
    // One log for all of them, in the order of the requests.
    return Object.assign(socket$, { subscriptions });
  };
  const sockets = typeof marbles === 'string' ? socketOf(marbles) : marbles.map(socketOf);
  const transport = keepingRequests((_, index) =>
    defer(
      () =>
        (Array.isArray(sockets) ? sockets[index] : sockets) ??
        throwError(() => tooMany(marbles.length, index)),
    ),
  );
  return Object.assign(transport, { subscriptions });
}

function partOf(sent: SentRequest): ResponseHead | Bytes {
  if (typeof sent === 'string') return bytesOf(sent);
  if (ArrayBuffer.isView(sent)) return sent;
  return 'status' in sent ? sent : bytesOf(...[sent as ServerFrame | readonly ServerFrame[]].flat());
}

/** The letters that stand for something, and `#`. */
const lettersOf = (marbles: string): readonly string[] => [
  ...marbles.replace(/(^| )\d+(\.\d+)?(ms|s|m)(?= |$)/g, '').replace(/[-|^!() ]/g, ''),
];

const tooMany = (given: number, index: number): RequestError =>
  new RequestError(`${given} marbles are given, and this is request ${index + 1}`);
