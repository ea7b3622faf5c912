import { request as httpRequest, type Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';

import { Observable, type Subscription } from 'rxjs';

import { isChatError, messageOf, RequestError } from '../errors';
import { redactError, redactorOf } from '../request/redact';
import { fetchFailure } from '../transport/fetchFailure';
import type { ReadGate } from '../transport/ReadGate';
import { isRedirect, redirectTarget } from '../transport/redirects';
import type { Bytes, ResponseHead, Transport } from '../transport/transport';
import { keepAliveAgents } from './agents';
import { decodedBody } from './decodedBody';

/** Options for {@link nodeTransport}. */
export interface NodeTransportOptions {
  /**
   * The agent of all requests, or a function that returns it for a URL. Default: a keep-alive agent for each protocol, which uses
   * the proxy of the environment if Node does (`NODE_USE_ENV_PROXY=1`).
   *
   * An `https.Agent` has the TLS options: `ca`, `cert`, `key`, `rejectUnauthorized`. A proxy is an agent, too.
   */
  readonly agent?: Agent | ((url: URL) => Agent);
}

/**
 * Creates a transport that sends the request with `node:http` or `node:https` and emits each read of the body.
 *
 * It uses less CPU than `fetch`, has no time limit, and takes agents. Node's `fetch` times out after 300 s without a head or
 * without a read. Here the `timeouts` of the config are the only limits.
 *
 * Unsubscribing destroys the request in the same tick, before the head or during the body. After a complete body the connection
 * returns to its agent. Redirects are followed within the origin only, and 301 to 303 not at all for a POST. The request
 * accepts no compression. If a server compresses regardless, gzip, deflate and br are decoded.
 *
 * @returns A transport that errors with `ConnectionError` if the server cannot be reached or the connection breaks, with
 * `ProtocolError` at a redirect that it does not follow, and with {@link RequestError} for a URL, a header or an agent that
 * Node does not accept.
 *
 * @example Trust the certificate authority of a company
 * ```ts
 * import { Agent } from 'node:https';
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { nodeTransport } from 'rxjs-chat-completions/node';
 *
 * const company = (ca: string) => nodeTransport({ agent: new Agent({ keepAlive: true, ca }) });
 * const answer$ = (ca: string) =>
 *   chatCompletion$(
 *     { baseURL: 'https://models.example.com/v1', transport: company(ca) },
 *     { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] },
 *   );
 * ```
 */
export function nodeTransport({ agent = keepAliveAgents() }: NodeTransportOptions = {}): Transport {
  const agentOf = typeof agent === 'function' ? agent : () => agent;
  return ({ method, url, headers, body, gate }) =>
    new Observable<ResponseHead | Bytes>((subscriber) => {
      let sent: ClientRequest | undefined;
      let response: IncomingMessage | undefined;

      const fail = (error: unknown): void => {
        if (subscriber.closed) return;
        const failure = isChatError(error) ? error : fetchFailure(error, url, response !== undefined);
        subscriber.error(redactError(failure, redactorOf({ url, headers, body })));
      };

      const receive = (received: IncomingMessage): void => {
        response = received;
        // Before the head is emitted: an unsubscribe at the head ends both streams with an error.
        const decoded = decodedBody(received).on('error', fail);
        received.on('error', fail);
        subscriber.next(headOf(received));
        if (subscriber.closed) return;
        decoded.on('end', () => subscriber.complete());
        if (gate !== undefined) subscriber.add(pauseWhileClosed(gate, decoded, fail));
        decoded.on('data', (read: Buffer) => subscriber.next(bytesOf(read)));
      };

      const send = (from: string, hops: number): void => {
        const at = new URL(from);
        const request = at.protocol === 'https:' ? httpsRequest : httpRequest;
        const own: ClientRequest = request(at, { method, headers, agent: agentOf(at) })
          .on('error', (error) => {
            if (own !== sent || response?.complete === true) return; // What follows a complete body does not matter.
            if (response !== undefined) flushReads(response);
            fail(error);
          })
          // Without an error when the server switches to another protocol.
          .on('close', () => own === sent && response === undefined && fail(closed()))
          .on('response', (received) => {
            const {
              statusCode: status = 0,
              headers: { location },
            } = received;
            if (!isRedirect(status) || location === undefined) return receive(received);
            sent = undefined;
            received.on('error', ignore);
            own.destroy();
            attempt(() => send(redirectTarget(method, { from, status, location, hops }), hops + 1));
          });
        sent = own;
        own.end(body);
      };

      /** Reports an exception: Node throws at a URL, a header or an agent that it does not accept. */
      const attempt = (step: () => void): void => {
        try {
          step();
        } catch (error) {
          fail(isChatError(error) ? error : unsendable(error));
        }
      };

      attempt(() => send(url, 0));
      return () => {
        // The agent has the connection again after the end of both bodies. A server may respond before it has read the request.
        if (response?.readableEnded !== true || sent?.writableFinished === false) sent?.destroy();
      };
    });
}

/** Pauses a body whenever the gate closes. Data that was received before is kept until the gate opens. */
function pauseWhileClosed(gate: ReadGate, body: Readable, fail: (error: unknown) => void): Subscription {
  if (!gate.isOpen) body.pause();
  return gate.isOpen$.subscribe({
    next: (isOpen) => (isOpen ? body.resume() : body.pause()),
    error: fail,
  });
}

/** Emits what was received, which an error that follows in the same packet would discard. A closed gate keeps it. */
function flushReads(response: IncomingMessage): void {
  while (!response.isPaused() && response.read() !== null);
}

/** Converts a head to plain data. Only `set-cookie` has a list of values. */
function headOf({ statusCode: status = 0, headers }: IncomingMessage): ResponseHead {
  const plain = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : value,
  ]);
  return { status, headers: Object.fromEntries(plain) as Record<string, string> };
}

/** Returns the bytes of a buffer, whose own `slice` does not copy. */
const bytesOf = ({ buffer, byteOffset, byteLength }: Buffer): Bytes =>
  new Uint8Array(buffer, byteOffset, byteLength);

const unsendable = (error: unknown): RequestError =>
  new RequestError(
    `the request cannot be sent; check the URL, the headers and the agent (${messageOf(error)})`,
  );

/** The error of Node for a connection that closes before a response. */
const closed = (): Error => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });

/** Handles the expected error after a redirect's body was destroyed. */
const ignore = (): void => undefined;
